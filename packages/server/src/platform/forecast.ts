import { setImmediate } from 'node:timers/promises'
import type { LoggedEvent, Query, StaffingForecast } from '@duoke/contract'
import { DemandMeter, type ForecastOptions, forecast } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import { type EventRow, readEventRow } from '../events/rows.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { chineseHolidays } from '../routing/holidays.ts'
import { readConfiguration, type StoredConfiguration } from './configuration-store.ts'
import { firstPositionAt, type Period, periodIn, refused } from './period.ts'

/** Only those of sessions are read, in stretches of so many positions: months of an organization that serves thousands a day. */
const mostEvents = 2_000_000
const stretchSize = 5_000

export type ForecastRequest = Period &
  Pick<ForecastOptions, 'intervalMinutes' | 'withinMs' | 'answeredShare' | 'abandonedShare' | 'shrinkage' | 'nowMs'> & {
    readonly teamId: string | undefined
    readonly accountId: string | undefined
    /** Left out: as many as the agents may serve now, on average. */
    readonly concurrency: number | undefined
    readonly holidays: 'cn' | 'none'
  }

/** Without a target: four of five within half a minute. */
export function forecastRequest(query: Query<'getForecast'>, nowMs: number): ForecastRequest {
  const { interval = '30', team, account, answered, abandoned, concurrency, shrinkage = 0, holidays = 'cn' } = query
  return {
    ...periodIn(query, 'query'),
    nowMs,
    intervalMinutes: Number(interval),
    teamId: team,
    accountId: account,
    withinMs: query.withinMs ?? 30_000,
    answeredShare: answered ?? (abandoned === undefined ? 0.8 : null),
    abandonedShare: abandoned ?? null,
    concurrency,
    shrinkage,
    holidays,
  }
}

/** Reads the events of sessions in a period; others have their turn in between, and it stops when nobody waits for it. */
export async function readForecast(
  reads: Reads,
  org: string,
  request: ForecastRequest,
  signal: AbortSignal,
): Promise<StaffingForecast> {
  const configuration = await reads.read(org, (tx) => readConfiguration(tx, org))
  requireKnown(configuration, request)
  const concurrency = request.concurrency ?? meanCapacity(configuration, request)
  const period = await reads.read(org, (tx) => boundsOf(tx, org, request))
  const meter = new DemandMeter(request)
  for await (const event of sessionEvents(reads, org, { ...period, accountId: request.accountId, signal }))
    meter.take(event)
  const { toMs, holidays } = request
  const options: ForecastOptions = {
    ...request,
    toMs,
    fromMs: Math.max(request.fromMs, period.beginsMs),
    timeZone: configuration.settings?.timeZone ?? 'Asia/Shanghai',
    holidays: holidays === 'cn' ? chineseHolidays : () => undefined,
    concurrency,
  }
  const days = forecast(meter.finish(toMs), options)
  for (let next = days.next(); ; next = days.next()) {
    if (next.done === true) return next.value
    await setImmediate()
    signal.throwIfAborted()
  }
}

function requireKnown({ teams, accounts }: StoredConfiguration, { teamId, accountId }: ForecastRequest): void {
  if (teamId !== undefined && !teams.some((team) => team.teamId === teamId)) {
    throw refused('query', 'team', 'names no team')
  }
  if (accountId !== undefined && !accounts.has(accountId)) throw refused('query', 'account', 'names no account')
}

/** Of those who may serve the team, or the account's teams where it has some. */
function meanCapacity({ agents, accounts }: StoredConfiguration, { teamId, accountId }: ForecastRequest): number {
  const serving = teamId === undefined ? (accounts.get(accountId ?? '')?.settings.teams ?? []) : [teamId]
  const able = [...agents.values()].filter(
    ({ disabled, capacity, teams }) =>
      !disabled && capacity > 0 && (serving.length === 0 || teams.some((own) => serving.includes(own))),
  )
  if (able.length === 0)
    throw refused('query', 'concurrency', 'is needed: no agent has a capacity from which to take it')
  const mean = able.reduce((sum, { capacity }) => sum + capacity, 0) / able.length
  return Math.max(0.1, Math.round(100 * mean) / 100)
}

type Bounds = { readonly first: number; readonly last: number; readonly beginsMs: number }

async function boundsOf(tx: Transaction, org: string, { fromMs, toMs, givenIn }: Period): Promise<Bounds> {
  const first = await firstPositionAt(tx, org, fromMs)
  const end = await firstPositionAt(tx, org, toMs)
  const last = end.position - 1
  if (first.position > last) throw refused(givenIn, 'from', 'nothing happened in this period')
  const count = last - first.position + 1
  if (count > mostEvents) throw new Refused('preview_too_large', { detail: `It has ${count} events.` })
  // Before the log began nobody could come: those days say nothing.
  return { first: first.position, last, beginsMs: first.isFirst ? (first.atMs ?? fromMs) : fromMs }
}

type Stretch = Bounds & { readonly accountId: string | undefined; readonly signal: AbortSignal }

async function* sessionEvents(
  reads: Reads,
  org: string,
  { first, last, accountId, signal }: Stretch,
): AsyncGenerator<LoggedEvent> {
  for (let after = first - 1; after < last; after += stretchSize) {
    signal.throwIfAborted()
    const until = Math.min(last, after + stretchSize)
    const { rows } = await reads.read(org, (tx) =>
      tx.query<EventRow>({
        text: `select e.position, e.type, e.v, e.at, e.conversation_id, e.actor::text as actor, e.facts::text as facts,
            null as personal
          from event e
          where e.org_id = $1 and e.position > $2 and e.position <= $3
            and e.type in ('session.queued', 'session.assigned', 'session.closed', 'session.parked', 'session.resumed',
              'session.wrap-up-began', 'session.disposed')
            and ($4::text is null or exists (select 1 from conversation c
              where c.org_id = e.org_id and c.conversation_id = e.conversation_id and c.account_id = $4))
          order by e.position`,
        values: [org, after, until, accountId ?? null],
      }),
    )
    for (const row of rows) yield readEventRow(row)
  }
}
