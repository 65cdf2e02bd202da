import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { proofSize } from '../../../test/proof-sizes.ts'
import type { Connection } from '../src/database/connection.ts'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { testDatabase } from './support/database.ts'

const races = proofSize('acceptRaces')
const racers = ['ann', 'bob', 'cai', 'dan'] as const
const atOnce = 4

type Way = 'pick' | 'broadcast'
type Place = { readonly connection: Connection; readonly settings: Readonly<Record<string, string>> }

async function startProcess({ connection, settings }: Place): Promise<AsyncDisposable & { readonly url: string }> {
  const program = join(import.meta.dirname, 'support', 'server-child.ts')
  const child = spawn(process.execPath, [program, JSON.stringify({ connection, settings })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  return {
    url: String(first.value),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}

/** Sessions that wait, of whom the agents are given none, or all are asked at once; they are online and have room. */
async function prepare(place: Place, way: Way) {
  await using app: TestApp = await startTestApp(place.settings, { connection: place.connection })
  const agents = racers.map((id) => ({ id, capacity: races + 1 }))
  const org = await app.organization({ agents, routing: way === 'pick' ? 'manual' : 'automatic' })
  const tokens = await Promise.all(racers.map((id) => org.token(id)))
  for (const token of tokens) {
    const online = await ask(app.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
    assert.equal(online.status, 200)
  }
  const admin = await org.adminToken()
  if (way === 'broadcast') {
    const rules = [{ id: 'all', when: 'true', then: { strategy: { broadcast: { offerMs: 600_000 } } } }]
    const body = { document: { version: 1, rules }, reason: 'races' }
    const published = await ask(app.url, '/v1/rules', { token: admin, method: 'PUT', body })
    assert.equal(published.status, 200, JSON.stringify(published.body))
  }
  const waiting: string[] = []
  for (let race = 0; race < races; race += 1) waiting.push(await org.write(`o${race}`, '在吗'))
  return { waiting, tokens, admin }
}

type Racer = { readonly id: string; readonly url: string; readonly token: string }

/** All at the same instant; answers who has it, by the log, and how long the slowest loser waited for the word. */
async function race(conversationId: string, field: readonly Racer[], admin: string, way: Way) {
  const startedMs = performance.now()
  const replies = await Promise.all(
    field.map(async ({ id, url, token }) => {
      const reply = await ask(url, `/v1/conversations/${conversationId}/accept`, { token, body: {} })
      return { id, ...reply, tookMs: performance.now() - startedMs }
    }),
  )
  const winners = replies.filter(({ status }) => status === 200)
  assert.equal(winners.length, 1, JSON.stringify(replies.map(({ id, status }) => [id, status])))
  const winner = winners[0]?.id
  const losers = replies.filter(({ status }) => status !== 200)
  for (const { body } of losers) {
    assert.equal(body.code, 'held_by_another')
    assert.equal(body.holder.agentId, winner, 'the loser is told who won')
  }
  const url = field[0]?.url ?? ''
  const events = await ask(url, `/v1/events?conversation=${conversationId}&limit=200`, { token: admin })
  const given = events.body.items.filter(({ type }: Json) => type === 'session.assigned')
  assert.deepEqual(
    given.map(({ facts }: Json) => facts.to.agentId),
    [winner],
  )
  const ended = events.body.items.filter(({ type }: Json) => type === 'session.broadcast-ended')
  assert.deepEqual(
    ended.map(({ facts }: Json) => [facts.outcome, facts.agentId, facts.agentIds.length]),
    way === 'pick' ? [] : [['accepted', winner, racers.length]],
  )
  return Math.max(...losers.map(({ tookMs }) => tookMs))
}

const told = 'one holds the session, and the others are told who'

test(`F72: of four who accept on two servers at the same instant ${told}`, { timeout: 20 * 60_000 }, (t) =>
  raceFor('pick', t),
)

test(
  `F72: of four to whom it is broadcast and who accept on two servers at the same instant ${told}`,
  {
    timeout: 20 * 60_000,
  },
  (t) => raceFor('broadcast', t),
)

async function raceFor(way: Way, t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-races-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { connection } = stack.use(await testDatabase())
  const settings = { data: folder, keyFile: join(folder, 'key'), media: join(folder, 'media') }
  const { waiting, tokens, admin } = await prepare({ connection, settings }, way)
  const servers = [await startProcess({ connection, settings }), await startProcess({ connection, settings })]
  for (const server of servers) stack.use(server)
  const field = racers.map((id, at) => ({ id, token: tokens[at] ?? '', url: servers[at % 2]?.url ?? '' }))
  const tookMs: number[] = []
  const next = waiting.values()
  const runner = async () => {
    for (const conversationId of next) tookMs.push(await race(conversationId, field, admin, way))
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  assert.equal(tookMs.length, races)
  tookMs.sort((left, right) => left - right)
  const [median, slowest] = [tookMs[Math.floor(races / 2)] ?? 0, tookMs.at(-1) ?? 0]
  t.diagnostic(
    `${races} races; the last loser knew after ${median.toFixed(0)} ms (median), ${slowest.toFixed(0)} ms (most)`,
  )
}
