import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../src/realtime/bus.ts'
import { startTestApp, type TestApp } from './app.ts'
import { type TestDatabase, testDatabase } from './database.ts'

const presence = { beatMs: 100, deadAfterMs: 1000 }

export type TwoServers = AsyncDisposable & {
  readonly left: TestApp
  readonly right: TestApp
  readonly database: TestDatabase
}

/** Two servers on one database, with one key and one bus between them. */
export async function twoServers(bus: Bus): Promise<TwoServers> {
  const stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'duoke-key-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const database = stack.use(await testDatabase())
  const { connection } = database
  const settings = { keyFile: join(folder, 'key'), media: join(folder, 'media') }
  const left = stack.use(await startTestApp(settings, { bus, connection, presence }))
  const right = stack.use(await startTestApp(settings, { bus, connection, presence }))
  return { left, right, database, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
