import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Connection } from '../connection.ts'
import { DatabaseRefusal } from '../refusal.ts'
import { type Launch, launch, type ServerProcess, stopLeftBehind } from './process.ts'

/** Keeps the server running: one that is killed or crashes is started again, and recovers by itself. */
export class Supervisor {
  readonly #plan: Launch
  readonly #probe: Connection
  readonly #stopping = new AbortController()
  #server: ServerProcess | undefined
  #watch: Promise<void> = Promise.resolve()

  private constructor(plan: Launch, probe: Connection) {
    this.#plan = plan
    this.#probe = probe
  }

  static async start(plan: Launch, probe: Connection): Promise<Supervisor> {
    const supervisor = new Supervisor(plan, probe)
    const server = await supervisor.#startOnce()
    supervisor.#watch = supervisor.#keepRunning(server)
    return supervisor
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#server?.stop()
    await this.#watch
    // A restart that was under way may have launched one more meanwhile.
    await this.#server?.stop()
  }

  async #keepRunning(first: ServerProcess): Promise<void> {
    let server: ServerProcess | undefined = first
    for (let failures = 0; !this.#stopping.signal.aborted; ) {
      const last = await server?.ended
      if (this.#stopping.signal.aborted) return
      if (last) this.#plan.log(`PostgreSQL ended unexpectedly and is started again. ${last.at(-1) ?? ''}`)
      try {
        server = await this.#startOnce()
        failures = 0
      } catch (error) {
        server = undefined
        failures += 1
        this.#plan.log(`PostgreSQL does not start: ${error instanceof Error ? error.message : String(error)}`)
        await sleep(Math.min(5_000, 100 * 2 ** failures), undefined, { signal: this.#stopping.signal }).catch(() => {})
      }
    }
  }

  async #startOnce(): Promise<ServerProcess> {
    const { cluster, name, programs } = this.#plan
    const patientUntil = performance.now() + orphansMs
    for (;;) {
      await stopLeftBehind(cluster, name, programs)
      const server = launch(this.#plan)
      this.#server = server
      const failure = await untilReady(server, this.#probe)
      if (failure === undefined) return server
      // Backends whose server was killed end by themselves, after their statement: until then PostgreSQL must not start.
      const orphans = failure.some((line) => line.includes('shared memory block'))
      if (!orphans || performance.now() > patientUntil || this.#stopping.signal.aborted) {
        throw unexplained(cluster, failure)
      }
      await sleep(50)
    }
  }
}

const orphansMs = 30_000

/** Recovery after a crash takes as long as it takes: we wait while the process lives. */
async function untilReady(server: ServerProcess, probe: Connection): Promise<string[] | undefined> {
  let failure: string[] | undefined
  const ended = server.ended.then((last) => {
    failure = last
  })
  while (failure === undefined) {
    if (await answers(probe)) return undefined
    await Promise.race([ended, sleep(10)])
  }
  return failure
}

async function answers(probe: Connection): Promise<boolean> {
  const client = new Client({ ...probe, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}

function unexplained(cluster: string, last: string[]): DatabaseRefusal {
  const reason = last.filter((line) => /FATAL|PANIC|ERROR/.test(line)).at(-1) ?? last.at(-1) ?? 'it said nothing'
  return new DatabaseRefusal(
    'not_started',
    `PostgreSQL does not start on ${cluster}: ${reason}`,
    'Look at the free space and the permissions of the data folder; if the data is damaged, restore your last backup.',
  )
}
