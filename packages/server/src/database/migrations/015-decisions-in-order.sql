-- readable from 10
-- "Why did I not get it" reads decisions by time; the log's order is theirs.
create index decision_in_order on decision (org_id, position desc);
create index decision_of_conversation on decision (org_id, conversation_id, position desc);
-- As in 005: among equals PostgreSQL takes the newest index, and that has to be the key.
alter table decision drop constraint decision_pkey, add primary key (org_id, decision_id);
-- Versions of the rules are events among very many others.
create index event_of_rules on event (org_id, position desc) where type = 'rules.published';
