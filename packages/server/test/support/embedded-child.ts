// A process that holds an embedded PostgreSQL and commits one row after another, telling each number once it is
// acknowledged. Tests kill it. `node embedded-child.ts FOLDER`; it ends when its input ends.
import { Client } from 'pg'
import { startEmbeddedPostgres } from '../../src/database/embedded.ts'
import { DatabaseRefusal } from '../../src/database/refusal.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Which folder?')

try {
  console.log('opening')
  await using server = await startEmbeddedPostgres({ dataDir: folder })
  console.log(`ready ${server.pid()}`)
  await commitUntilInputEnds(new Client(server.connection))
} catch (error) {
  console.log(error instanceof DatabaseRefusal ? `refused ${error.code}` : `failed ${error}`)
  process.exitCode = 1
  process.stdin.destroy() // It would keep this process alive.
}

async function commitUntilInputEnds(client: Client): Promise<void> {
  let ended = false
  process.stdin.on('end', () => {
    ended = true
  })
  process.stdin.resume()
  client.on('error', () => {})
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS acknowledged (number bigint PRIMARY KEY)')
  const { rows } = await client.query('SELECT coalesce(max(number), 0)::int AS last FROM acknowledged')
  for (let number = rows[0].last + 1; !ended; number += 1) {
    await client.query('INSERT INTO acknowledged VALUES ($1)', [number])
    console.log(`committed ${number}`)
  }
  await client.end()
}
