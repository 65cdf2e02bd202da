// Two whole servers, one database, and a real NATS between them that goes away and comes back.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { sealPush } from '@duoke/wechat'
import { createNatsBus } from '../src/realtime/nats-bus.ts'
import { type Json, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'
import { cuttableLine } from './support/cuttable-line.ts'
import { testDatabase } from './support/database.ts'
import { openStream } from './support/stream.ts'

const natsUrl = process.env.DUOKE_TEST_NATS_URL
const perPhase = 40
const mostLateMs = 2_000

/** As WeChat pushes it, to one of the two; again until it is answered. */
async function push(server: TestApp, { accountId }: TestOrganization, { number }: { number: number }): Promise<void> {
  const unique = accountId.replace('oa-', '')
  const nowSeconds = Math.floor(Date.now() / 1000)
  const document = `<xml><ToUserName>gh_${unique}</ToUserName><FromUserName>o${number % 5}</FromUserName><CreateTime>${nowSeconds}</CreateTime><MsgType>text</MsgType><Content>第 ${number} 条</Content><MsgId>${number + 1}</MsgId></xml>`
  const target = {
    token: `token${unique}`,
    encodingAesKey: 'A'.repeat(43),
    appId: `wx${unique}`,
    mode: 'safe',
  } as const
  const envelope = { document, format: 'xml', toUser: `gh_${unique}`, openid: `o${number % 5}` } as const
  for (let tries = 0; tries < 3; tries++) {
    const random = { timestamp: nowSeconds, nonce: String(number), random16: randomBytes(16) }
    const { query, body } = sealPush(target, { ...envelope, ...random })
    const url = `${server.url}/wechat/${accountId}?${new URLSearchParams(query)}`
    const answer = await fetch(url, { method: 'POST', body })
    if (answer.status === 200) return
    await wait(500)
  }
  assert.fail(`push ${number} was never answered`)
}

type Stream = Awaited<ReturnType<typeof openStream>>

/** Pushes to both in turn, and how long the slower of the two streams took to tell of each. */
async function phase(
  servers: readonly TestApp[],
  streams: readonly Stream[],
  { org, from }: { org: TestOrganization; from: number },
): Promise<number> {
  let slowestMs = 0
  for (let number = from; number < from + perPhase; number++) {
    await push(servers[number % servers.length] ?? assert.fail(), org, { number })
    const started = performance.now()
    const isIt = (frame: Json) => frame.type === 'event' && frame.event.personal?.content?.text === `第 ${number} 条`
    await Promise.all(streams.map((stream) => stream.frame(isIt, 10_000)))
    slowestMs = Math.max(slowestMs, performance.now() - started)
  }
  return slowestMs
}

type Between = { readonly stack: AsyncDisposableStack; readonly busUrl: string }

/** Two servers on one database, and a stream of everything from each. */
async function twoServers({ stack, busUrl }: Between) {
  const folder = mkdtempSync(join(tmpdir(), 'duoke-nats-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { connection } = stack.use(await testDatabase())
  const settings = { keyFile: join(folder, 'key'), media: join(folder, 'media') }
  const serve = async (name: string) => {
    const bus = stack.use(createNatsBus({ url: busUrl, name, onError: () => {} }))
    return stack.use(await startTestApp(settings, { bus, connection }))
  }
  const servers = [await serve('left'), await serve('right')]
  const org = await (servers[0] ?? assert.fail()).organization({
    agents: [{ id: 'lili', role: 'admin', capacity: 50 }],
  })
  const token = await org.token('lili')
  const streams: Stream[] = []
  for (const { url } of servers) streams.push(stack.use(await openStream(url, { token, view: 'all' })))
  for (const stream of streams) await stream.frame(({ type }) => type === 'ready', 10_000)
  return { servers, org, streams }
}

function assertEachOnceInOrder(streams: readonly Stream[], count: number): void {
  for (const { events } of streams) {
    const numbers = events.filter(({ type }) => type === 'message.received').map(({ facts }) => facts.messageId)
    assert.equal(numbers.length, count)
    assert.equal(new Set(numbers).size, count, 'no event comes twice')
    const positions = events.map(({ position }) => position)
    assert.deepEqual(
      positions,
      positions.toSorted((one, two) => one - two),
    )
  }
}

const options = { timeout: 180_000 }

test('F13: two servers without NATS lose and repeat nothing, and are at most 2 s late', options, async () => {
  await using stack = new AsyncDisposableStack()
  const { servers, streams, org } = await twoServers({ stack, busUrl: 'nats://127.0.0.1:9' })
  const lateMs = await phase(servers, streams, { org, from: 0 })
  assert.ok(lateMs <= mostLateMs, `an event was ${lateMs} ms late`)
  assertEachOnceInOrder(streams, perPhase)
})

// Where the run has a NATS server.
if (natsUrl !== undefined) {
  test(
    'F13: two servers lose and repeat nothing while NATS goes and comes back, and are at most 2 s late',
    options,
    async (t) => {
      await using stack = new AsyncDisposableStack()
      const { hostname, port } = new URL(natsUrl)
      const line = stack.use(await cuttableLine(hostname, Number(port || 4222)))
      const { servers, streams, org } = await twoServers({ stack, busUrl: `nats://127.0.0.1:${line.port}` })
      const late: Record<string, number> = {}
      late['with NATS'] = await phase(servers, streams, { org, from: 0 })
      await line.stop()
      late['without it'] = await phase(servers, streams, { org, from: perPhase })
      await line.resume()
      await wait(3_000)
      late['with it again'] = await phase(servers, streams, { org, from: 2 * perPhase })
      const told = Object.entries(late)
      t.diagnostic(told.map(([when, ms]) => `${when} ${ms.toFixed(0)} ms`).join(', '))
      for (const [when, ms] of told) assert.ok(ms <= mostLateMs, `${when} an event was ${ms} ms late`)
      assertEachOnceInOrder(streams, 3 * perPhase)
    },
  )
}
