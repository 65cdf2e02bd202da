-- A follower whose code changed builds its rows anew beside those that are read, and then swaps. A build is named by the
-- version of its code; `building` is the one that is not complete, and `has_leftovers` says that rows of others are there.
-- Older code builds version 3 and nothing else: hence the default.
-- readable from 10
alter table follower
  add column building int,
  add column building_position bigint not null default 0,
  add column has_leftovers boolean not null default false;
create policy owner_reads on follower for select to current_user using (true);

alter table search_message add column build int not null default 3;
alter table search_message drop constraint search_message_pkey;
alter table search_message add primary key (org_id, build, position);

-- As in 010, of the build that is current.
create or replace function search_conversations(words bigint[], max_results int)
returns table (conversation_id text, last_position bigint)
language plpgsql stable security definer set search_path from current
as $$
declare
  org constant text := current_setting('duoke.org', true);
  current_build constant int := coalesce((select f.version from follower f where f.org_id = org and f.name = 'search'), 0);
  upper bigint;
  lower bigint;
  width bigint := 1;
  found_before text[] := '{}';
  has_all_words text;
begin
  if cardinality(words) = 0 then
    return;
  end if;
  select max(m.position) / 8192 into upper from search_message m where m.org_id = org and m.build = current_build;
  while upper >= 0 and cardinality(found_before) < max_results loop
    lower := greatest(upper - width + 1, 0);
    select string_agg(format('m.keys && %L::bigint[]', looked_for.keys::text), ' and ') into has_all_words
    from unnest(words) as word, lateral (
      select array_agg(part % 8192 * 1099511627776 + word) as keys from generate_series(lower, upper) as part
    ) as looked_for;
    -- Organization, build and position are checked, but must not be looked up: the keys are, and they are fewer.
    for conversation_id, last_position in execute
      'select m.conversation_id, max(m.position) from search_message m
      where m.org_id || '''' = $1 and m.build + 0 = $6 and m.position + 0 between $2 and $3
        and m.conversation_id <> all ($4) and ' || has_all_words || '
      group by 1 order by 2 desc limit $5'
      using org, lower * 8192, upper * 8192 + 8191, found_before, max_results - cardinality(found_before), current_build
    loop
      found_before := found_before || conversation_id;
      return next;
    end loop;
    upper := lower - 1;
    width := least(width * 2, 256);
  end loop;
end $$;
