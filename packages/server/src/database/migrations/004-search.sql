-- readable from 1
-- The first version read every row of every term: slow for words that occur in most conversations. This one walks the
-- rarest term only, newest first, and probes the others by key; it stops when it has found enough.
create index search_term_by_position on search_term (org_id, term, position desc);

create or replace function search_conversations(terms text[], max_results int)
returns table (conversation_id text, last_position bigint)
language plpgsql stable security definer set search_path from current
as $$
declare
  org constant text := current_setting('duoke.org', true);
  -- Terms that occur more often than this are equally common.
  countless constant int := 5000;
  rarest text;
begin
  if cardinality(terms) = 1 then
    rarest := terms[1];
  else
    select t.term into rarest
    from unnest(terms) as t(term)
    cross join lateral (
      select count(*) as found
      from (select from search_term s where s.org_id = org and s.term = t.term limit countless) as sample
    ) as counted
    order by counted.found, t.term
    limit 1;
  end if;

  return query
  select s.conversation_id, s.position
  from search_term s
  where s.org_id = org and s.term = rarest
    and not exists (
      select from unnest(terms) as other(term)
      where other.term <> rarest and not exists (
        select from search_term o
        where o.org_id = org and o.term = other.term and o.conversation_id = s.conversation_id
      )
    )
  order by s.position desc
  limit max_results;
end $$;
