import type { RulesOverride } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'

type StoredOverride = RulesOverride & { readonly position: number }
/** How many decisions it made stands in their plans; they were all made before the next override began. */
type Row = EventRow & { readonly ended_at: number | null; readonly decisions: number }

/** Overrides of the rules, newest first: each is an event of the log. */
export async function readOverrides(
  tx: Transaction,
  org: string,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<StoredOverride[]> {
  const { rows } = await tx.query<Row>({
    name: 'rules_overrides',
    text: `select e.*,
        (select extract(epoch from x.at) * 1000 from event x where x.org_id = $1 and x.type = 'rules.override-ended'
          and x.facts ->> 'overrideId' = e.facts::json ->> 'overrideId' limit 1)::double precision as ended_at,
        (select count(*) from decision d where d.org_id = $1 and d.position > e.position
          and d.record #>> '{plan,overrideId}' = e.facts::json ->> 'overrideId')::int as decisions
      from (select ${eventColumns} from event
        where org_id = $1 and type = 'rules.overridden' and ($2::bigint is null or position < $2)
        order by position desc limit $3) e
      order by e.position desc`,
    values: [org, before, limit],
  })
  return rows.flatMap(overrideIn)
}

function overrideIn(row: Row): StoredOverride[] {
  const event = readEventRow(row)
  if (event.type !== 'rules.overridden') return []
  const { actor: by, position, atMs, facts } = event
  const endedAt = row.ended_at === null ? null : new Date(row.ended_at).toISOString()
  return [{ ...facts, by, at: new Date(atMs).toISOString(), endedAt, decisions: row.decisions, position }]
}

export function shownOverride({ position: _, ...override }: StoredOverride): RulesOverride {
  return override
}
