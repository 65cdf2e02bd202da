// The database under a server that is killed: the server's own, one beside it, or one that may be killed itself.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { Connection } from '../../src/database/connection.ts'
import { urlOfConnection } from '../../src/database/connection.ts'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '../../src/database/embedded.ts'
import { testDatabase } from './database.ts'

export type Ground = AsyncDisposable & {
  readonly name: GroundName
  readonly settings: Readonly<Record<string, string>>
  /** The database, whether a server runs or not. */
  connect(): Promise<AsyncDisposable & { readonly connection: Connection }>
  /** Takes the database from under a running server: its process, or where that is not ours, every session. */
  strikeDatabase(): Promise<void>
}
export type GroundName = 'embedded' | 'separate' | 'own'

export function openGround(name: GroundName): Promise<Ground> {
  switch (name) {
    case 'embedded':
      return embeddedGround()
    case 'separate':
      return separateGround()
    case 'own':
      return ownGround()
    default:
      return name satisfies never
  }
}

function temporaryFolder(held: AsyncDisposableStack): string {
  const path = mkdtempSync(join(tmpdir(), 'duoke-kill-'))
  held.defer(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }))
  return path
}

async function embeddedGround(): Promise<Ground> {
  const held = new AsyncDisposableStack()
  const dataDir = temporaryFolder(held)
  return {
    name: 'embedded',
    settings: { DUOKE_DATA: dataDir },
    connect: async () => joinEmbeddedPostgres(dataDir) ?? startEmbeddedPostgres({ dataDir }),
    async strikeDatabase() {
      await using running = joinEmbeddedPostgres(dataDir)
      killProcess(running?.pid())
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** Shared with other tests: its sessions may be ended, the server itself may not. */
async function separateGround(): Promise<Ground> {
  const held = new AsyncDisposableStack()
  const { connection } = held.use(await testDatabase())
  return {
    name: 'separate',
    settings: settingsFor(connection, temporaryFolder(held)),
    connect: async () => ({ connection, [Symbol.asyncDispose]: async () => {} }),
    async strikeDatabase() {
      const client = new Client(connection)
      await client.connect()
      await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and application_name like 'duoke %'`,
      )
      await client.end()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** With every flush on, and ours alone: its supervisor, in this process, starts it again. */
async function ownGround(): Promise<Ground> {
  const held = new AsyncDisposableStack()
  const server = held.use(await startEmbeddedPostgres({ dataDir: temporaryFolder(held) }))
  const { connection } = server
  return {
    name: 'own',
    settings: settingsFor(connection, temporaryFolder(held)),
    connect: async () => ({ connection, [Symbol.asyncDispose]: async () => {} }),
    strikeDatabase: async () => killProcess(server.pid()),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

function settingsFor(connection: Connection, dataDir: string) {
  // The server of a test run never flushes to disk; a killed process does not need it to.
  return { DUOKE_DATA: dataDir, DUOKE_DATABASE_URL: urlOfConnection(connection), DUOKE_UNSAFE_DATABASE: '1' }
}

function killProcess(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended while we looked.
  }
}
