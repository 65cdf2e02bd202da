-- The organization's row is the lock that orders its log.
create table organization (
  org_id text primary key,
  name text not null,
  time_zone text not null,
  head bigint not null default 0,
  epoch text not null,
  chain bytea,
  config json,
  created_at timestamptz not null default now()
);

-- The log: one gap-free sequence per organization. `json`, not `jsonb`: the text is kept as it was hashed.
create table event (
  org_id text not null,
  position bigint not null,
  type text not null,
  v smallint not null,
  at timestamptz(3) not null,
  conversation_id text,
  actor json not null,
  facts json not null,
  personal json,
  salt bytea,
  digest bytea,
  hash bytea not null,
  primary key (org_id, position)
);
create index event_of_conversation on event (org_id, conversation_id, position) where conversation_id is not null;

create table seen_command (
  org_id text not null,
  key text not null,
  position bigint not null,
  result json not null,
  at timestamptz not null default now(),
  primary key (org_id, key)
);

create table account (
  org_id text not null,
  account_id text not null unique,
  app_id text not null unique,
  config json not null,
  secrets bytea,
  last_push_at timestamptz,
  primary key (org_id, account_id)
);
create table team (org_id text not null, team_id text not null, config json not null, primary key (org_id, team_id));
create table agent (org_id text not null, agent_id text not null, config json not null, primary key (org_id, agent_id));
create table app (
  org_id text not null,
  app_id text not null,
  config json not null,
  secrets bytea,
  primary key (org_id, app_id)
);

create table credential (
  org_id text not null,
  agent_id text not null,
  password_hash text,
  totp bytea,
  changed_at timestamptz not null default now(),
  primary key (org_id, agent_id)
);
create table token (
  token_hash bytea primary key,
  org_id text not null,
  token_id text not null,
  kind text not null,
  holder_kind text not null,
  holder_id text,
  scopes text[] not null,
  label text not null default '',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  ended_at timestamptz,
  unique (org_id, token_id)
);
create index token_of_holder on token (org_id, holder_kind, holder_id);
create table one_time_link (
  link_hash bytea primary key,
  org_id text not null,
  agent_id text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table sign_in_attempt (key text not null, at timestamptz not null default now());
create index sign_in_attempt_of_key on sign_in_attempt (key, at);

create table customer (
  org_id text not null,
  customer_id text not null,
  account_id text not null,
  openid text not null,
  unionid text,
  conversation_id text not null,
  profile json not null default '{}',
  created_at timestamptz not null default now(),
  primary key (org_id, customer_id),
  unique (org_id, account_id, openid)
);
create table conversation (
  org_id text not null,
  conversation_id text not null,
  account_id text not null,
  customer_id text not null,
  status text not null check (status in ('waiting', 'open', 'closed')),
  holder_kind text not null,
  holder_id text,
  team_id text,
  waiting_since timestamptz,
  last_at timestamptz not null,
  last_position bigint not null,
  unread int not null default 0,
  last_message json,
  state json not null,
  primary key (org_id, conversation_id)
);
create index conversation_by_activity on conversation (org_id, last_at desc, conversation_id);
create index conversation_by_status on conversation (org_id, status, last_at desc, conversation_id);
create index conversation_by_holder on conversation (org_id, holder_id, last_at desc, conversation_id) where status = 'open';
create index conversation_waiting on conversation (org_id, waiting_since, conversation_id) where status = 'waiting';

create table decision (
  org_id text not null,
  decision_id text not null,
  position bigint not null,
  conversation_id text not null,
  record json not null,
  primary key (org_id, decision_id)
);
create table outbox (
  org_id text not null,
  message_id text not null,
  conversation_id text not null,
  account_id text not null,
  position bigint not null,
  status text not null check (status in ('queued', 'claimed', 'settled')),
  payload json not null,
  attempts int not null default 0,
  not_before timestamptz not null,
  claimed_at timestamptz,
  claimed_by text,
  expires_at timestamptz not null,
  primary key (org_id, message_id)
);
create index outbox_due on outbox (not_before) where status = 'queued';
create index outbox_of_conversation on outbox (org_id, conversation_id, position);
create table timer (
  org_id text not null,
  key text not null,
  due timestamptz not null,
  position bigint not null,
  command json not null,
  primary key (org_id, key)
);
create index timer_due on timer (due);
create table media (
  org_id text not null,
  media_id text not null,
  account_id text,
  conversation_id text,
  kind text not null,
  wechat_media_id text,
  sha256 bytea,
  content_type text,
  size bigint,
  state text not null check (state in ('pending', 'stored', 'expired')),
  attempts int not null default 0,
  not_before timestamptz,
  created_at timestamptz not null default now(),
  fetched_at timestamptz,
  primary key (org_id, media_id)
);
create index media_pending on media (not_before) where state = 'pending';
create table upstream_token (
  org_id text not null,
  account_id text not null,
  token bytea,
  expires_at timestamptz,
  fetched_at timestamptz,
  previous bytea,
  refusals int not null default 0,
  locked_until timestamptz,
  primary key (org_id, account_id)
);
create table follower (
  org_id text not null,
  name text not null,
  version int not null,
  position bigint not null,
  state json,
  primary key (org_id, name)
);
create table search_term (
  org_id text not null,
  term text not null,
  conversation_id text not null,
  position bigint not null,
  primary key (org_id, term, conversation_id)
);
create table installation (key text primary key, value json not null);

-- Row-level security, the second lock: even a statement without its filter sees one organization only.
do $$
declare
  one text;
begin
  for one in
    select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
  loop
    execute format('alter table %I enable row level security', one);
    execute format('alter table %I force row level security', one);
    execute format('create policy one_organization on %I to duoke_app using (org_id = current_setting(''duoke.org'', true)) with check (org_id = current_setting(''duoke.org'', true))', one);
    execute format('create policy every_organization on %I to duoke_worker using (true) with check (true)', one);
    execute format('grant select, insert, update, delete on %I to duoke_app, duoke_worker', one);
  end loop;
end $$;

-- The log is append-only; erasure may empty the personal part and its salt. Only removing a whole organization deletes.
revoke update, delete on event from duoke_app;
grant update (personal, salt) on event to duoke_app;
revoke update on event from duoke_worker;
revoke delete on organization from duoke_app;

grant select, insert, update, delete on sign_in_attempt, installation to duoke_worker;
grant select on installation to duoke_app;

-- The function below runs as the owner, whom FORCE binds as well.
create policy owner_reads on search_term for select to current_user using (org_id = current_setting('duoke.org', true));

-- LIKE and @@ are not leakproof, so row-level security would forbid an index: the search reads behind its own filter.
create function search_conversations(terms text[], max_results int)
returns table (conversation_id text, last_position bigint)
language sql stable security definer set search_path from current
as $$
  select t.conversation_id, max(t.position)
  from search_term t
  where t.org_id = current_setting('duoke.org', true) and t.term = any(terms)
  group by t.conversation_id
  having count(distinct t.term) = cardinality(array(select distinct unnest(terms)))
  order by 2 desc
  limit max_results
$$;
revoke all on function search_conversations(text[], int) from public;
grant execute on function search_conversations(text[], int) to duoke_app;
