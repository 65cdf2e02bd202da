-- An app at an account: what it says there is in the app's own row, its secrets (sealed) are here.
create table app_attachment (
  org_id text not null,
  app_id text not null,
  account_id text not null,
  -- The appId under which it speaks WeChat. Calls name nothing else, so no two of an installation may have the same.
  wechat_app_id text not null unique,
  secrets bytea,
  primary key (org_id, app_id, account_id)
);
create index app_attachment_of_account on app_attachment (account_id);
alter table app_attachment enable row level security;
alter table app_attachment force row level security;
create policy one_organization on app_attachment to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on app_attachment to duoke_worker using (true) with check (true);
grant select, insert, update, delete on app_attachment to duoke_app, duoke_worker;

-- Secrets of apps were never written before they had attachments.
alter table app drop column secrets;

-- Apps of before have neither limits nor attachments. FORCE binds the owner too, so the worker writes.
set local role duoke_worker;
update app set config =
  (jsonb_build_object('contact', null, 'rateLimit', null, 'allowedAddresses', json_build_array(),
    'attachments', json_build_array(), 'suspended', json_build_object()) || config::jsonb)::json;
reset role;

-- Who granted an app what is read from the log itself.
create index event_of_consent on event (org_id, position) where type = 'app.consented';
