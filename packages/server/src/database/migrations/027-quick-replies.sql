-- readable from 10
-- Texts that agents send again and again: own ones, those of a team, those of the organization.
create table quick_reply (
  org_id text not null,
  quick_reply_id text not null,
  owner_kind text not null,
  owner_id text not null,
  title text not null,
  reply_group text not null,
  parts json not null,
  pinyin text not null,
  uses bigint not null default 0,
  last_used_at timestamptz,
  primary key (org_id, quick_reply_id)
);
alter table quick_reply enable row level security;
alter table quick_reply force row level security;
create policy one_organization on quick_reply to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on quick_reply to duoke_worker using (true) with check (true);
grant select, insert, update, delete on quick_reply to duoke_app, duoke_worker;
