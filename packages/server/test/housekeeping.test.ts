// What is of no use any more goes by itself, and nothing else does.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { markExample, removeExample } from '../src/platform/example.ts'
import { keptMs } from '../src/platform/housekeeping.ts'
import { ask, startTestApp, type TestApp } from './support/app.ts'

const options = { timeout: 60_000 }

async function rows<Row>({ app }: TestApp, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await app.ground.database.withWorker((tx) => tx.query<Row>({ text, values }))).rows
}

test(
  'R3: keys of pushes go after a week, answers after a month, links a day after their end, intents never',
  options,
  async () => {
    await using server = await startTestApp({}, { isDriven: true })
    const org = await server.organization()
    const remember = (key: string, ageMs: number, count = 1) =>
      rows(
        server,
        `insert into seen_command (org_id, key, position, result, at)
        select $1, $2 || n, 0, '{}'::json, clock_timestamp() - $3 * interval '1 millisecond' from generate_series(1, $4::int) n`,
        [org.id, key, ageMs, count],
      )
    const minuteMs = 60_000
    // More than a page of them.
    await remember('push:oa:old', keptMs.pushKeys + minuteMs, 2_500)
    await remember('push:oa:new', keptMs.pushKeys - minuteMs)
    await remember('settle:old', keptMs.pushKeys + minuteMs)
    await remember('http:old', keptMs.answers + minuteMs)
    await remember('http:new', keptMs.answers - minuteMs)
    await remember('an agent’s own', 10 * keptMs.answers)
    const link = (hash: string, endedAgoMs: number) =>
      rows(
        server,
        `insert into one_time_link (link_hash, org_id, agent_id, expires_at)
        values ($1, $2, 'lili', clock_timestamp() - $3 * interval '1 millisecond')`,
        [Buffer.from(hash), org.id, endedAgoMs],
      )
    await link('old', keptMs.links + minuteMs)
    await link('new', keptMs.links - minuteMs)
    const done = await server.app.housekeeping.runOnce()
    assert.deepEqual(done, { commands: 2_502, links: 1, files: 0 })
    const left = await rows<{ key: string }>(
      server,
      `select key from seen_command where org_id = $1 and position = 0 order by key`,
      [org.id],
    )
    assert.deepEqual(
      left.map(({ key }) => key),
      ['an agent’s own1', 'http:new1', 'push:oa:new1'],
    )
    assert.deepEqual(await server.app.housekeeping.runOnce(), { commands: 0, links: 0, files: 0 })
  },
)

async function exampleWithFile(server: TestApp) {
  const org = await server.organization({ agents: [{ id: 'lili', role: 'admin' }] })
  const token = await org.token('lili')
  await server.app.ground.database.withWorker((tx) => markExample(tx, org.id))
  const place = server.app.ground.config.media
  assert.ok(place.kind === 'folder')
  const keep = async (bytes: string): Promise<string> => {
    const sha256 = createHash('sha256').update(bytes).digest()
    const digest = sha256.toString('hex')
    const path = join(place.path, org.id, digest.slice(0, 2), digest)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
    await rows(
      server,
      `insert into media (org_id, media_id, account_id, kind, state, sha256, attempts, not_before)
        values ($1, $2, $3, 'image', 'stored', $4, 0, now())`,
      [org.id, `md_${digest.slice(0, 8)}`, org.accountId, sha256],
    )
    return path
  }
  const [agent] = (await ask(server.url, '/v1/me', { token })).body.agent === null ? [] : ['lili']
  assert.equal(agent, 'lili')
  return { org, token, keep }
}

test('files of a removed example are taken away, but for one that was sent again', options, async () => {
  await using server = await startTestApp({}, { isDriven: true })
  const { org, token, keep } = await exampleWithFile(server)
  const [gone, again] = [await keep('nobody has it'), await keep('somebody sends it again')]
  const { status } = await ask(server.url, '/v1/example/remove', { token, method: 'POST', body: {} })
  assert.equal(status, 200)
  await keep('somebody sends it again')
  assert.equal((await server.app.housekeeping.runOnce()).files, 1)
  assert.deepEqual([existsSync(gone), existsSync(again)], [false, true])
  assert.deepEqual(await rows(server, 'select * from media_to_remove where org_id = $1', [org.id]), [])
})

test('a removal during which the server dies is ended by the next one', options, async () => {
  await using server = await startTestApp({}, { isDriven: true })
  const { org, token } = await exampleWithFile(server)
  const { database, log } = server.app.ground
  const [row] = await rows<{ token_id: string }>(server, 'select token_id from token where org_id = $1', [org.id])
  const dying = { forget: log.forget, submit: () => Promise.reject(new Error('the server died')) }
  const ports = { database, log: dying, drawEpoch: () => 'next', onRewritten: () => {} }
  await assert.rejects(removeExample(ports, { org: org.id, agentId: 'lili', tokenId: row?.token_id ?? '' }), /died/)
  assert.equal((await ask(server.url, '/v1/agents', { token })).body.items?.length ?? 0, 0)
  await server.app.housekeeping.runOnce()
  const { items } = (await ask(server.url, '/v1/agents', { token })).body
  assert.deepEqual(
    items.map(({ id, role }: { id: string; role: string }) => [id, role]),
    [['lili', 'admin']],
  )
  const [example] = await rows<{ value: string }>(
    server,
    `select value::text as value from installation where key = 'example'`,
  )
  assert.equal(example?.value, '{"organization":null}')
})
