// A backup restored over the network, in the place of what servers are working with.
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { writeBackup } from '../src/database/backup.ts'
import type { Connection } from '../src/database/connection.ts'
import { migrate, readMigrations } from '../src/database/migrate.ts'
import { verifyChain } from '../src/events/verify-chain.ts'
import { createLocalBus } from '../src/realtime/bus.ts'
import { ask, type Json, type Reply, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'
import { emptyTestDatabase } from './support/database.ts'
import { openStream } from './support/stream.ts'
import { type TwoServers, twoServers } from './support/two-servers.ts'

const isReady = ({ type }: Json) => type === 'ready'

async function download(base: string, token: string): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(`${base}/v1/backup`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal(answer.status, 200)
  return new Uint8Array(await answer.arrayBuffer())
}

type Sending = { readonly token?: string; readonly type?: string; readonly query?: string }

async function restore(base: string, file: BodyInit, sending: Sending = {}): Promise<Reply> {
  const { token, type = 'application/gzip', query = '?replace=true' } = sending
  const answer = await fetch(`${base}/v1/backup${query}`, {
    method: 'PUT',
    headers: { 'content-type': type, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: file,
    duplex: 'half',
  } as RequestInit) // `duplex` is missing from the type.
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: JSON.parse(text) }
}

/** What everybody sees of an organization: its conversations with their messages. */
async function everything(base: string, token: string): Promise<string> {
  const { body } = await ask(base, '/v1/conversations?limit=200', { token })
  const threads = body.items.map(({ id }: { id: string }) => ask(base, `/v1/conversations/${id}/messages`, { token }))
  return JSON.stringify([body.items, (await Promise.all(threads)).map((one) => one.body)])
}

async function isLeftAside(connection: Connection): Promise<boolean> {
  const client = new Client(connection)
  await client.connect()
  try {
    const { rowCount } = await client.query(`select 1 from pg_namespace where nspname = 'duoke_incoming'`)
    return rowCount !== 0
  } finally {
    await client.end()
  }
}

const isChainSound = async ({ app }: TestApp, org: string) =>
  (await verifyChain(org, (work) => app.ground.database.withOrganization(org, work))).isSound

test('F25 a restored backup takes the place of what two servers work with, and both begin anew', async () => {
  await using servers = await twoServers(createLocalBus())
  const { left, right } = servers
  const org = await left.organization({ agents: [{ id: 'lili', role: 'admin', capacity: 50 }] })
  const agent = await org.token('lili')
  for (const openid of ['o-1', 'o-2', 'o-3']) await org.write(openid, `早 ${openid}`)
  const first = await org.adminToken()
  const file = await download(left.url, first)
  const before = await everything(left.url, agent)
  const { next } = (await ask(left.url, '/v1/events?limit=200', { token: agent })).body

  // Younger than the backup: what it is asked with still works afterwards.
  const token = await org.adminToken()
  await org.write('o-4', '后来的')
  await org.write('o-1', '也是后来的')
  await using near = await openStream(left.url, { token: agent, view: 'all' })
  await using far = await openStream(right.url, { token: agent, view: 'all' })
  await Promise.all([near.frame(isReady, 10_000), far.frame(isReady, 10_000)])

  const answer = await restore(left.url, file, { token })
  assert.equal(answer.status, 200, [...left.logged, ...right.logged].filter((l) => l.includes('err')).join('\n'))
  assert.ok(answer.body.rows > 20 && answer.body.tables > 20, JSON.stringify(answer.body))
  for (const { closed } of [near, far]) assert.match((await closed).reason, /cursor_expired/)
  for (const { url } of [left, right]) {
    assert.equal(await everything(url, agent), before)
    const old = await ask(url, `/v1/events?after=${encodeURIComponent(next)}`, { token: agent })
    assert.deepEqual([old.status, old.body.code], [410, 'cursor_expired'])
    assert.equal((await ask(url, '/v1/me', { token })).status, 200)
  }

  // Both go on from the restored log, each after the other's events.
  await org.write('o-5', '恢复之后')
  const applied = await ask(right.url, '/v1/me/presence', { method: 'PUT', token: agent, body: { status: 'away' } })
  assert.equal(applied.status, 200)
  await org.write('o-6', '再一条')
  assert.ok(await isChainSound(right, org.id))
  const search = new URLSearchParams({ text: '恢复之后' })
  const found = async () => (await ask(right.url, `/v1/conversations?${search}`, { token: agent })).body.items.length
  for (let tries = 0; (await found()) !== 1; tries += 1) {
    assert.ok(tries < 100, 'the search follows the restored log')
    await sleep(100)
  }
})

test('a restore while everybody writes leaves one log, whole and in order', async () => {
  await using servers = await twoServers(createLocalBus())
  const { left, right } = servers
  const org = await left.organization({ agents: [{ id: 'lili', capacity: 50 }] })
  const token = await org.adminToken()
  for (let at = 0; at < 20; at += 1) await org.write(`o-${at}`, `${at}`)
  const file = await download(left.url, token)
  let stop = false
  let written = 0
  const says = { type: 'customer.act', accountId: org.accountId, act: 'message', kind: 'text', sentAtMs: 1 } as const
  const writing = [left, right].map(async ({ app }, side) => {
    for (let at = 0; !stop; at += 1) {
      const content = { type: 'text', text: `${side} ${at}` } as const
      const command = { ...says, openid: `w-${side}-${at % 7}`, content }
      await app.ground.log.submit(org.id, command, { lane: 'pushes' }).then(
        (outcome) => {
          written += outcome.accepted ? 1 : 0
        },
        (error: unknown) => assert.match(String(error), /database_unavailable|LogUnavailable/),
      )
    }
  })
  let atLast = 0
  try {
    for (let round = 0; round < 3; round += 1) {
      await sleep(100)
      assert.equal((await restore(right.url, file, { token })).status, 200)
    }
    atLast = written
    await sleep(300)
  } finally {
    stop = true
    await Promise.all(writing)
  }
  assert.ok(written > atLast, 'writing goes on behind the restored log')
  for (const server of [left, right]) assert.ok(await isChainSound(server, org.id))
})

describe('a restore over the network is refused, and changes nothing', () => {
  let servers: TwoServers
  let server: TestApp
  let org: TestOrganization
  let token: string
  let file: Uint8Array<ArrayBuffer>
  let agent: string
  before(async () => {
    servers = await twoServers(createLocalBus())
    server = servers.left
    org = await server.organization({ agents: [{ id: 'lili', role: 'admin' }] })
    await org.write('o-1', '在备份里')
    token = await org.adminToken()
    agent = await org.token('lili')
    file = await download(server.url, token)
    await org.write('o-2', '不在备份里')
  })
  after(() => servers?.[Symbol.asyncDispose]())

  async function refused(sent: BodyInit, sending: Sending, status: number, code: string): Promise<Json> {
    const was = await everything(server.url, agent)
    const answer = await restore(server.url, sent, sending)
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(answer.body))
    assert.equal(await everything(server.url, agent), was)
    assert.equal(await isLeftAside(servers.database.connection), false)
    return answer.body
  }

  test('when nobody says that what is there may go', async () => {
    await refused(file, { token, query: '' }, 409, 'not_empty')
    await refused(file, { token, query: '?replace=false' }, 409, 'not_empty')
    await refused(file, { token, query: '?replace=please' }, 400, 'invalid_request')
  })

  test('without a token, with a wrong one, and with one that is not the operator’s', async () => {
    await refused(file, {}, 401, 'unauthenticated')
    await refused(file, { token: 'dk_wrong' }, 401, 'unauthenticated')
    await refused(file, { token: agent }, 403, 'not_permitted')
    await refused(file, { token: await org.adminToken(['conversations:read']) }, 403, 'insufficient_scope')
  })

  test('when it is no gzip by its own word, and where no operation takes one', async () => {
    await refused(file, { token, type: 'application/json' }, 400, 'malformed_json')
    await refused(file, { token, type: 'application/octet-stream' }, 415, 'unsupported_media_type')
    const elsewhere = await fetch(`${server.url}/v1/configuration`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/gzip' },
      body: file,
    })
    assert.equal(elsewhere.status, 415)
  })

  test('when it is empty, something else, cut off or damaged', async () => {
    const middle = file.length >> 1
    const flipped = Buffer.from(file)
    flipped.writeUInt8(flipped.readUInt8(middle) ^ 0x10, middle)
    const wrong = [
      '',
      'hello',
      gzipSync('hello\n'),
      gzipSync('{"format":"other"}\n'),
      file.subarray(0, middle),
      flipped,
    ]
    for (const sent of wrong) await refused(sent, { token }, 422, 'backup_refused')
  })

  test('when a line of it never ends', async () => {
    const header = gunzipSync(file).toString('latin1').split('\n')[0] ?? ''
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${header}\n`, 'latin1'), Buffer.alloc(64_000_000, 'x')]))
    assert.ok(bomb.length < 100_000)
    const { detail } = await refused(bomb, { token }, 422, 'backup_refused')
    assert.match(detail, /longer than any row/)
  })

  test('when its log is not as it was written, although its checksums are', async () => {
    await using other = await emptyTestDatabase()
    await migrate(other.connection)
    await insertOrganization(other.connection, org.id)
    const { detail } = await refused(await backupOf(other.connection), { token }, 422, 'backup_refused')
    assert.match(detail, /missing at position 1/)
  })

  test('when it is of another organization, of several, or sealed with another key', async () => {
    const stranger = await startTestApp()
    await using _stop = stranger
    const theirs = await stranger.organization()
    const foreign = await download(stranger.url, await theirs.adminToken())
    assert.match((await refused(foreign, { token }, 422, 'backup_refused')).detail, /and the token belongs to/)
    const same = await stranger.app.operator.apply({ version: 1, organization: { id: org.id, name: '同名' } })
    assert.ok(same.ok)
    const both = await backupOf(stranger.app.ground.connection)
    assert.match((await refused(both, { token }, 422, 'backup_refused')).detail, /The backup holds/)

    const namesake = await startTestApp()
    await using _stopToo = namesake
    const other = await namesake.organization({ id: org.id })
    const sealed = await download(namesake.url, await other.adminToken())
    assert.match((await refused(sealed, { token }, 422, 'backup_refused')).detail, /sealed with another key/)
  })

  test('with a schema step that it does not know', async () => {
    const strange = gunzipSync(file).toString('latin1').replace('"version":2,', '"version":99,')
    const { detail } = await refused(gzipSync(Buffer.from(strange, 'latin1')), { token }, 422, 'backup_refused')
    assert.match(detail, /written by another Duoke/)
  })

  test('while another one is running, on any server, and is possible when that one breaks off', async () => {
    const slow = new PassThrough()
    slow.write(file.subarray(0, 100))
    const first = restore(server.url, slow as unknown as BodyInit, { token }) // Node's fetch takes streams.
    first.catch(() => {})
    for (let tries = 0; !(await isLeftAside(servers.database.connection)); tries += 1) {
      assert.ok(tries < 200)
      await sleep(20)
    }
    const second = await restore(servers.right.url, file, { token })
    assert.deepEqual([second.status, second.body.code], [409, 'restore_running'])
    slow.destroy(new Error('the cable was pulled'))
    await assert.rejects(first)
    for (let tries = 0; await isLeftAside(servers.database.connection); tries += 1) {
      assert.ok(tries < 200)
      await sleep(20)
    }
    assert.equal((await restore(servers.right.url, file, { token })).status, 200)
  })

  test('where the installation holds other organizations too', async () => {
    await server.organization()
    await refused(file, { token }, 403, 'not_permitted')
  })
})

test('a backup of an older schema is brought to the newest before it takes its place', async () => {
  await using server = await startTestApp()
  const org = await server.organization()
  await org.write('o-1', '将被替换')
  const token = await org.adminToken()
  await using older = await emptyTestDatabase()
  await migrate(older.connection, readMigrations().slice(0, 8))
  await insertOrganization(older.connection, org.id, 0)
  const answer = await restore(server.url, await backupOf(older.connection), { token })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  assert.deepEqual((await ask(server.url, '/v1/conversations', { token })).body.items, [])
})

async function backupOf(connection: Connection): Promise<Uint8Array<ArrayBuffer>> {
  const output = new PassThrough()
  const [content] = await Promise.all([buffer(output), writeBackup(connection, output, { createdAt: new Date() })])
  return new Uint8Array(content)
}

/** With a head that says there are events, unless told otherwise. */
async function insertOrganization(connection: Connection, org: string, head = 3): Promise<void> {
  const client = new Client({ ...connection, options: '-c role=duoke_worker' })
  await client.connect()
  try {
    await client.query(
      `insert into organization (org_id, name, time_zone, epoch, head) values ($1, $1, 'UTC', 'old', $2)`,
      [org, head],
    )
  } finally {
    await client.end()
  }
}
