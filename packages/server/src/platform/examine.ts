import type { Account, AccountCheck } from '@duoke/contract'
import type { AccountState } from '@duoke/domain'
import type { Database } from '../database/client.ts'

export type Finding = {
  readonly what: string
  readonly state: 'good' | 'warning' | 'bad'
  readonly sentence: string
  readonly whatToDo?: string
}

/** How an account's upstream answered: the time it takes its own clock to be, and whether it knows our secret. */
export type UpstreamAnswer =
  | { readonly kind: 'reached'; readonly clockMs: number | null; readonly tokenError: string | null }
  | { readonly kind: 'unreachable'; readonly reason: string }

export type ExaminePorts = {
  readonly database: Database
  readonly nowMs: () => number
  /** Null when the operator chose to run on a database that may lose writes. */
  readonly durability: () => Promise<string | null>
  readonly askUpstream: (accountId: string) => Promise<UpstreamAnswer>
}

/** Looks at what an installation stands on, and says what to do about what is not well. */
export async function examine(ports: ExaminePorts): Promise<Finding[]> {
  const database = await examineDatabase(ports)
  if (database.some(({ state }) => state === 'bad')) return database
  const accounts = await readAccounts(ports.database)
  const examined = await Promise.all(accounts.map((account) => examineAccount(ports, account)))
  const empty: Finding[] =
    accounts.length > 0
      ? []
      : [
          {
            what: 'accounts',
            state: 'warning',
            sentence: 'No WeChat account is connected.',
            whatToDo: 'Connect one with `duoke apply FILE`.',
          },
        ]
  return [...database, ...empty, ...examined.flat()]
}

async function examineDatabase(ports: ExaminePorts): Promise<Finding[]> {
  const what = 'database'
  let databaseMs: number
  try {
    const { rows } = await ports.database.withWorker((tx) =>
      tx.query<{ now: number }>({ text: 'select clock_timestamp() as now' }),
    )
    databaseMs = rows[0]?.now ?? 0
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      {
        what,
        state: 'bad',
        sentence: `It does not answer: ${reason}.`,
        whatToDo: 'Start it, or correct DUOKE_DATABASE_URL.',
      },
    ]
  }
  const fault = await ports.durability()
  return [
    fault === null
      ? { what, state: 'good', sentence: 'It answers, and keeps what it confirms.' }
      : { what, state: 'bad', sentence: fault },
    clock('clock', databaseMs - ports.nowMs(), 'the database'),
  ]
}

/** WeChat refuses signatures by a clock that is some minutes off; ours decides when answers expire. */
function clock(what: string, differenceMs: number, whose: string): Finding {
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  if (seconds <= 5) return { what, state: 'good', sentence: `It agrees with ${whose}.` }
  return {
    what,
    state: seconds > 60 ? 'bad' : 'warning',
    sentence: `It differs from ${whose} by ${seconds} seconds.`,
    whatToDo: 'Let both keep their time with NTP.',
  }
}

async function readAccounts(database: Database): Promise<AccountState[]> {
  return database.withWorker(
    async (tx) => {
      const { rows } = await tx.query<{ config: string }>({
        text: 'select config::text as config from account order by account_id',
      })
      return rows.map(({ config }) => JSON.parse(config) as AccountState) // written by conversation/configuration-store.ts
    },
    { readOnly: true },
  )
}

async function examineAccount(ports: ExaminePorts, { settings, silent, degraded }: AccountState): Promise<Finding[]> {
  const { accountId: id, apiBase, mode } = settings
  const since = degraded === null ? '' : new Date(degraded.sinceMs).toISOString()
  const known = { id, apiBase, mode, silent, degraded: degraded === null ? null : { ...degraded, since } }
  return accountFindings(known, checkOf(await ports.askUpstream(id), ports.nowMs()))
}

/** What was seen when WeChat was asked, as the interface tells it. */
export function checkOf(answer: UpstreamAnswer, nowMs: number): AccountCheck {
  if (answer.kind === 'unreachable') return { unreachable: answer.reason, tokenError: null, clockDifferenceMs: null }
  const { clockMs, tokenError } = answer
  return { unreachable: null, tokenError, clockDifferenceMs: clockMs === null ? null : Math.round(clockMs - nowMs) }
}

type KnownAccount = Pick<Account, 'id' | 'apiBase' | 'mode' | 'silent' | 'degraded'>

/** What to tell of an account, and what to do about it; `check` is how WeChat answered a moment ago. */
export function accountFindings(account: KnownAccount, check: AccountCheck): Finding[] {
  const what = `account ${account.id}`
  if (check.unreachable !== null) {
    const sentence = `${account.apiBase} cannot be reached: ${check.unreachable}.`
    return [{ what, state: 'bad', sentence, whatToDo: 'Check the network, a proxy, or apiBase.' }]
  }
  const findings: Finding[] = []
  if (check.tokenError !== null) {
    findings.push({
      what,
      state: 'bad',
      sentence: `WeChat gives no access token: ${check.tokenError}.`,
      whatToDo: "Check appId and appSecret, and this server's address in the account's IP white list.",
    })
  }
  if (account.degraded !== null) {
    const { code, reason, since } = account.degraded
    findings.push({
      what,
      state: 'bad',
      sentence: `WeChat refuses its calls since ${since}: ${code} ${reason}.`,
      whatToDo: 'Sends wait and go on by themselves when it is put right.',
    })
  }
  if (account.silent) {
    findings.push({
      what,
      state: 'warning',
      sentence: 'Nothing arrived from it for a long time.',
      whatToDo: "Check the server address in WeChat's console; WeChat switches one off that failed too often.",
    })
  }
  if (account.mode === 'plain') {
    findings.push({
      what,
      state: 'warning',
      sentence: 'It runs in plain mode: pushes are not encrypted.',
      whatToDo: "Choose safe mode in WeChat's console and in the configuration.",
    })
  }
  if (findings.length === 0) findings.push({ what, state: 'good', sentence: 'WeChat answers and takes its secret.' })
  if (check.clockDifferenceMs === null) return findings
  return [...findings, clock(`${what} clock`, check.clockDifferenceMs, 'WeChat')]
}
