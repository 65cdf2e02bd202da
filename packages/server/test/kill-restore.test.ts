// A server killed while it restores a backup: what was there is there whole, or what was restored is.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@duoke/domain'
import { Client } from 'pg'
import { proofSize } from '../../../test/proof-sizes.ts'
import { type Connection, urlOfConnection } from '../src/database/connection.ts'
import { clearRestore } from '../src/database/restore-over.ts'
import { ask, startTestApp } from './support/app.ts'
import { testDatabase } from './support/database.ts'
import { startKillServer } from './support/kill-server.ts'

/** Everything of the database, as one number for each table; and what a restore has unpacked aside. */
async function stateOf(connection: Connection): Promise<{ log: string; aside: number }> {
  const client = new Client({ ...connection, options: '-c role=duoke_worker' })
  await client.connect()
  try {
    const { rows } = await client.query<{ log: string }>(
      `select (select head from organization) || '/' || (select count(*) from event) || '/' || (select count(*) from conversation)
        || '/' || (select count(*) from customer) || '/' || (select count(*) from account) as log`,
    )
    const left = await client.query(`select 1 from pg_namespace where nspname = 'duoke_incoming'`)
    return { log: rows[0]?.log ?? '', aside: left.rowCount ?? 0 }
  } finally {
    await client.end()
  }
}

test('F25 killed in the middle of a restore, a server leaves the old or the new, whole, and the next one goes on', async (t) => {
  const seed = Number(process.env.DUOKE_SEED ?? Date.now() % 1_000_000)
  const rounds = Math.max(4, proofSize('databaseKills'))
  t.diagnostic(`seed ${seed}, ${rounds} kills`)
  const random = seededRandom(seed)
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'duoke-kill-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { connection } = stack.use(await testDatabase())
  const settings = { keyFile: join(folder, 'key'), media: join(folder, 'media') }
  const app = stack.use(await startTestApp(settings, { connection }))
  const org = await app.organization()
  await Promise.all(Array.from({ length: 300 }, (_, at) => org.write(`o-${at % 40}`, `${at}`)))
  const token = await org.adminToken()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/gzip' }
  const file = new Uint8Array(await (await fetch(`${app.url}/v1/backup`, { headers })).arrayBuffer())
  const restored = (await stateOf(connection)).log
  const restoreOn = (url: string) =>
    fetch(`${url}/v1/backup?replace=true`, { method: 'PUT', headers, body: file }).then(({ status }) => status)

  const began = performance.now()
  assert.equal(await restoreOn(app.url), 200)
  const lastsMs = performance.now() - began
  const environment = {
    DUOKE_DATABASE_URL: urlOfConnection(connection),
    DUOKE_KEY_FILE: settings.keyFile,
    DUOKE_MEDIA: settings.media,
    DUOKE_DATA: folder,
    DUOKE_UNSAFE_DATABASE: 'true',
  }
  const seen = { old: 0, new: 0 }
  for (let round = 0; round < rounds; round += 1) {
    await org.write('o-new', `${round}`)
    const old = (await stateOf(connection)).log
    assert.notEqual(old, restored)
    await using server = startKillServer(environment)
    const url = await server.ready
    assert.ok(url !== null, server.said())
    const answer = restoreOn(url).catch(() => null)
    await sleep(random.next() * lastsMs)
    server.signal('SIGKILL')
    await server.ended
    const answered = await answer
    // The transaction of who was killed may be ending still.
    await sleep(50)
    const { log } = await stateOf(connection)
    assert.ok(log === restored || log === old, `round ${round}: ${log} is neither ${old} nor ${restored}`)
    if (answered === 200) assert.equal(log, restored)
    seen[log === restored ? 'new' : 'old'] += 1
    assert.equal((await ask(app.url, '/v1/conversations', { token })).status, 200)
  }
  t.diagnostic(`${seen.old} times the old, ${seen.new} times the new`)
  // The lock of who was killed goes with its connection, which PostgreSQL ends when it notices.
  for (let tries = 0; (await stateOf(connection)).aside > 0; tries += 1) {
    assert.ok(tries < 200, 'what was unpacked aside is taken away')
    await app.app.ground.database.withWorker(clearRestore)
    await sleep(25)
  }
  assert.equal(await restoreOn(app.url), 200)
  assert.equal((await stateOf(connection)).log, restored)
})
