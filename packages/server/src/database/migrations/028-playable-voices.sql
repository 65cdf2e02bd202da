-- readable from 10
-- A voice in a form that browsers play, beside what the customer sent.
alter table media add column playable_sha256 bytea;
