// The server's own log on a database, in a process of its own: new customers write, each is decided on, and all of it is committed.
import { randomBytes } from 'node:crypto'
import type { Command } from '@duoke/domain'
import { createReplica } from '../../packages/server/src/conversation/replica.ts'
import { type Database, openDatabase } from '../../packages/server/src/database/client.ts'
import { connectionFromUrl } from '../../packages/server/src/database/connection.ts'
import { migrate } from '../../packages/server/src/database/migrate.ts'
import { noFailpoint } from '../../packages/server/src/events/failpoint.ts'
import { createLog, type Log } from '../../packages/server/src/events/log.ts'
import { liveProjections } from '../../packages/server/src/ground.ts'
import { insertOrganization } from '../../packages/server/src/platform/configuration-store.ts'
import { type Crew, foundingOf, says, skillsOf } from '../routing/organization.ts'
import { answerCalls } from './calls.ts'

const org = 'bench'

type Serving = {
  readonly log: Log
  readonly database: Database
  readonly skills: readonly string[]
  customers: number
  /** Sessions that were given to an agent. */
  given: number
}
let serving: Serving | undefined

const handlers = {
  async start({ databaseUrl, crew }: { databaseUrl: string; crew: Crew }): Promise<void> {
    const connection = connectionFromUrl(databaseUrl)
    await migrate(connection)
    const database = openDatabase({ connection, onError: fail })
    let drawn = 0
    const log = createLog({
      database,
      replica: createReplica(),
      projections: liveProjections,
      failpoint: noFailpoint,
      batchTimeMs: (databaseMs) => databaseMs,
      drawId: (kind) => `${kind}_${String(++drawn).padStart(16, '0')}`,
      randomBytes: (count) => randomBytes(count),
      onParked: (_org, command, error) => fail(new Error(`${command.type} was parked`, { cause: error })),
      onError: fail,
    })
    await database.withWorker((tx) => insertOrganization(tx, { id: org, name: 'Bench', timeZone: 'UTC', epoch: 'e1' }))
    const begun: Serving = {
      log,
      database,
      skills: [...skillsOf(crew, false), ...skillsOf(crew, true)],
      customers: 0,
      given: 0,
    }
    serving = begun
    for (const command of foundingOf(crew)) await submit(begun, command)
    log.onAppended(({ sealed }) => {
      begun.given += sealed.filter(({ event }) => event.type === 'session.assigned').length
    })
  },

  /** So many new customers, so many of them at once; answers how long it took until the last one was committed. */
  async round({ count, atOnce }: { count: number; atOnce: number }): Promise<{ seconds: number; given: number }> {
    const now = started()
    const before = now.given
    let left = count
    const write = async () => {
      for (; left > 0; ) {
        left -= 1
        now.customers += 1
        const skill = now.skills.length === 0 ? undefined : now.skills[(now.customers * 7) % now.skills.length]
        await submit(now, says(`customer-${now.customers}`, skill, Date.now()))
      }
    }
    const beganMs = performance.now()
    await Promise.all(Array.from({ length: atOnce }, write))
    return { seconds: (performance.now() - beganMs) / 1000, given: now.given - before }
  },

  /** The records that are stored, and how long the text of one is. */
  async records(_: object): Promise<{ count: number; bytes: number }> {
    const { rows } = await started().database.withWorker((tx) =>
      tx.query<{ count: number; bytes: number }>({
        text: 'select count(*)::int as count, coalesce(avg(octet_length(record::text)), 0)::float8 as bytes from decision',
        values: [],
      }),
    )
    return rows[0] ?? { count: 0, bytes: 0 }
  },
}
export type CommitsHandlers = typeof handlers
answerCalls(handlers)

function started(): Serving {
  if (serving === undefined) throw new Error('It has not been started.')
  return serving
}

async function submit({ log }: Serving, command: Command): Promise<void> {
  const outcome = await log.submit(org, command, { lane: 'pushes' })
  if (!outcome.accepted) throw new Error(`${command.type} was refused: ${outcome.code} ${outcome.detail ?? ''}`)
}

function fail(error: unknown): void {
  console.error(error)
  process.exitCode = 1
}
