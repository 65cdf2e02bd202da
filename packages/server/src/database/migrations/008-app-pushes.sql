-- readable from 6
-- How far each app was pushed the log of its account. Written with the event that attaches the app, so that it begins there.
create table app_feed (
  org_id text not null,
  app_id text not null,
  account_id text not null,
  -- All events up to here were pushed, or concern others.
  position bigint not null,
  -- What was verified with echostr, or is to be: another address or another token begins anew.
  address text not null,
  secrets_digest text not null,
  verification text not null default 'pending' check (verification in ('pending', 'verified', 'failed')),
  verified_at timestamptz,
  -- One server at a time pushes to an app.
  leased_by text,
  leased_until timestamptz,
  primary key (org_id, app_id, account_id)
);
alter table app_feed enable row level security;
alter table app_feed force row level security;
create policy one_organization on app_feed to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on app_feed to duoke_worker using (true) with check (true);
grant select, insert, update, delete on app_feed to duoke_app, duoke_worker;

-- Every try of every push to an app, without what it said: what became of it is here, the words are in the log.
create table app_delivery (
  org_id text not null,
  delivery_id text not null,
  app_id text not null,
  account_id text not null,
  conversation_id text,
  -- The event that was pushed; null for a verification.
  position bigint,
  message_id text,
  kind text not null check (kind in ('ask', 'push', 'verification')),
  name text not null,
  role text,
  attempt int not null,
  at timestamptz(3) not null,
  took_ms int not null,
  status int,
  outcome text not null,
  reason text,
  reply text,
  became text,
  became_reason text,
  primary key (org_id, delivery_id)
);
create index app_delivery_of_app on app_delivery (org_id, app_id, at desc, delivery_id desc);
create index app_delivery_of_event on app_delivery (org_id, account_id, position, app_id);
create index app_delivery_by_age on app_delivery (at);
alter table app_delivery enable row level security;
alter table app_delivery force row level security;
create policy one_organization on app_delivery to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on app_delivery to duoke_worker using (true) with check (true);
grant select, insert, update, delete on app_delivery to duoke_app, duoke_worker;
