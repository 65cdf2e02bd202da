import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { PassThrough, Readable, Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { emptyTestDatabase, type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { writeBackup } from './backup.ts'
import { openDatabase } from './client.ts'
import type { Connection } from './connection.ts'
import { migrate, readMigrations } from './migrate.ts'
import { DatabaseRefusal } from './refusal.ts'
import { readBackup } from './restore.ts'

const createdAt = new Date('2026-11-22T08:00:00Z')
const odd = ['a\tb\nc\\.\n\\.', '\\.', '', '{"end":true}', '客服😀\u202e', '\\N', 'x'.repeat(300_000)]

let source: TestDatabase
let saved: Buffer
before(async () => {
  source = await testDatabase()
  await fill(source.connection)
  saved = await backupOf(source.connection)
})
after(() => source?.[Symbol.asyncDispose]())

async function backupOf(connection: Connection): Promise<Buffer> {
  const output = new PassThrough()
  const [content] = await Promise.all([buffer(output), writeBackup(connection, output, { createdAt })])
  return content
}

function restore(connection: Connection, file: Buffer, epochs = ['new-1', 'new-2']) {
  const left = [...epochs]
  return readBackup(connection, Readable.from([file]), { drawEpoch: () => left.shift() ?? 'more' })
}

async function asWorker<T>(connection: Connection, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...connection, options: '-c role=duoke_worker' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function fill(connection: Connection): Promise<void> {
  await asWorker(connection, async (client) => {
    for (const org of ['acme', 'zeta']) {
      await client.query(
        `insert into organization (org_id, name, time_zone, epoch, chain) values ($1, $1, 'UTC', 'old', '\\x00ff')`,
        [org],
      )
      for (const [at, text] of odd.entries()) {
        await client.query(
          `insert into event (org_id, position, type, v, at, actor, facts, personal, hash)
            values ($1, $2, 'message.received', 1, '2026-01-01T00:00:00.123Z', '{}', $3, $4, '\\x5c2e0a')`,
          [org, at + 1, JSON.stringify({ text, half: '\ud83d', nul: '\u0000' }), at % 2 ? null : JSON.stringify(text)],
        )
      }
    }
    const send = `insert into outbox (org_id, message_id, conversation_id, account_id, position, status, payload, not_before, expires_at)
      values ('acme', $1, 'cv', 'oa', 1, $1, '{}', now(), now())`
    for (const status of ['queued', 'claimed', 'settled']) await client.query(send, [status])
    await client.query(`insert into token (token_hash, org_id, token_id, kind, holder_kind, scopes)
      values ('\\x01', 'acme', 't', 'k', 'agent', array['a:b', 'c"d', ''])`)
  })
}

/** All rows of the tables that are restored as they were. */
async function rowsOf(connection: Connection): Promise<unknown> {
  return await asWorker(connection, async (client) => {
    const tables = ['event', 'token', 'seen_command', 'conversation', 'customer', 'follower', 'installation']
    const found: unknown[] = []
    for (const table of tables) found.push((await client.query(`select t::text from ${table} t order by 1`)).rows)
    found.push(
      (await client.query('select org_id, name, head, chain, created_at::text from organization order by 1')).rows,
    )
    return found
  })
}

describe('a backup', () => {
  test('brings every row back, byte for byte, into an empty database', async () => {
    await using target = await emptyTestDatabase()
    const summary = await restore(target.connection, saved)
    assert.equal(summary.createdAt, createdAt.toISOString())
    assert.ok(summary.rows > 2 * odd.length)
    assert.deepEqual(await rowsOf(target.connection), await rowsOf(source.connection))
  })

  test('brings them back into a database that was migrated already', async () => {
    await using target = await testDatabase()
    await restore(target.connection, saved)
    assert.deepEqual(await rowsOf(target.connection), await rowsOf(source.connection))
  })

  test('F25 begins a new epoch for each organization', async () => {
    await using target = await emptyTestDatabase()
    await restore(target.connection, saved)
    const { rows } = await asWorker(target.connection, (client) =>
      client.query('select epoch from organization order by 1'),
    )
    assert.deepEqual(rows, [{ epoch: 'new-1' }, { epoch: 'new-2' }])
  })

  test('F25 leaves nothing in the outbox that would be sent again', async () => {
    await using target = await emptyTestDatabase()
    await restore(target.connection, saved)
    const { rows } = await asWorker(target.connection, (client) =>
      client.query('select message_id, status, claimed_by from outbox order by 1'),
    )
    assert.deepEqual(rows, [
      { message_id: 'claimed', status: 'claimed', claimed_by: 'restore' },
      { message_id: 'queued', status: 'claimed', claimed_by: 'restore' },
      { message_id: 'settled', status: 'settled', claimed_by: null },
    ])
  })

  test('shows one moment, although writing goes on', async () => {
    await using busy = await testDatabase()
    await fill(busy.connection)
    await using database = openDatabase({ connection: busy.connection })
    let stop = false
    const writing = (async () => {
      for (let n = 0; !stop; n += 1) {
        await database.withOrganization('acme', async (tx) => {
          await tx.query({
            text: `insert into team (org_id, team_id, config) values ('acme', $1, '{}')`,
            values: [`${n}`],
          })
          await tx.query({
            text: `insert into agent (org_id, agent_id, config) values ('acme', $1, '{}')`,
            values: [`${n}`],
          })
        })
      }
    })()
    const file = await backupOf(busy.connection)
    stop = true
    await writing
    await using target = await emptyTestDatabase()
    await restore(target.connection, file)
    const { rows } = await asWorker(target.connection, (client) =>
      client.query('select (select count(*) from team)::int as teams, (select count(*) from agent)::int as agents'),
    )
    assert.equal(rows[0].teams, rows[0].agents)
  })

  test('of an older schema enters that schema and is then brought to ours', async () => {
    await using older = await emptyTestDatabase()
    await migrate(older.connection, readMigrations().slice(0, -1))
    await fill(older.connection)
    const file = await backupOf(older.connection)
    await using target = await emptyTestDatabase()
    await restore(target.connection, file)
    assert.deepEqual(await rowsOf(target.connection), await rowsOf(older.connection))
    assert.equal(await migrate(target.connection), 0)
  })

  test('fails when it cannot be written', async () => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('No space left on device')) })
    await assert.rejects(writeBackup(source.connection, full, { createdAt }), /No space left/)
  })
})

describe('a restore', () => {
  const refusal = (code: string) => (error: unknown) => error instanceof DatabaseRefusal && error.code === code

  test('refuses a database that holds rows', async () => {
    await assert.rejects(restore(source.connection, saved), refusal('not_empty'))
  })

  test('refuses a file that is no backup', async () => {
    await using target = await emptyTestDatabase()
    const files = [
      Buffer.from('hello\n'),
      gzipSync('hello\n'),
      gzipSync('{"format":"other"}\n'),
      Buffer.alloc(0),
      gzipSync(''),
    ]
    for (const file of files) await assert.rejects(restore(target.connection, file), refusal('backup_foreign'))
  })

  test('says so when the file cannot be read', async () => {
    await using target = await emptyTestDatabase()
    const missing = createReadStream('/there/is/no/such/file')
    await assert.rejects(readBackup(target.connection, missing, { drawEpoch: () => 'e' }), { code: 'ENOENT' })
  })

  test('refuses a backup with a schema step that it does not know', async () => {
    await using target = await emptyTestDatabase()
    const strange = gunzipSync(saved).toString('latin1').replace('"version":2,', '"version":99,')
    await assert.rejects(restore(target.connection, gzipSync(Buffer.from(strange, 'latin1'))), refusal('schema_newer'))
  })

  test('F17 refuses a damaged backup and restores nothing of it', async (t) => {
    await using target = await testDatabase()
    const empty = await rowsOf(target.connection)
    const seed = Number(process.env['DUOKE_SEED'] ?? Date.now() % 1_000_000)
    const plain = gunzipSync(saved)
    const rounds = Math.max(6, Math.round(proofSize('databaseKills') / 2))
    t.diagnostic(`seed ${seed}, ${rounds} damages`)
    for (let round = 0; round < rounds; round += 1) {
      const at = (seed * 7919 + round * 104_729) % plain.length
      // The ten bytes before are gzip's own; its date, for one, may be anything.
      const packedAt = 10 + (at % (saved.length - 10))
      for (const file of [
        flipped(saved, packedAt),
        gzipSync(flipped(plain, at)),
        cut(saved, at),
        gzipSync(cut(plain, at)),
      ]) {
        await assert.rejects(restore(target.connection, file), DatabaseRefusal)
      }
    }
    assert.deepEqual(await rowsOf(target.connection), empty)
    await restore(target.connection, saved)
  })

  test('refuses rows behind the end', async () => {
    await using target = await emptyTestDatabase()
    const longer = gzipSync(Buffer.concat([gunzipSync(saved), Buffer.from('{"table":"team","columns":[]}\n')]))
    await assert.rejects(restore(target.connection, longer), refusal('backup_damaged'))
  })
})

function flipped(file: Buffer, at: number): Buffer {
  const copy = Buffer.from(file)
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}

function cut(file: Buffer, at: number): Buffer {
  return file.subarray(0, at % file.length)
}
