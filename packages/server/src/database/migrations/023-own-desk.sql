-- What an agent has at the desk. Mentions follow the log: the notes in which a colleague named the agent. Drafts and preferences
-- are the agent's own and no events: half written words are nobody else's business, and a key that was chosen decides nothing.
-- readable from 10
create table mention (
  org_id text not null,
  agent_id text not null,
  position bigint not null,
  conversation_id text not null,
  note_id text not null,
  seen boolean not null default false,
  primary key (org_id, agent_id, position)
);
create table draft (
  org_id text not null,
  agent_id text not null,
  conversation_id text not null,
  text text not null,
  version bigint not null,
  changed_at timestamptz(3) not null default now(),
  primary key (org_id, agent_id, conversation_id)
);
create table agent_preference (
  org_id text not null,
  agent_id text not null,
  value json not null,
  version bigint not null,
  primary key (org_id, agent_id)
);

alter table mention enable row level security;
alter table mention force row level security;
create policy one_organization on mention to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on mention to duoke_worker using (true) with check (true);
alter table draft enable row level security;
alter table draft force row level security;
create policy one_organization on draft to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on draft to duoke_worker using (true) with check (true);
alter table agent_preference enable row level security;
alter table agent_preference force row level security;
create policy one_organization on agent_preference to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on agent_preference to duoke_worker using (true) with check (true);
grant select, insert, update, delete on mention, draft, agent_preference to duoke_app, duoke_worker;
