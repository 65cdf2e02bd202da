-- Positions of the messages in which all words occur, newest first, below a position: as search_conversations (010, 012)
-- searches, part by part from the end of the log.
-- readable from 10
create function search_messages(words bigint[], below bigint, max_results int)
returns table (found_position bigint)
language plpgsql stable security definer set search_path from current
as $$
declare
  org constant text := current_setting('duoke.org', true);
  current_build constant int := coalesce((select f.version from follower f where f.org_id = org and f.name = 'search'), 0);
  upper bigint;
  lower bigint;
  width bigint := 1;
  found_so_far int := 0;
  has_all_words text;
begin
  if cardinality(words) = 0 then
    return;
  end if;
  select least(coalesce(max(m.position), 0), below - 1) / 8192 into upper
  from search_message m where m.org_id = org and m.build = current_build;
  while upper >= 0 and found_so_far < max_results loop
    lower := greatest(upper - width + 1, 0);
    select string_agg(format('m.keys && %L::bigint[]', looked_for.keys::text), ' and ') into has_all_words
    from unnest(words) as word, lateral (
      select array_agg(part % 8192 * 1099511627776 + word) as keys from generate_series(lower, upper) as part
    ) as looked_for;
    -- Organization, build and position are checked, but must not be looked up: the keys are, and they are fewer.
    for found_position in execute
      'select m.position from search_message m
      where m.org_id || '''' = $1 and m.build + 0 = $2 and m.position + 0 between $3 and $4 and ' || has_all_words || '
      order by m.position desc limit $5'
      using org, current_build, lower * 8192, least(upper * 8192 + 8191, below - 1), max_results - found_so_far
    loop
      found_so_far := found_so_far + 1;
      return next;
    end loop;
    upper := lower - 1;
    width := least(width * 2, 256);
  end loop;
end $$;
revoke all on function search_messages(bigint[], bigint, int) from public;
grant execute on function search_messages(bigint[], bigint, int) to duoke_app;
