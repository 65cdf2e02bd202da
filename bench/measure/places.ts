// The PostgreSQL servers to measure on: our embedded one, and a separate one when it can be reached.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Connection, connectionFromUrl, urlOfConnection } from '../../packages/server/src/database/connection.ts'
import { durabilityRefusal } from '../../packages/server/src/database/durability.ts'
import { startEmbeddedPostgres } from '../../packages/server/src/database/embedded.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** One PostgreSQL server. Everything that is made on it is dropped with it. */
export type Place = AsyncDisposable & {
  readonly name: string
  /** A new database, empty or a copy of one that nobody uses; answers its URL. */
  createDatabase(name: string, copyOf?: string): Promise<string>
}

export async function embeddedPlace(): Promise<Place> {
  const held = new AsyncDisposableStack()
  try {
    const folder = held.use(temporaryFolder())
    const server = held.use(await startEmbeddedPostgres({ dataDir: folder.path, durable: true }))
    // Its databases go with the folder.
    return await placeOn('embedded', server.connection, held)
  } catch (error) {
    await held.disposeAsync()
    throw error
  }
}

/** Null, with the reason, when there is none that could be compared. */
export async function separatePlace(url: string): Promise<Place | string> {
  const connection = connectionFromUrl(url)
  try {
    const refusal = await durabilityRefusal(connection)
    if (refusal !== undefined) return refusal.message
    return await placeOn('separate', connection, new AsyncDisposableStack())
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function placeOn(
  kind: 'embedded' | 'separate',
  connection: Connection,
  held: AsyncDisposableStack,
): Promise<Place> {
  const run = randomBytes(4).toString('hex')
  const version = await ask(connection, 'show server_version')
  const rolesBefore = await ask(connection, rolesOfOurs)
  const made: string[] = []
  held.defer(async () => {
    if (kind === 'embedded') return
    for (const name of made) await drop(connection, name)
    // Roles belong to the whole server: those that were there before us stay.
    for (const role of (await ask(connection, rolesOfOurs)).split(',')) {
      if (role !== '' && !rolesBefore.split(',').includes(role)) await ask(connection, `drop role ${role}`)
    }
  })
  return {
    name: `${kind} PostgreSQL ${version.split(' ')[0]}`,
    async createDatabase(name, copyOf) {
      const database = `duoke_bench_${run}_${name}`
      const template = copyOf === undefined ? 'template0' : connectionFromUrl(copyOf).database
      made.push(database)
      await ask(connection, `create database ${database} template ${template}`)
      return urlOfConnection({ ...connection, database })
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** A vacuum of the server's own may be at work there, which only a superuser ends; it ends by itself. */
async function drop(connection: Connection, database: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ask(connection, `drop database if exists ${database} with (force)`)
      return
    } catch (error) {
      if (attempt === 30) throw error
      await sleep(1000)
    }
  }
}

const rolesOfOurs = `select coalesce(string_agg(rolname, ','), '') from pg_roles where rolname in ('duoke_app', 'duoke_worker')`

/** The first value of the first row, as text. */
async function ask(connection: Connection, statement: string): Promise<string> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 3000 })
  await client.connect()
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' })
    return String(rows[0]?.[0] ?? '')
  } finally {
    await client.end()
  }
}
