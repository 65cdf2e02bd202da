// A Duoke that is measured: its process, and what the bench may look at from outside.
import pg from 'pg'
import { account } from '../account.ts'
import type { BenchApp } from '../apps.ts'
import type { Target } from '../load/main.ts'
import { type Program, startProgram } from '../programs/calls.ts'
import type { DuokeHandlers, DuokeStarted } from '../programs/duoke.ts'

export type Duoke = AsyncDisposable & {
  readonly target: Target
  readonly started: DuokeStarted
  readonly program: Program<DuokeHandlers>
  /** Resolves when nothing of the last round is left to do (the search index follows the log); says how long it took. */
  settled(): Promise<number>
  /** Rows as every organization's worker sees them. */
  rows<Row>(statement: string): Promise<Row[]>
}

/** @param dataDir holds the key that opens this database: the same folder for the same data */
export async function startDuoke(databaseUrl: string, dataDir: string, apps: readonly BenchApp[] = []): Promise<Duoke> {
  await using building = new AsyncDisposableStack()
  const program = building.use(startProgram<DuokeHandlers>(new URL('../programs/duoke.ts', import.meta.url)))
  const started = await program.call('start', { databaseUrl, dataDir, apps })
  // Without the role, the owner of the tables sees no row of them.
  const database = new pg.Pool({ connectionString: databaseUrl, max: 1, options: '-c role=duoke_worker' })
  database.on('error', () => {}) // the next question tells
  building.defer(() => database.end())

  async function rows<Row>(statement: string): Promise<Row[]> {
    return (await database.query(statement)).rows as Row[] // the caller's statement says what a row is
  }
  const held = building.move()
  return {
    target: { name: databaseUrl, port: started.port, path: `/wechat/${account.id}` },
    started,
    program,
    rows,
    async settled() {
      const startMs = performance.now()
      while ((await rows(behind)).length > 0) {
        if (performance.now() - startMs > 120_000) throw new Error('The search index does not catch up.')
        await new Promise((done) => setTimeout(done, 50))
      }
      return (performance.now() - startMs) / 1000
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const behind = `select 1 from organization o left join follower f using (org_id) where f.position is distinct from o.head`
