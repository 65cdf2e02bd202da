import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { type Json, startTestApp, type TestApp } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'

const appCount = 20
const rounds = 60
const tokenCodes = new Set([40001, 40014, 42001])
const renewedEveryMs = (7200 - 300) * 1000

/** Two servers on one database that can be replaced, and one time for them and their WeChat. */
async function setServers() {
  const held = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'duoke-custodian-'))
  held.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { connection } = held.use(await testDatabase())
  const time = { nowMs: Date.parse('2026-03-02T00:00:00Z') }
  const nowMs = () => time.nowMs
  const settings = { keyFile: join(folder, 'key'), media: join(folder, 'media') }
  const start = () => startTestApp(settings, { connection, nowMs })
  const servers: [TestApp, TestApp] = [await start(), await start()]
  held.defer(() => Promise.all(servers.map((server) => server[Symbol.asyncDispose]())).then(() => {}))
  return {
    time,
    servers,
    async restart(at: 0 | 1) {
      await servers[at][Symbol.asyncDispose]()
      servers[at] = await start()
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

type Held = { token: string; untilMs: number }

/** Fetches a token as an SDK would: one of the two kinds, sometimes by force. */
async function fetchToken(stage: CompatibleStage, app: string, url: string, how: 'plain' | 'stable' | 'forced') {
  const [appid, secret] = [stage.appIdOf(app), stage.secretOf(app)]
  const grant = { grant_type: 'client_credential', appid, secret }
  const response =
    how === 'plain'
      ? await fetch(`${url}/cgi-bin/token?${new URLSearchParams(grant)}`)
      : await fetch(`${url}/cgi-bin/stable_token`, {
          method: 'POST',
          body: JSON.stringify({ ...grant, force_refresh: how === 'forced' }),
        })
  const answer = (await response.json()) as Json
  assert.ok(typeof answer.access_token === 'string', JSON.stringify(answer))
  return { token: String(answer.access_token), seconds: Number(answer.expires_in) }
}

test('F50 twenty apps that refresh at random, restarts and two servers: no token error anywhere, one call per expiry', () =>
  forEachSeed('custodian', proofSize('custodians'), walk))

async function walk(seed: number, random: Random): Promise<void> {
  await using ground = await setServers()
  const { servers, time } = ground
  const apps = Array.from({ length: appCount }, (_, at) => ({ id: `app${at}` }))
  // Its time is ours; what it does after a while it does in real time.
  const after = (ms: number, run: () => void) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  }
  const clock = { nowMs: () => time.nowMs, after }
  await using stage = await setCompatibleStage({ test: servers[0], apps, clock })
  const startedMs = time.nowMs
  const held = new Map<string, Held>()
  const serverAt = () => servers[random.below(2)] as TestApp // one of the two
  let calls = 0

  async function act(id: string): Promise<void> {
    const known = held.get(id)
    if (known === undefined || known.untilMs <= time.nowMs || random.chance(0.3)) {
      const how = random.pick(['plain', 'stable', 'stable', 'forced'] as const) ?? 'plain'
      const { token, seconds } = await fetchToken(stage, id, serverAt().url, how)
      held.set(id, { token, untilMs: time.nowMs + seconds * 1000 })
    }
    const answer = await stage.call(`/cgi-bin/user/info?openid=${stage.openid}`, undefined, {
      token: held.get(id)?.token ?? '',
      url: serverAt().url,
    })
    calls += 1
    assert.equal(answer.openid, stage.openid, `seed ${seed}: ${id} ${JSON.stringify(answer)}`)
  }

  for (let round = 0; round < rounds; round += 1) {
    const crowd = apps.filter(() => random.chance(0.5))
    await Promise.all(crowd.map(({ id }) => act(id)))
    time.nowMs += random.below(45) * 60_000
    if (random.chance(0.1)) await ground.restart(random.chance(0.5) ? 0 : 1)
  }

  const journal = stage.simulator.world.journal.calls()
  const refused = journal.filter(({ errcode }) => errcode !== null && tokenCodes.has(errcode))
  assert.deepEqual(refused, [], `seed ${seed}`)
  const expiries = 1 + Math.floor((time.nowMs - startedMs) / renewedEveryMs)
  const fetched = stage.calls('/cgi-bin/stable_token')
  assert.ok(fetched >= 1 && fetched <= expiries, `seed ${seed}: ${fetched} token calls in ${expiries} expiries`)
  assert.ok(calls > rounds, `seed ${seed}`)
}

test('F65 an app that is removed on one server is refused by the other within five seconds, and the others go on', async () => {
  await using ground = await setServers()
  const { servers, time } = ground
  await using stage = await setCompatibleStage({ test: servers[0], apps: [{ id: 'left' }, { id: 'stays' }] })
  const [gone, stays] = [await stage.token('left'), await stage.token('stays')]
  const code = async (token: string, at: 0 | 1) =>
    (await stage.call('/cgi-bin/getcallbackip', undefined, { token, url: servers[at].url })).errcode
  for (const at of [0, 1] as const) assert.equal(await code(gone, at), undefined)
  await stage.apply({ apps: [{ id: 'stays' }] })
  assert.equal(await code(gone, 0), 40014)
  time.nowMs += 4_999
  assert.equal(await code(gone, 1), 40014)
  for (const at of [0, 1] as const) assert.equal(await code(stays, at), undefined)
})

test('what one server is asked to send may be sent by the other, and the answer is the same', async () => {
  await using ground = await setServers()
  const { servers, time } = ground
  await using stage = await setCompatibleStage({ test: servers[0] })
  time.nowMs = Date.now()
  await stage.write('hi')
  const [left, right] = servers
  // The first server's own delivery is stopped: only the second one can send.
  await left.app.channel.delivery[Symbol.asyncDispose]()
  const body = { touser: stage.openid, msgtype: 'text', text: { content: 'by the other' } }
  assert.ok(right.url !== left.url)
  const answering = stage.call('/cgi-bin/message/custom/send', body, { url: left.url })
  const ticking = setInterval(() => {
    time.nowMs = Date.now()
  }, 20)
  assert.deepEqual(await answering, { errcode: 0, errmsg: 'ok' })
  clearInterval(ticking)
  assert.deepEqual(stage.phone(), ['by the other'])
})
