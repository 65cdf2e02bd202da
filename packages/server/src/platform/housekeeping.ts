import type { Database } from '../database/client.ts'

const dayMs = 24 * 3_600_000

/**
 * How long what serves its purpose once is kept. Intent ids of agents and apps (`Idempotency-Key`) are in the log's ledger for
 * good: a retry is harmless at any age (R3). These are not theirs:
 */
export const keptMs = {
  /**
   * Keys of pushes, and of what follows from them. A push is refused ten minutes after its signed time (F40), so the same one
   * cannot be replayed later; a week leaves room for clocks and for tracing what happened.
   */
  pushKeys: 7 * dayMs,
  /** Sealed answers to requests with an `Idempotency-Key`; after that the log itself answers the retry. */
  answers: 30 * dayMs,
  /** One-time links that nobody can use any more. */
  links: dayMs,
} as const

/** Commands that nobody outside names: none of these can come again once its push, answer or absence is over. */
const ownKeys = ['push:%', 'settle:%', 'profile:%', 'vanished:%', 'arbitrate:%']

const pageSize = 1_000
/** Files a run takes away: each may be a call to a store far away. */
const filesOfRun = 200
const everyMs = 15 * 60_000

export type HousekeepingPorts = {
  readonly database: Database
  readonly files: { remove(organizationId: string, sha256: Uint8Array): Promise<void> }
  /** Goes on with whatever a server that died had begun. */
  readonly resume: () => Promise<void>
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  /** 0: only `runOnce` does anything. */
  readonly pollMs?: number | undefined
}

export type Housekeeping = AsyncDisposable & {
  runOnce(): Promise<{ readonly commands: number; readonly links: number; readonly files: number }>
}

/** Takes away what is of no use any more, a page at a time. Any server may, at the same time. */
export function startHousekeeping(ports: HousekeepingPorts): Housekeeping {
  const { database, nowMs, onError } = ports
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()

  async function pages(name: string, text: string, values: readonly unknown[]): Promise<number> {
    let count = 0
    for (;;) {
      const { rowCount } = await database.withWorker((tx) => tx.query({ name, text, values }))
      count += rowCount
      if (rowCount < pageSize || stopped) return count
    }
  }

  async function runOnce() {
    await ports.resume()
    const before = (ageMs: number) => new Date(nowMs() - ageMs).toISOString()
    const old = (table: string, where: string) =>
      `delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit ${pageSize}))`
    const keys = await pages('housekeeping_keys', old('seen_command', 'at < $1 and key like any($2::text[])'), [
      before(keptMs.pushKeys),
      ownKeys,
    ])
    const answers = await pages('housekeeping_answers', old('seen_command', `at < $1 and key like 'http:%'`), [
      before(keptMs.answers),
    ])
    const links = await pages('housekeeping_links', old('one_time_link', 'expires_at < $1'), [before(keptMs.links)])
    return { commands: keys + answers, links, files: await removeFiles(ports) }
  }

  function schedule(delayMs: number) {
    if (stopped || ports.pollMs === 0) return
    timer = setTimeout(() => {
      running = runOnce()
        .catch(onError)
        .finally(() => schedule(ports.pollMs ?? everyMs))
    }, delayMs)
    timer.unref()
  }
  // Not at once: a start has better things to do.
  schedule(ports.pollMs ?? 30_000)

  return {
    runOnce,
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** A file that somebody has sent again meanwhile stays: the same bytes are one file. */
async function removeFiles({ database, files }: HousekeepingPorts): Promise<number> {
  const { rows } = await database.withWorker((tx) =>
    tx.query<{ org_id: string; sha256: Uint8Array; is_used: boolean }>({
      name: 'housekeeping_files',
      text: `select r.org_id, r.sha256, exists (
            select 1 from media m where m.org_id = r.org_id and m.sha256 = r.sha256) as is_used
          from media_to_remove r order by r.at limit ${filesOfRun}`,
    }),
  )
  for (const { org_id, sha256, is_used } of rows) {
    if (!is_used) await files.remove(org_id, sha256)
    await database.withWorker((tx) =>
      tx.query({
        name: 'housekeeping_file_gone',
        text: 'delete from media_to_remove where org_id = $1 and sha256 = $2',
        values: [org_id, Buffer.from(sha256)],
      }),
    )
  }
  return rows.filter(({ is_used }) => !is_used).length
}
