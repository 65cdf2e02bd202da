import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { ManualClock } from '@duoke/simulator'
import type { FailpointName } from '../src/events/failpoint.ts'
import { startChannelProcess } from './support/channel-process.ts'
import { eventually, type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }
const sendPath = '/cgi-bin/message/custom/send'

async function startChild(stage: Stage, at?: FailpointName) {
  const child = await startChannelProcess(stage.ground, at === undefined ? {} : { crash: { at, after: 1 } })
  return {
    url: child.url,
    crashed: async () => assert.equal(await child.ended, 'SIGKILL'),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

/** Fifteen seconds of silence, without waiting for them. */
async function letTimePass(stage: Stage): Promise<void> {
  await stage.server.database.withWorker((tx) =>
    tx.query({
      text: `update outbox set claimed_at = claimed_at - interval '1 minute' where org_id = $1`,
      values: [stage.organizationId],
    }),
  )
}

const sends: [FailpointName, string, number][] = [
  ['before_claim', 'accepted', 1],
  ['after_claim', 'unknown', 0],
  ['after_socket_write', 'unknown', 1],
  ['before_settle', 'unknown', 1],
  ['after_settle', 'accepted', 1],
]
for (const [place, outcome, calls] of sends) {
  test(
    `F03: a server that dies at ${place} leaves its answer ${outcome}, and nothing is sent twice`,
    options,
    async () => {
      await using stage = await setStage(connection, { isDriven: true })
      await stage.write('你好')
      await stage.server.channel.delivery[Symbol.asyncDispose]()
      await using dying = await startChild(stage, place)
      const messageId = await stage.answer('在')
      await dying.crashed()
      await letTimePass(stage)
      await using next = await startChild(stage)
      assert.match(next.url, /^http/)
      assert.equal(await stage.outcomeOf(messageId), outcome)
      assert.ok(stage.calls(sendPath) <= 1)
      if (place !== 'after_socket_write') assert.equal(stage.calls(sendPath), calls)
      assert.equal((await stage.of('delivery.settled')).length, 1)
    },
  )
}

const receptions: FailpointName[] = ['after_receive', 'before_commit', 'after_commit', 'before_reply', 'after_reply']
for (const place of receptions) {
  test(`F01: a push during which the server dies at ${place} is in the log once`, options, async () => {
    const clock = new ManualClock(Date.now())
    await using stage = await setStage(connection, { isDriven: true, clock })
    const settings = stage.simulator.world.account('shop')?.settings
    assert.ok(settings)
    await using dying = await startChild(stage, place)
    const putUrl = (url: string) =>
      stage.simulator.world.putAccount({ ...settings, pushUrl: `${url}/wechat/${stage.accountId}` })
    putUrl(dying.url)
    const written = stage.write('你好')
    await dying.crashed()
    await using next = await startChild(stage)
    putUrl(next.url)
    const [push] = stage.simulator.world.journal.pushes('shop')
    await eventually(() => (push?.attempts.length === 1 ? true : null))
    // WeChat's next try: one time-out after the first.
    await clock.advance(5_000)
    await written
    assert.equal(push?.state, 'delivered')
    assert.equal((await stage.of('message.received')).length, 1)
  })
}
