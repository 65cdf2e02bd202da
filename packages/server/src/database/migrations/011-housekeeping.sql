-- readable from 1
-- What is old enough to go is found without an index that every command would have to keep up.
create index seen_command_by_age on seen_command using brin (at);
create index one_time_link_by_end on one_time_link (expires_at);

-- Files whose rows are gone; the file itself lies outside the database and is taken away afterwards.
create table media_to_remove (
  org_id text not null,
  sha256 bytea not null,
  at timestamptz not null default clock_timestamp(),
  primary key (org_id, sha256)
);
alter table media_to_remove enable row level security;
alter table media_to_remove force row level security;
create policy one_organization on media_to_remove to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on media_to_remove to duoke_worker using (true) with check (true);
grant select, insert, update, delete on media_to_remove to duoke_app, duoke_worker;
