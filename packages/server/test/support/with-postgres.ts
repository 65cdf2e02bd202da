// Gives a command and all its test files one PostgreSQL server, and ends it with them:
//   node packages/server/test/support/with-postgres.ts -- node --test …
// When DUOKE_TEST_DATABASE_URL is set already (a server of yours, with a user who may create databases and roles), the
// command gets that one, and nothing of ours stays on it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connectionFromUrl, urlOfConnection } from '../../src/database/connection.ts'
import { dropTemplate } from './database.ts'
import { startTestServer } from './test-server.ts'

const [command, ...args] = process.argv.slice(process.argv.indexOf('--') + 1)
if (command === undefined || !process.argv.includes('--')) throw new Error('Name the command to run behind "--".')

async function run(program: string, url: string): Promise<number> {
  const child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, DUOKE_TEST_DATABASE_URL: url } })
  // Then the command ends, and we after it: else the server would stay without anybody to end it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : 1
}

async function withOwnServer(program: string): Promise<number> {
  await using server = await startTestServer()
  return await run(program, urlOfConnection(server.connection))
}

async function withServerAt(url: string, program: string): Promise<number> {
  try {
    return await run(program, url)
  } finally {
    await dropTemplate(connectionFromUrl(url))
  }
}

const given = process.env.DUOKE_TEST_DATABASE_URL
process.exitCode = given === undefined ? await withOwnServer(command) : await withServerAt(given, command)
