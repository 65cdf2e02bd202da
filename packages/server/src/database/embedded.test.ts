import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Connection } from './connection.ts'
import { joinEmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'
import { DatabaseRefusal } from './refusal.ts'

function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'duoke-embedded-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

async function ask(connection: Connection, sql: string): Promise<Record<string, unknown>> {
  const client = new Client(connection)
  await client.connect()
  try {
    return (await client.query(sql)).rows[0] ?? {}
  } finally {
    await client.end()
  }
}

const refusedWith = (code: string) => (error: unknown) => error instanceof DatabaseRefusal && error.code === code

describe('the embedded PostgreSQL', () => {
  test('starts from an empty folder and keeps what was committed over a restart', async () => {
    using folder = temporaryFolder()
    {
      await using server = await startEmbeddedPostgres({ dataDir: folder.path })
      await ask(server.connection, `CREATE TABLE kept AS SELECT '客服😀' AS word`)
    }
    await using again = await startEmbeddedPostgres({ dataDir: folder.path })
    assert.deepEqual(await ask(again.connection, 'SELECT word FROM kept'), { word: '客服😀' })
  })

  test('has no process left and answers nobody after it was disposed', async () => {
    using folder = temporaryFolder()
    const server = await startEmbeddedPostgres({ dataDir: folder.path, durable: false })
    const pid = server.pid()
    assert.ok(pid)
    await server[Symbol.asyncDispose]()
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
    await assert.rejects(ask(server.connection, 'SELECT 1'))
  })

  test('signs in as an owner who is no superuser, over a socket that only this account may use', async () => {
    using folder = temporaryFolder()
    await using server = await startEmbeddedPostgres({ dataDir: folder.path, durable: false })
    const settings = `SELECT current_setting('is_superuser') AS superuser, current_setting('listen_addresses') AS listens,
      current_setting('unix_socket_permissions') AS permissions`
    const expected = { superuser: 'off', listens: '', permissions: '0700' }
    assert.deepEqual(await ask(server.connection, settings), expected)
  })

  test('works below a path that is longer than the path of a socket may be', async () => {
    using folder = temporaryFolder()
    const deep = join(folder.path, 'a'.repeat(80), '客服'.repeat(20))
    mkdirSync(deep, { recursive: true })
    await using server = await startEmbeddedPostgres({ dataDir: deep, durable: false })
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 })
  })

  test('listens on loopback with a password where there are no sockets', async () => {
    using folder = temporaryFolder()
    await using server = await startEmbeddedPostgres({ dataDir: folder.path, durable: false, listen: 'loopback' })
    assert.equal(server.connection.host, '127.0.0.1')
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 })
    await assert.rejects(ask({ ...server.connection, password: 'guess' }, 'SELECT 1'), { code: '28P01' })
    await assert.rejects(ask({ ...server.connection, user: 'postgres', password: '' }, 'SELECT 1'))
  })

  test('is found by another command on the same folder while it runs, and only then', async () => {
    using folder = temporaryFolder()
    {
      await using server = await startEmbeddedPostgres({ dataDir: folder.path, durable: false })
      await using joined = joinEmbeddedPostgres(folder.path)
      assert.ok(joined)
      assert.deepEqual(await ask(joined.connection, 'SELECT 1 AS one'), { one: 1 })
      assert.equal(joined.pid(), server.pid())
    }
    assert.equal(joinEmbeddedPostgres(folder.path), undefined)
  })

  test('F08 comes back by itself, with everything committed, when its server is killed', async () => {
    using folder = temporaryFolder()
    await using server = await startEmbeddedPostgres({ dataDir: folder.path })
    await ask(server.connection, 'CREATE TABLE kept AS SELECT 7 AS seven')
    const first = server.pid()
    assert.ok(first)
    process.kill(first, 'SIGKILL')
    const deadline = performance.now() + 5_000
    let found: unknown
    while (found === undefined && performance.now() < deadline) {
      found = await ask(server.connection, 'SELECT seven FROM kept').catch(() => sleep(20))
    }
    assert.deepEqual(found, { seven: 7 })
    assert.notEqual(server.pid(), first)
  })

  test('starts although the recorded process id belongs to a living stranger', async () => {
    using folder = temporaryFolder()
    await (await startEmbeddedPostgres({ dataDir: folder.path }))[Symbol.asyncDispose]()
    const pidFile = join(folder.path, 'database/cluster/postmaster.pid')
    writeFileSync(pidFile, `${process.pid}\n/proc/self/fd/3\n1700000000\n5432\n.\n\n 1 1\nready\n`, { mode: 0o644 })
    await using server = await startEmbeddedPostgres({ dataDir: folder.path })
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 })
  })

  test('F05 refuses a folder that is in use, and the first goes on undisturbed', async () => {
    using folder = temporaryFolder()
    await using server = await startEmbeddedPostgres({ dataDir: folder.path, durable: false })
    await assert.rejects(startEmbeddedPostgres({ dataDir: folder.path }), refusedWith('data_in_use'))
    assert.deepEqual(await ask(server.connection, 'SELECT 1 AS one'), { one: 1 })
  })

  test('refuses the cluster of another major and names the two commands that move it', async () => {
    using folder = temporaryFolder()
    await (await startEmbeddedPostgres({ dataDir: folder.path, durable: false }))[Symbol.asyncDispose]()
    const versionFile = join(folder.path, 'database/cluster/PG_VERSION')
    writeFileSync(versionFile, '17\n')
    await assert.rejects(startEmbeddedPostgres({ dataDir: folder.path }), (error) => {
      assert.ok(error instanceof DatabaseRefusal)
      assert.equal(error.code, 'other_major')
      assert.match(error.whatToDo, /duoke@<[^>]+> backup --data \S+.*duoke restore --data/)
      return true
    })
    assert.equal(readFileSync(versionFile, 'utf8'), '17\n')
  })

  test('asks for --database where there is no program that runs', async () => {
    using folder = temporaryFolder()
    mkdirSync(join(folder.path, 'empty/native'), { recursive: true })
    writeFileSync(join(folder.path, 'empty/package.json'), '{"version":"0.0.0-test"}')
    const places = { native: join(folder.path, 'empty/native'), copiesIn: join(folder.path, 'copies') }
    await assert.rejects(startEmbeddedPostgres({ dataDir: folder.path, ...places }), (error) => {
      assert.ok(error instanceof DatabaseRefusal)
      assert.equal(error.code, 'no_program')
      assert.match(error.message, /--database URL/)
      return true
    })
  })
})
