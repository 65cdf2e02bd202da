-- Which agents have an open stream, and on which server: a row that is not renewed tells of a server that died.
create table presence (
  org_id text not null,
  agent_id text not null,
  server_id text not null,
  seen_at timestamptz not null,
  primary key (org_id, agent_id, server_id)
);
create index presence_by_age on presence (seen_at);
alter table presence enable row level security;
alter table presence force row level security;
create policy one_organization on presence to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on presence to duoke_worker using (true) with check (true);
grant select, insert, update, delete on presence to duoke_app, duoke_worker;
