import type { MessageDays } from '@duoke/contract'
import { wallMs } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'

/** Every zone is a whole number of these away from UTC, so none of them belongs to two days. */
const bucketSeconds = 900
/** No zone is further away from UTC than this. */
const farthestMs = 15 * 3_600_000

/** On which days of a month something was said in a conversation, by the organization's clock. */
export async function readMessageDays(
  tx: Transaction,
  org: string,
  conversationId: string,
  asked: string | undefined,
): Promise<MessageDays> {
  const { timeZone, firstMs, lastMs } = await readSpan(tx, org, conversationId)
  const dayOf = (atMs: number) => new Date(wallMs(timeZone, atMs)).toISOString().slice(0, 10)
  const first = firstMs === null ? null : dayOf(firstMs)
  const last = lastMs === null ? null : dayOf(lastMs)
  const month = asked ?? last?.slice(0, 7)
  if (month === undefined) return { timeZone, month: '', days: [], first, last }
  const days = new Map<string, MessageDays['days'][number]>()
  for (const { at, messages, position } of await readBuckets(tx, org, conversationId, month)) {
    const day = dayOf(at * 1000)
    if (!day.startsWith(month)) continue
    const known = days.get(day)
    days.set(day, { day, messages: messages + (known?.messages ?? 0), position: known?.position ?? position })
  }
  return { timeZone, month, days: [...days.values()], first, last }
}

const isMessage = `e.type in ('message.received', 'message.submitted')`

async function readSpan(tx: Transaction, org: string, conversationId: string) {
  const ofConversation = `from event e where e.org_id = $1 and e.conversation_id = $2 and ${isMessage} order by e.position`
  const { rows } = await tx.query<{ time_zone: string; first_at: number | null; last_at: number | null }>({
    name: 'message_span',
    text: `select o.time_zone, (select e.at ${ofConversation} limit 1) as first_at,
        (select e.at ${ofConversation} desc limit 1) as last_at
      from organization o where o.org_id = $1`,
    values: [org, conversationId],
  })
  const [row] = rows
  return { timeZone: row?.time_zone ?? 'UTC', firstMs: row?.first_at ?? null, lastMs: row?.last_at ?? null }
}

async function readBuckets(tx: Transaction, org: string, conversationId: string, month: string) {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const { rows } = await tx.query<{ at: number; messages: number; position: number }>({
    name: 'message_days',
    text: `select (floor(extract(epoch from e.at) / ${bucketSeconds}) * ${bucketSeconds})::bigint as at,
        count(*)::int as messages, min(e.position) as position
      from event e where e.org_id = $1 and e.conversation_id = $2 and ${isMessage}
        and e.at >= to_timestamp($3::double precision / 1000) and e.at < to_timestamp($4::double precision / 1000)
      group by 1 order by 1`,
    values: [org, conversationId, Date.UTC(year, number - 1) - farthestMs, Date.UTC(year, number) + farthestMs],
  })
  return rows
}
