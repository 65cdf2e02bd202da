-- When an error last made us fetch a token (at most once in 30 s for all servers), and until when an account's sends wait.
alter table upstream_token add column renewed_at timestamptz, add column held_until timestamptz;

-- Files that an account's WeChat already has, by what is in them: uploaded once in three days, however often they are sent.
create table uploaded_media (
  org_id text not null,
  account_id text not null,
  kind text not null,
  sha256 bytea not null,
  wechat_media_id text not null,
  uploaded_at timestamptz not null default now(),
  primary key (org_id, account_id, kind, sha256)
);
alter table uploaded_media enable row level security;
alter table uploaded_media force row level security;
create policy one_organization on uploaded_media to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on uploaded_media to duoke_worker using (true) with check (true);
grant select, insert, update, delete on uploaded_media to duoke_app, duoke_worker;

create index outbox_of_account on outbox (org_id, account_id, position);
create index outbox_claimed on outbox (claimed_at) where status = 'claimed';
