// The PostgreSQL server of a run of tests: quick, forgetful, and gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connection } from '../../src/database/connection.ts'
import { startEmbeddedPostgres } from '../../src/database/embedded.ts'

export type TestServer = AsyncDisposable & {
  readonly connection: Connection
  readonly administrator: Connection
}

/** DUOKE_TEST_POSTGRES: another npm package (or its `native` folder) with the programs, to run on an older major. */
export async function startTestServer(): Promise<TestServer> {
  const held = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'duoke-test-'))
  held.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  const packageName = process.env.DUOKE_TEST_POSTGRES
  const settings = { max_connections: '400' }
  try {
    const places = packageName === undefined ? {} : { native: nativeFolderOf(packageName) }
    const server = held.use(await startEmbeddedPostgres({ dataDir: folder, durable: false, settings, ...places }))
    const { connection, administrator } = server
    return { connection, administrator, [Symbol.asyncDispose]: () => held.disposeAsync() }
  } catch (error) {
    await held.disposeAsync()
    throw error
  }
}

function nativeFolderOf(packageName: string): string {
  if (isAbsolute(packageName)) return packageName
  return join(dirname(fileURLToPath(import.meta.resolve(packageName))), '..', 'native')
}
