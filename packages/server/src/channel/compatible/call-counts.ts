import type { Database } from '../../database/client.ts'
import { chinaDay, chinaMonth } from './china-time.ts'

/** Calls a day that WeChat grants a verified account; a path without a line here is counted and not limited. */
export const dailyLimits: Readonly<Record<string, number>> = {
  '/cgi-bin/token': 2_000,
  '/cgi-bin/stable_token': 500_000,
  '/cgi-bin/message/custom/send': 500_000,
  '/cgi-bin/message/custom/typing': 500_000,
  '/cgi-bin/media/upload': 100_000,
  '/cgi-bin/media/get': 200_000,
  '/cgi-bin/user/info': 5_000_000,
  '/cgi-bin/user/get': 500,
  '/cgi-bin/qrcode/create': 100_000,
  '/cgi-bin/menu/create': 1_000,
}
const clearsPerMonth = 10
const clearPath = '/cgi-bin/clear_quota'

export type CountedApp = { readonly organizationId: string; readonly wechatAppId: string }

/** How often each app called each path today, over all servers. */
export type CallCounts = AsyncDisposable & {
  /** False when the day's limit is reached (45009). */
  count(app: CountedApp, path: string): Promise<boolean>
  used(app: CountedApp, path: string): Promise<number>
  clearPath(app: CountedApp, path: string): Promise<void>
  /** False when the month's ten were used before (48006). */
  clearAll(app: CountedApp): Promise<boolean>
}

/** Written together this often, so that a call costs no write; servers may overdraw by what they do in it. */
const writeEveryMs = 2_000
const mostRemembered = 10_000
/** More paths than WeChat has for anybody: what an app calls beyond them in a day is counted together. */
const mostPaths = 300
const otherPaths = '*'
const keptDays = 40

type Entry = { readonly app: CountedApp; readonly day: string; readonly path: string; stored: number; fresh: number }

export function createCallCounts(ports: {
  readonly database: Database
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}): CallCounts {
  const { database, nowMs } = ports
  const rows = countRows(database)
  const today = () => chinaDay(nowMs())
  const { entries, entryOf, forgetWritten } = createEntries(rows, today)

  /** One after another: two at once would write the same calls twice. */
  let writing: Promise<void> = Promise.resolve()
  function write(): Promise<void> {
    writing = writing.catch(() => {}).then(writeFresh)
    return writing
  }

  async function writeFresh(): Promise<void> {
    const known = await Promise.all(entries.values())
    // Rows are locked in one order, so that servers that write at the same time never wait for each other in a ring.
    const due = known.filter(({ fresh }) => fresh > 0).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    for (const entry of due) {
      const { fresh } = entry
      entry.stored = await rows.add(entry.app, entry.day, entry.path, fresh)
      entry.fresh -= fresh
    }
    const isOver = known.some(({ day }) => day !== today())
    if (!isOver && entries.size <= mostRemembered) return
    // What another server counted or cleared is read anew with the next call.
    await forgetWritten()
    await rows.forget(chinaDay(nowMs() - keptDays * 86_400_000))
  }

  const timer = setInterval(() => void write().catch(ports.onError), writeEveryMs).unref()
  return {
    async count(app, path) {
      const entry = await entryOf(app, path)
      const limit = dailyLimits[path]
      if (limit !== undefined && entry.stored + entry.fresh >= limit) {
        entry.stored = await rows.read(app, entry.day, path)
        if (entry.stored + entry.fresh >= limit) return false
      }
      entry.fresh += 1
      return true
    },
    async used(app, path) {
      await write()
      return rows.read(app, today(), path)
    },
    async clearPath(app, path) {
      await write()
      await rows.clear(app, today(), path)
      entries.delete(`${app.wechatAppId}\n${today()}\n${path}`)
    },
    async clearAll(app) {
      const month = chinaMonth(nowMs())
      if ((await rows.add(app, month, clearPath, 1)) > clearsPerMonth) return false
      await write()
      await rows.clear(app, today(), null)
      for (const key of entries.keys()) if (key.startsWith(`${app.wechatAppId}\n`)) entries.delete(key)
      return true
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await write().catch(ports.onError)
    },
  }
}

/** What this server knows and has counted since it last wrote. */
function createEntries(rows: Pick<ReturnType<typeof countRows>, 'read'>, today: () => string) {
  const entries = new Map<string, Promise<Entry>>()
  const pathCounts = new Map<string, number>()
  return {
    entries,
    entryOf(app: CountedApp, given: string): Promise<Entry> {
      const day = today()
      const count = pathCounts.get(app.wechatAppId) ?? 0
      const path = count >= mostPaths && !entries.has(`${app.wechatAppId}\n${day}\n${given}`) ? otherPaths : given
      const key = `${app.wechatAppId}\n${day}\n${path}`
      const known = entries.get(key)
      if (known !== undefined) return known
      pathCounts.set(app.wechatAppId, count + 1)
      const entry = rows.read(app, day, path).then((stored): Entry => ({ app, day, path, stored, fresh: 0 }))
      entry.catch(() => entries.delete(key))
      entries.set(key, entry)
      return entry
    },
    /** All but what was counted since it was written: that would be lost. */
    async forgetWritten(): Promise<void> {
      for (const [key, coming] of [...entries]) {
        const entry = await coming.catch(() => null)
        if (entry !== null && entry.fresh === 0) entries.delete(key)
      }
      pathCounts.clear()
    },
  }
}

const keyOf = ({ app, day, path }: Entry) => `${app.wechatAppId}\n${day}\n${path}`

/** Table app_call_count. */
function countRows(database: Database) {
  return {
    async read(app: CountedApp, period: string, path: string): Promise<number> {
      const { rows } = await database.withWorker(
        (tx) =>
          tx.query<{ used: number }>({
            name: 'app_count_read',
            text: 'select used from app_call_count where wechat_app_id = $1 and period = $2 and path = $3 and org_id = $4',
            values: [app.wechatAppId, period, path, app.organizationId],
          }),
        { readOnly: true },
      )
      return rows[0]?.used ?? 0
    },
    async add(app: CountedApp, period: string, path: string, more: number): Promise<number> {
      const { rows } = await database.withWorker((tx) =>
        tx.query<{ used: number }>({
          name: 'app_count_add',
          text: `insert into app_call_count (org_id, wechat_app_id, period, path, used) values ($1, $2, $3, $4, $5)
            on conflict (wechat_app_id, period, path) do update set used = case
              when app_call_count.org_id = excluded.org_id then app_call_count.used + excluded.used else excluded.used end,
              org_id = excluded.org_id
            returning used`,
          values: [app.organizationId, app.wechatAppId, period, path, more],
        }),
      )
      return rows[0]?.used ?? more
    },
    /** Days before this one; a month sorts before its days, and is as old. */
    async forget(day: string): Promise<void> {
      await database.withWorker((tx) =>
        tx.query({ name: 'app_count_forget', text: 'delete from app_call_count where period < $1', values: [day] }),
      )
    },
    async clear(app: CountedApp, period: string, path: string | null): Promise<void> {
      await database.withWorker((tx) =>
        tx.query({
          name: 'app_count_clear',
          text: `delete from app_call_count
            where wechat_app_id = $1 and period = $2 and ($3::text is null or path = $3)`,
          values: [app.wechatAppId, period, path],
        }),
      )
    },
  }
}
