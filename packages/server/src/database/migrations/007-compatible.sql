-- readable from 1
-- Access tokens that apps get from the WeChat-compatible interface, one series of each kind per app and account. They are
-- found by digest; the sealed text is there to tell the current one of a stable series again.
create table app_token (
  token_hash bytea primary key,
  org_id text not null,
  app_id text not null,
  wechat_app_id text not null,
  kind text not null check (kind in ('plain', 'stable')),
  sealed bytea not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  ends_at timestamptz not null
);
create index app_token_of_series on app_token (wechat_app_id, kind, expires_at);
create table app_token_series (
  org_id text not null,
  wechat_app_id text not null,
  kind text not null,
  forced_at timestamptz,
  forced_day text not null default '',
  forced_count int not null default 0,
  primary key (wechat_app_id, kind)
);

-- How often an app called a path on a day; how often it cleared that in a month is counted under the path that clears.
create table app_call_count (
  org_id text not null,
  wechat_app_id text not null,
  period text not null,
  path text not null,
  used bigint not null default 0,
  primary key (wechat_app_id, period, path)
);

-- Refused calls, by the trace that their answer named; sealed, and kept for a day.
create table app_call_trace (
  org_id text not null,
  wechat_app_id text not null,
  rid text not null,
  at timestamptz not null,
  sealed bytea not null,
  primary key (rid)
);
create index app_call_trace_by_age on app_call_trace (at);

-- What only WeChat's way of naming agents needs: a work number, and whom an app invited to be this agent.
create table agent_number (
  org_id text not null,
  agent_id text not null,
  number int not null,
  invited_wx text,
  invited_at timestamptz,
  picture text,
  primary key (org_id, agent_id),
  unique (org_id, number)
);

do $$
declare
  one text;
begin
  foreach one in array array['app_token', 'app_token_series', 'app_call_count', 'app_call_trace', 'agent_number']
  loop
    execute format('alter table %I enable row level security', one);
    execute format('alter table %I force row level security', one);
    execute format('create policy one_organization on %I to duoke_app using (org_id = current_setting(''duoke.org'', true)) with check (org_id = current_setting(''duoke.org'', true))', one);
    execute format('create policy every_organization on %I to duoke_worker using (true) with check (true)', one);
    execute format('grant select, insert, update, delete on %I to duoke_app, duoke_worker', one);
  end loop;
end $$;

create index media_by_wechat_id on media (org_id, account_id, wechat_media_id) where wechat_media_id is not null;
