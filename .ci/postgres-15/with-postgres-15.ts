// Starts PostgreSQL 15 without fsync, gives its URL to a command as DUOKE_TEST_DATABASE_URL, and ends with it:
//   node .ci/postgres-15/with-postgres-15.ts -- npm test -- --only server
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { urlOfConnection } from '../../packages/server/src/database/connection.ts'
import { startEmbeddedPostgres } from '../../packages/server/src/database/embedded.ts'

const [command, ...args] = process.argv.slice(process.argv.indexOf('--') + 1)
if (command === undefined) throw new Error('Name the command to run behind "--".')
const folder = mkdtempSync(join(tmpdir(), 'duoke-postgres-15-'))
const native = join(import.meta.dirname, 'node_modules', `postgres-15-${process.platform}-${process.arch}`, 'native')

async function main(command: string): Promise<number> {
  await using server = await startEmbeddedPostgres({ dataDir: folder, durable: false, native })
  const environment = { ...process.env, DUOKE_TEST_DATABASE_URL: urlOfConnection(server.connection) }
  const child = spawn(command, args, { stdio: 'inherit', env: environment })
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

try {
  process.exitCode = await main(command)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
