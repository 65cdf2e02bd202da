import type { Command } from '@duoke/domain'
import type { Database } from '../database/client.ts'
import type { Failpoint } from '../events/failpoint.ts'
import type { Log } from '../events/log.ts'
import { CommandParked } from '../events/outcome.ts'

const pollMs = 500
const pageSize = 200

type DueTimer = { readonly org_id: string; readonly key: string; readonly due: number; readonly command: string }

export type TimersPorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly failpoint: Failpoint
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  /** 0: only `runOnce` does anything. */
  readonly pollMs?: number | undefined
}

export type TimersWorker = AsyncDisposable & { runOnce(): Promise<number> }

/**
 * Proposes due timers to the log. Any server may, at the same time: the decision ignores one that no longer applies, and
 * the log takes the row away, or sets it anew, in the decision's own transaction.
 */
export function startTimers(ports: TimersPorts): TimersWorker {
  const { database, log, failpoint, nowMs, onError } = ports
  /** Organizations whose log did not take a timer: they are left out once, so that they cannot fill every page. */
  let resting: string[] = []
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()

  async function propose(row: DueTimer): Promise<boolean> {
    try {
      const command = JSON.parse(row.command) as Command // written by writeTimers
      const outcome = await log.submit(row.org_id, command, { lane: 'timers' })
      if (!outcome.accepted) await takeAway(database, row)
      failpoint('timer_fired')
      return true
    } catch (error) {
      onError(error)
      // It would fail the same way for ever, and cost its organization a batch each time.
      if (error instanceof CommandParked) await takeAway(database, row).catch(onError)
      else resting.push(row.org_id)
      return false
    }
  }

  async function runOnce(): Promise<number> {
    let fired = 0
    for (;;) {
      const due = await readDue(database, nowMs(), resting)
      resting = []
      const done = await Promise.all(due.map(propose))
      fired += done.filter(Boolean).length
      if (due.length < pageSize || stopped || !done.includes(true)) return fired
    }
  }

  function schedule() {
    if (stopped || ports.pollMs === 0) return
    timer = setTimeout(() => {
      running = runOnce().catch(onError).finally(schedule)
    }, ports.pollMs ?? pollMs)
    timer.unref()
  }
  schedule()

  return {
    runOnce,
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}

async function readDue(database: Database, nowMs: number, without: readonly string[]): Promise<DueTimer[]> {
  const { rows } = await database.withWorker(
    (tx) =>
      tx.query<DueTimer>({
        name: 'timers_due',
        text: `select org_id, key, due, command::text as command from timer
          where due <= to_timestamp($1::double precision / 1000) and org_id <> all($2::text[])
          order by due limit ${pageSize}`,
        values: [nowMs, [...new Set(without)]],
      }),
    { readOnly: true },
  )
  return rows
}

/** Of an organization that is gone, or of a command that cannot be carried out. */
async function takeAway(database: Database, { org_id, key, due }: DueTimer): Promise<void> {
  await database.withWorker((tx) =>
    tx.query({
      name: 'timers_take_away',
      text: `delete from timer where org_id = $1 and key = $2 and due = to_timestamp($3::double precision / 1000)`,
      values: [org_id, key, due],
    }),
  )
}
