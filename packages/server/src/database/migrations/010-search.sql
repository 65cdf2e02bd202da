-- A row for each message with the keys of its words, and one index over the keys. The first version had a row, and two
-- entries of indexes, for each word of a conversation, which cost PostgreSQL twice as much as everything else that a message
-- needs. The follower reads the log from the start (its version was raised).
drop function search_conversations(text[], int);
drop table search_term;

create table search_message (
  org_id text not null,
  position bigint not null,
  conversation_id text not null,
  keys bigint[] not null,
  primary key (org_id, position)
);
-- New entries wait in a list that each search reads through: short enough for that, long enough to be sorted in at a profit.
create index search_message_keys on search_message using gin (keys) with (gin_pending_list_limit = 512);

alter table search_message enable row level security;
alter table search_message force row level security;
create policy one_organization on search_message to duoke_app
  using (org_id = current_setting('duoke.org', true)) with check (org_id = current_setting('duoke.org', true));
create policy every_organization on search_message to duoke_worker using (true) with check (true);
grant select, insert, update, delete on search_message to duoke_app, duoke_worker;

-- The function below runs as the owner, whom FORCE binds as well. A filter here would forbid the index: && is not leakproof.
-- So the function itself names the organization, in every statement.
create policy owner_reads on search_message for select to current_user using (true);

-- Conversations with a message in which all words occur, newest such message first. A key says in which part of the log its
-- message stands (8192 positions; the numbers of parts begin anew after 8192 of them), so the log is searched from its end:
-- frequent words are found in the newest part, and of rare ones each step takes twice as many parts at once.
create function search_conversations(words bigint[], max_results int)
returns table (conversation_id text, last_position bigint)
language plpgsql stable security definer set search_path from current
as $$
declare
  org constant text := current_setting('duoke.org', true);
  upper bigint;
  lower bigint;
  width bigint := 1;
  found_before text[] := '{}';
  has_all_words text;
begin
  if cardinality(words) = 0 then
    return;
  end if;
  select max(m.position) / 8192 into upper from search_message m where m.org_id = org;
  while upper >= 0 and cardinality(found_before) < max_results loop
    lower := greatest(upper - width + 1, 0);
    select string_agg(format('m.keys && %L::bigint[]', looked_for.keys::text), ' and ') into has_all_words
    from unnest(words) as word, lateral (
      select array_agg(part % 8192 * 1099511627776 + word) as keys from generate_series(lower, upper) as part
    ) as looked_for;
    -- Organization and position are checked, but must not be looked up: the keys are, and they are fewer.
    for conversation_id, last_position in execute
      'select m.conversation_id, max(m.position) from search_message m
      where m.org_id || '''' = $1 and m.position + 0 between $2 and $3 and m.conversation_id <> all ($4) and ' || has_all_words || '
      group by 1 order by 2 desc limit $5'
      using org, lower * 8192, upper * 8192 + 8191, found_before, max_results - cardinality(found_before)
    loop
      found_before := found_before || conversation_id;
      return next;
    end loop;
    upper := lower - 1;
    width := least(width * 2, 256);
  end loop;
end $$;
revoke all on function search_conversations(bigint[], int) from public;
grant execute on function search_conversations(bigint[], int) to duoke_app;
