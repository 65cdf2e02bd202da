import type { Attendance, HolidayCalendar } from '@duoke/contract'
import { type AgentState, attendanceOf, openingTimes, type StatusAt, statusSpans } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { Refused } from '../http/refused.ts'

const longestMs = 62 * 24 * 3_600_000

/** The period of a query: complete, in order, not beyond now, and of a length that can be read at once. */
export function periodOf(query: { readonly from: string; readonly to?: string }, nowMs: number) {
  const fromMs = msOf('from', query.from)
  const toMs = Math.min(query.to === undefined ? nowMs : msOf('to', query.to), nowMs)
  if (toMs < fromMs) throw refused('from', 'is after `to`, or to come')
  if (toMs - fromMs > longestMs) throw refused('to', 'is more than 62 days after `from`')
  return { fromMs, toMs }
}

function msOf(name: string, text: string): number {
  const ms = Date.parse(text)
  if (!Number.isSafeInteger(ms)) throw refused(name, 'is no RFC 3339 instant')
  return ms
}

const refused = (name: string, message: string) =>
  new Refused('invalid_request', { errors: [{ path: `/query/${name}`, message }] })

type StatusRow = { readonly at: number; readonly status: StatusAt['status']; readonly reason: string | null }

/** From the log itself: the last change before the period, and those within it (index event_of_status). */
async function readChanges(tx: Transaction, org: string, agentId: string, fromMs: number, toMs: number) {
  const { rows } = await tx.query<StatusRow>({
    name: 'agent_status_changes',
    text: `with changes as (
        select position, at, facts ->> 'status' as status, facts ->> 'reason' as reason from event
        where org_id = $1 and facts ->> 'agentId' = $2 and type = 'agent.status-changed' and at < to_timestamp($4::double precision / 1000)
      ), first as (
        select coalesce(max(position), 0) as position from changes where at <= to_timestamp($3::double precision / 1000)
      )
      select c.at, c.status, c.reason from changes c, first f where c.position >= f.position order by c.position`,
    values: [org, agentId, fromMs, toMs],
  })
  return rows.map(({ at, status, reason }) => ({ atMs: at, status, ...(reason !== null && { reason }) }))
}

/** What an agent's status was, and what that comes to against the shifts that are set now; null: there is no such agent. */
export async function readAttendance(
  tx: Transaction,
  org: string,
  agentId: string,
  { fromMs, toMs, holidays }: { readonly fromMs: number; readonly toMs: number; readonly holidays: HolidayCalendar },
): Promise<Attendance | null> {
  const { rows } = await tx.query<{ config: string; time_zone: string }>({
    name: 'agent_shifts',
    text: `select g.config::text as config, o.time_zone from agent g join organization o on o.org_id = g.org_id
      where g.org_id = $1 and g.agent_id = $2`,
    values: [org, agentId],
  })
  const [row] = rows
  if (row === undefined) return null
  const { shifts } = JSON.parse(row.config) as Pick<AgentState, 'shifts'> // written by conversation/configuration-store.ts
  const spans = statusSpans(await readChanges(tx, org, agentId, fromMs, toMs), fromMs, toMs)
  const planned = shifts === undefined ? null : openingTimes(shifts, row.time_zone, holidays)
  const instant = (ms: number) => new Date(ms).toISOString()
  return {
    agentId,
    from: instant(fromMs),
    to: instant(toMs),
    ...attendanceOf(spans, planned),
    spans: spans.map(({ fromMs: since, toMs: until, ...rest }) => ({
      from: instant(since),
      to: instant(until),
      ...rest,
    })),
  }
}
