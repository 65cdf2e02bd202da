// A database of its own for each test file, copied from a migrated template in milliseconds.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type Connection, connectionFromUrl } from '../../src/database/connection.ts'
import { migrate, readMigrations } from '../../src/database/migrate.ts'
import { startTestServer, type TestServer } from './test-server.ts'

export type TestDatabase = AsyncDisposable & { readonly connection: Connection }

/** The server comes from DUOKE_TEST_DATABASE_URL; a file that runs alone starts one for itself. */
export function testDatabase(): Promise<TestDatabase> {
  return copyOf(ensureTemplate)
}

/** One without any table, for what makes them. */
export function emptyTestDatabase(): Promise<TestDatabase> {
  return copyOf(async () => 'template0')
}

async function copyOf(chooseTemplate: (admin: Connection) => Promise<string>): Promise<TestDatabase> {
  const stack = new AsyncDisposableStack()
  try {
    const admin = await adminConnection(stack)
    const name = `duoke_test_${randomBytes(6).toString('hex')}`
    const template = await chooseTemplate(admin)
    await execute(admin, `create database ${name} template ${template}`)
    stack.defer(() => dropDatabase(admin, name))
    return { connection: { ...admin, database: name }, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function adminConnection(stack: AsyncDisposableStack): Promise<Connection> {
  const url = process.env.DUOKE_TEST_DATABASE_URL
  if (url !== undefined) return connectionFromUrl(url)
  ownServer ??= { starting: startTestServer(), users: 0 }
  const { starting } = ownServer
  ownServer.users += 1
  stack.defer(() => leaveServer())
  return (await starting).connection
}

/** The server that this file started for itself; the last of its databases takes it along. */
let ownServer: { starting: Promise<TestServer>; users: number } | undefined

async function leaveServer(): Promise<void> {
  if (ownServer === undefined) return
  ownServer.users -= 1
  if (ownServer.users > 0) return
  const { starting } = ownServer
  ownServer = undefined
  await (await starting)[Symbol.asyncDispose]()
}

const oneMakerAtATime = 0x7465_6d70

/** One template per schema; whoever comes first makes it, the others wait. */
async function ensureTemplate(admin: Connection): Promise<string> {
  const name = templateName()
  await withClient(admin, async (client) => {
    await client.query('select pg_advisory_lock($1)', [oneMakerAtATime])
    const { rows } = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [name])
    if (rows.length > 0) return
    await client.query(`drop database if exists ${name} with (force)`)
    await client.query(`create database ${name} template template0`)
    await migrate({ ...admin, database: name })
    await client.query(`alter database ${name} with is_template true`)
  })
  return name
}

function templateName(): string {
  const checksums = readMigrations().map(({ checksum }) => checksum)
  return `duoke_template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 16)}`
}

/** For a server that outlives the run. */
export async function dropTemplate(admin: Connection): Promise<void> {
  await withClient(admin, async (client) => {
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [templateName()])
    if (rows.length === 0) return
    await client.query(`alter database ${templateName()} with is_template false`)
    await client.query(`drop database ${templateName()} with (force)`)
  })
}

/** PostgreSQL's own vacuum of a database may only be ended by its superuser; it ends by itself in a moment. */
async function dropDatabase(admin: Connection, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await execute(admin, `drop database ${name} with (force)`)
    } catch (error) {
      const isVacuumed = error instanceof Error && 'code' in error && (error.code === '42501' || error.code === '55006')
      if (!isVacuumed || attempt === 50) throw error
      await sleep(100)
    }
  }
}

async function execute(connection: Connection, statement: string): Promise<void> {
  await withClient(connection, async (client) => {
    await client.query(statement)
  })
}

async function withClient(connection: Connection, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client(connection)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
