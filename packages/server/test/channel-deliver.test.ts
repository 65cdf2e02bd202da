import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ApiFault } from '@duoke/simulator'
import { eventually, type Stage, setStage } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const sendPath = '/cgi-bin/message/custom/send'
const tokenPath = '/cgi-bin/stable_token'
const options = { timeout: 30_000 }

function plan(stage: Stage, fault: ApiFault, path = sendPath, times = 1) {
  stage.simulator.world.faults.add({ target: 'api', fault, path, times })
}

async function rowsLeft(stage: Stage): Promise<number> {
  const { rows } = await stage.server.database.withWorker((tx) =>
    tx.query<{ count: number }>({
      text: 'select count(*)::int as count from outbox where org_id = $1',
      values: [stage.organizationId],
    }),
  )
  return rows[0]?.count ?? -1
}

test('a follower writes, an agent answers, and the answer is on the phone', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const [received] = await stage.of('message.received')
  assert.deepEqual(received?.personal?.content, { type: 'text', text: '你好' })
  const messageId = await stage.answer('您好，有什么可以帮您？')
  assert.equal(await stage.outcomeOf(messageId), 'accepted')
  assert.deepEqual(stage.phone(), ['您好，有什么可以帮您？'])
  assert.equal(await rowsLeft(stage), 0)
  assert.deepEqual(stage.server.errors, [])
})

test('answers of one conversation arrive in the order in which they were given', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const texts = ['一', '二', '三', '四', '五']
  plan(stage, { kind: 'delay', ms: 150 })
  const ids: string[] = []
  for (const text of texts) ids.push(await stage.answer(text))
  for (const id of ids) assert.equal(await stage.outcomeOf(id), 'accepted')
  assert.deepEqual(stage.phone(), texts)
})

test('what is unknown or refused does not hold back the next answer', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  plan(stage, { kind: 'cut', when: 'after' })
  const ids = [await stage.answer('一'), await stage.answer('二'), await stage.answer('三')]
  assert.deepEqual(await Promise.all(ids.map((id) => stage.outcomeOf(id))), ['unknown', 'accepted', 'accepted'])
  assert.deepEqual(stage.phone(), ['一', '二', '三'])
})

test(
  'F46, F48, F54: an answer of WeChat that says nothing leaves the outcome unknown, and nothing is sent again',
  options,
  async () => {
    const faults: ApiFault[] = [
      { kind: 'cut', when: 'after' },
      { kind: 'cut', when: 'in-answer' },
      { kind: 'errcode', errcode: -1, recorded: true },
      { kind: 'html', status: 502, recorded: true },
      { kind: 'html', status: 200, recorded: true },
      { kind: 'truncated-json' },
      { kind: 'doubled-json' },
    ]
    await using stage = await setStage(connection)
    const openids = await stage.crowd(faults.length)
    for (const [i, openid] of openids.entries()) {
      plan(stage, faults[i] as ApiFault) // as many followers as faults
      const outcome = await stage.outcomeOf(await stage.answer(`answer ${i}`, openid))
      assert.match(outcome, /^unknown/, JSON.stringify(faults[i]))
    }
    assert.equal(stage.calls(sendPath), faults.length)
  },
)

test('F47: while WeChat cannot be reached an answer waits, and then arrives once', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const account = await stage.server.channel.directory.find(stage.accountId)
  assert.ok(account)
  const { apiBase } = account.settings
  await stage.server.channel.custodian.token(account)
  await stage.configure({ apiBase: 'http://127.0.0.1:1' })
  const messageId = await stage.answer('在')
  await new Promise((resolve) => setTimeout(resolve, 700))
  assert.deepEqual(await stage.of('delivery.settled'), [])
  await stage.configure({ apiBase })
  assert.equal(await stage.outcomeOf(messageId), 'accepted')
  assert.deepEqual(stage.phone(), ['在'])
  assert.equal(stage.calls(sendPath), 1)
})

test('F49: when the token dies under many answers it is fetched once and no failure shows', options, async () => {
  await using stage = await setStage(connection, { servers: 2 })
  const openids = await stage.crowd(60)
  await stage.outcomeOf(await stage.answer('first', openids[0]))
  const before = stage.calls(tokenPath)
  stage.simulator.world.account('shop')?.tokens.revokeAll()
  const ids = await Promise.all(openids.map((openid) => stage.answer('在', openid)))
  const outcomes = new Set(await Promise.all(ids.map((id) => stage.outcomeOf(id))))
  assert.deepEqual([...outcomes], ['accepted'])
  assert.equal(stage.calls(tokenPath) - before, 1)
})

test('two servers that drain one outbox send every answer once', options, async () => {
  await using stage = await setStage(connection, { servers: 3 })
  const openids = await stage.crowd(40)
  const ids = await Promise.all(openids.map((openid) => stage.answer('在', openid)))
  await Promise.all(stage.servers.map((server) => server.channel.delivery.poll()))
  for (const id of ids) assert.equal(await stage.outcomeOf(id), 'accepted')
  assert.equal(stage.calls(sendPath), openids.length)
})

test('F51: an answer that WeChat refuses for the window or the count is final, with its code', options, async () => {
  await using stage = await setStage(connection)
  const [one, two] = await stage.crowd(2)
  plan(stage, { kind: 'errcode', errcode: 45015 })
  assert.equal(await stage.outcomeOf(await stage.answer('一', one)), 'refused 45015')
  plan(stage, { kind: 'errcode', errcode: 45047 })
  assert.equal(await stage.outcomeOf(await stage.answer('二', two)), 'refused 45047')
  // WeChat was right: until the customer acts again, it is not asked.
  await assert.rejects(stage.answer('三', one), /window_closed/)
  await assert.rejects(stage.answer('三', two), /quota_used/)
  assert.equal(stage.calls(sendPath), 2)
  const [first] = await stage.of('delivery.settled')
  assert.match(first?.facts.reason ?? '', /time limit/)
})

test(
  'F45: an answer that cannot be sent at all is given up at once, and holds back neither its conversation nor others',
  options,
  async () => {
    await using stage = await setStage(connection, { isDriven: true })
    const [one, two] = await stage.crowd(2)
    await stage.server.channel.delivery[Symbol.asyncDispose]()
    const poisoned = [await stage.answer('毒', one), await stage.answer('毒', two)]
    const next = [await stage.answer('在', one), await stage.answer('在', two)]
    // The log parks contents that it cannot read; these stand for what only the channel stumbles over.
    for (const [at, content] of [{ type: 'news' }, { type: 'nonsense' }].entries()) {
      await stage.server.database.withWorker((tx) =>
        tx.query({
          text: 'update outbox set payload = $3::jsonb where org_id = $1 and message_id = $2',
          values: [stage.organizationId, poisoned[at], JSON.stringify({ content })],
        }),
      )
    }
    const { channel, errors } = await stage.startServer()
    await channel.delivery.poll()
    await channel.delivery.idle()
    for (const id of poisoned) assert.equal(await stage.outcomeOf(id), 'not-sent')
    for (const id of next) assert.equal(await stage.outcomeOf(id), 'accepted')
    assert.equal(stage.calls(sendPath), 2)
    assert.equal(errors.length, 2, 'somebody is told')
  },
)

test('F53: what an account or customer does not allow is final and never tried again', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  for (const code of [43004, 48001, 61007]) {
    plan(stage, { kind: 'errcode', errcode: code })
    assert.equal(await stage.outcomeOf(await stage.answer('在')), `refused ${code}`)
  }
  assert.equal(stage.calls(sendPath), 3)
})

test(
  'F52, F55: when WeChat takes nothing from the account, answers wait, one is tried a minute, and all arrive once it does',
  options,
  async () => {
    const clock = { now: Date.now() }
    await using stage = await setStage(connection, { servers: 2, isDriven: true, nowMs: () => clock.now })
    const openids = await stage.crowd(4)
    const whitelist = stage.simulator.world.account('shop')?.settings
    assert.ok(whitelist)
    const pollAll = async () => {
      for (const server of stage.servers) await server.channel.delivery.poll()
      for (const server of stage.servers) await server.channel.delivery.idle()
    }
    plan(stage, { kind: 'errcode', errcode: 40164 }, sendPath, 100)
    const ids: string[] = []
    for (const openid of openids) ids.push(await stage.answer('在', openid))
    await pollAll()
    const degraded = await stage.of('account.degraded')
    assert.equal(degraded.length, 1)
    assert.equal(degraded[0]?.facts.code, 40164)
    const tried = stage.calls(sendPath)
    for (let i = 0; i < 5; i += 1) await pollAll()
    assert.equal(stage.calls(sendPath), tried)
    for (let minute = 1; minute <= 3; minute += 1) {
      clock.now += 60_001
      for (let i = 0; i < 3; i += 1) await pollAll()
      assert.equal(stage.calls(sendPath), tried + minute)
    }
    stage.simulator.world.faults.clear()
    clock.now += 60_001
    for (let i = 0; i < 4; i += 1) await pollAll()
    for (const id of ids) assert.equal(await stage.outcomeOf(id), 'accepted')
    assert.equal((await stage.of('account.recovered')).length, 1)
    assert.equal((await stage.of('account.degraded')).length, 1)
  },
)

test('an answer that could not be sent in its time expires and gives its allowance back', options, async () => {
  const clock = { now: Date.now() }
  await using stage = await setStage(connection, { isDriven: true, nowMs: () => clock.now })
  await stage.write('你好')
  await stage.configure({ apiBase: 'http://127.0.0.1:1' })
  const messageId = await stage.answer('在')
  await stage.server.channel.delivery.idle()
  clock.now += 10 * 60_000 + 1
  await stage.server.channel.delivery.poll()
  assert.equal(await stage.outcomeOf(messageId), 'expired')
  const [settled] = await stage.of('delivery.settled')
  assert.equal(settled?.facts.released, 'message')
  assert.equal(await rowsLeft(stage), 0)
})

test(
  'F03: what a server had claimed when it died is unknown to the next one, and is not sent again',
  options,
  async () => {
    for (const place of ['after_claim', 'before_settle'] as const) {
      await using stage = await setStage(connection, { isDriven: true })
      await stage.write('你好')
      const dying = await stage.startServer({
        name: 'one',
        failpoint: (name) => {
          if (name === place) throw new Error('the power is cut')
        },
      })
      const messageId = await answerWithout(stage)
      await dying.channel.delivery.poll()
      await dying.channel.delivery.idle()
      const sent = stage.calls(sendPath)
      assert.equal(sent, place === 'after_claim' ? 0 : 1)
      const next = await stage.startServer({ name: 'one' })
      await next.channel.delivery.poll()
      await next.channel.delivery.idle()
      assert.equal(await stage.outcomeOf(messageId), 'unknown')
      assert.equal(stage.calls(sendPath), sent)
      assert.equal(await rowsLeft(stage), 0)
    }
  },
)

/** Submits while the stage's own server does not look: another one is to send it. */
async function answerWithout(stage: Stage): Promise<string> {
  await stage.server.channel.delivery[Symbol.asyncDispose]()
  return stage.answer('在')
}

test('F03: a claim of another server counts as lost only after it has been silent for long', options, async () => {
  await using stage = await setStage(connection, { isDriven: true })
  await stage.write('你好')
  plan(stage, { kind: 'delay', ms: 400 })
  const messageId = await stage.answer('在')
  await eventually(() => (stage.simulator.world.faults.list().length === 0 ? true : null))
  const other = await stage.startServer({ name: 'two' })
  await other.channel.delivery.poll()
  await other.channel.delivery.idle()
  assert.equal(await stage.outcomeOf(messageId), 'accepted')
  assert.equal(stage.calls(sendPath), 1)
})

test('the customer sees that an answer is being written, and when that fails nothing else does', options, async () => {
  await using stage = await setStage(connection)
  await stage.write('你好')
  const [started] = await stage.of('conversation.started')
  assert.ok(started)
  const show = () => stage.server.channel.showTyping(stage.organizationId, started.facts.conversationId)
  show()
  await eventually(() => stage.simulator.world.follower('shop', 'wang')?.typingUntilMs ?? null)
  plan(stage, { kind: 'errcode', errcode: 45081 }, '/cgi-bin/message/custom/typing')
  show()
  await eventually(() => (stage.calls('/cgi-bin/message/custom/typing') === 2 ? true : null))
  assert.equal(await stage.outcomeOf(await stage.answer('在')), 'accepted')
  assert.deepEqual(stage.server.errors, [])
})
