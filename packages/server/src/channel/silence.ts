import type { AccountSettings } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Log } from '../events/log.ts'

/** Watches for accounts from which nothing arrives any more: WeChat switches an address off that failed too often (F30). */
export type SilenceWatch = AsyncDisposable & {
  /** A genuine push of this account arrived. */
  heard(account: { readonly organizationId: string; readonly settings: AccountSettings }): void
  /** Stores what was heard and reports who has become silent; once. */
  check(): Promise<void>
}

export type WatchedAccount = {
  readonly organizationId: string
  readonly accountId: string
  readonly isSilent: boolean
  readonly lastPushAtMs: number | null
  /** Null: the organization does not want to hear of it. */
  readonly silentAfterMs: number | null
}
export type SilenceStore = {
  saveHeard(organizationId: string, accountId: string, atMs: number): Promise<void>
  watched(): Promise<readonly WatchedAccount[]>
}

const checkEveryMs = 60_000

export function startSilenceWatch(ports: {
  readonly store: SilenceStore
  readonly log: Pick<Log, 'submit'>
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  /** 0: only `check` does anything. */
  readonly checkEveryMs?: number
}): SilenceWatch {
  const { store, nowMs } = ports
  /** Not yet stored. An account that was never heard counts from when it was first looked at. */
  const heardMs = new Map<string, { organizationId: string; accountId: string; atMs: number }>()
  const firstSeenMs = new Map<string, number>()
  const greeted = new Set<string>()
  let running: Promise<void> = Promise.resolve()

  async function storeHeard(): Promise<void> {
    for (const [key, { organizationId, accountId, atMs }] of heardMs) {
      await store.saveHeard(organizationId, accountId, atMs)
      if (heardMs.get(key)?.atMs === atMs) heardMs.delete(key)
    }
  }

  async function check(): Promise<void> {
    await storeHeard()
    for (const account of await store.watched()) {
      const key = `${account.organizationId}\n${account.accountId}`
      if (!firstSeenMs.has(key)) firstSeenMs.set(key, nowMs())
      const sinceMs = account.lastPushAtMs ?? firstSeenMs.get(key) ?? nowMs()
      const isSilent = account.silentAfterMs !== null && nowMs() - sinceMs > account.silentAfterMs
      if (isSilent === account.isSilent || (account.isSilent && account.lastPushAtMs === null)) continue
      await report(account, isSilent)
    }
  }

  async function report({ organizationId, accountId, lastPushAtMs }: WatchedAccount, isSilent: boolean): Promise<void> {
    const report = isSilent ? ({ kind: 'silenced', lastPushAtMs } as const) : ({ kind: 'heard' } as const)
    // Every server notices; the key makes it one report.
    const key = `silence:${accountId}:${report.kind}:${lastPushAtMs ?? 'never'}`
    await ports.log.submit(organizationId, { type: 'account.report', accountId, report }, { lane: 'timers', key })
  }

  const everyMs = ports.checkEveryMs ?? checkEveryMs
  const timer =
    everyMs === 0
      ? undefined
      : setInterval(() => {
          running = check().catch(ports.onError)
        }, everyMs).unref()
  return {
    heard({ organizationId, settings: { accountId } }) {
      const key = `${organizationId}\n${accountId}`
      heardMs.set(key, { organizationId, accountId, atMs: nowMs() })
      // The first push of an account turns its page green at once; later ones are stored with the next look.
      if (everyMs === 0 || greeted.has(key)) return
      greeted.add(key)
      running = running.then(storeHeard).catch(ports.onError)
    },
    check,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
      await storeHeard().catch(ports.onError)
    },
  }
}

type Row = {
  org_id: string
  account_id: string
  config: string
  last_push_at: number | null
  organization: string | null
}

export function createSilenceStore(database: Database): SilenceStore {
  return {
    async saveHeard(organizationId, accountId, atMs) {
      await database.withWorker((tx) =>
        tx.query({
          name: 'silence_heard',
          text: `update account set last_push_at = greatest(last_push_at, to_timestamp($3::double precision / 1000))
            where org_id = $1 and account_id = $2`,
          values: [organizationId, accountId, atMs],
        }),
      )
    },
    async watched() {
      const { rows } = await database.withWorker((tx) =>
        tx.query<Row>({
          name: 'silence_watched',
          text: `select a.org_id, a.account_id, a.config::text as config, a.last_push_at, o.config::text as organization
            from account a join organization o on o.org_id = a.org_id`,
        }),
      )
      return rows.map((row) => {
        const account = JSON.parse(row.config) as { silent: boolean } // written by the log's projection
        const organization = JSON.parse(row.organization ?? '{}') as {
          settings?: { silentAccountAfterMs?: number | null } | null
        } // likewise
        return {
          organizationId: row.org_id,
          accountId: row.account_id,
          isSilent: account.silent,
          lastPushAtMs: row.last_push_at,
          silentAfterMs: organization.settings?.silentAccountAfterMs ?? null,
        }
      })
    },
  }
}
