import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { appPushLimits } from '../src/channel/app-pushes/limits.ts'
import { say } from '../src/channel/testing/stub-app.ts'
import { type AppStage, msgIdOf, setAppStage } from './support/app-stage.ts'
import { eventually } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 120_000 }
const { suspendAfterFailures } = appPushLimits
/** Three tries and a probe in a moment. */
const appPushTimes = { betweenTriesMs: 250, probeEveryMs: 1_000 }

const suspended = (stage: AppStage) => eventually(async () => (await stage.of('app.suspended'))[0] ?? null)
const received = async (stage: AppStage) => (await stage.of('message.received')).map(msgIdOf)

test(
  'F60: an app that is down is suspended with notice, asked no more, and gets everything when it recovers',
  options,
  async () => {
    await using stage = await setAppStage(connection, { appPushTimes })
    const bot = await stage.attach('bot', { role: 'responder', priority: 1 })
    const well = await stage.attach('well')
    bot.behave = ({ role }) => (role === 'responder' ? say('在') : { kind: 'acknowledge' })
    await stage.write('先')
    assert.deepEqual(stage.phone(), ['在'])
    await bot.stop()
    await stage.write('停')
    const notice = await suspended(stage)
    assert.deepEqual(
      [notice.facts.appId, notice.facts.accountId, notice.facts.reason],
      ['bot', stage.accountId, 'unreachable'],
    )
    const arbitrations = (await stage.of('reply.arbitrated')).length
    for (let count = 0; count < 12; count += 1) await stage.write(`停 ${count}`)
    // Suspended: nobody is asked, and nobody waits.
    assert.equal((await stage.of('reply.arbitrated')).length, arbitrations)
    await eventually(() => (well.pushes.length === 14 ? true : null))
    assert.equal(bot.pushes.length, 1)
    await bot.up()
    await eventually(async () => ((await stage.of('app.recovered')).length === 1 ? true : null))
    assert.deepEqual([...new Set(bot.pushes.map(({ id }) => id))], await received(stage))
    const before = stage.phone().length
    await stage.submit({
      type: 'session.close',
      actor: { kind: 'operator' },
      conversationId: await stage.conversationId(),
    })
    await stage.write('又来')
    assert.equal(stage.phone().length, before + 1)
  },
)

for (const [name, behaviour] of [
  ['garbage', { kind: 'body', body: '<<<' }],
  ['2 MB', { kind: 'body', body: 'x'.repeat(2_000_000) }],
  ['a stolen signature', { ...say('x'), signedWith: 'stolen' }],
] as const) {
  test(`an app that answers ${name} is suspended after ${suspendAfterFailures} answers in a row`, options, async () => {
    await using stage = await setAppStage(connection)
    const bad = await stage.attach('bad')
    bad.behave = () => behaviour
    for (let count = 0; count < suspendAfterFailures; count += 1) {
      assert.deepEqual(await stage.of('app.suspended'), [])
      await stage.write(`${count}`)
      await eventually(() => (bad.pushes.length === count + 1 ? true : null))
    }
    const notice = await suspended(stage)
    assert.equal(notice.facts.failures, suspendAfterFailures)
    await stage.write('nach')
    await wait(500)
    // It had each of them once: what was answered badly was taken all the same.
    assert.equal(bad.pushes.length, suspendAfterFailures)
  })
}

test('an operator resumes a suspended app, and what it missed comes at once', options, async () => {
  await using stage = await setAppStage(connection)
  const app = await stage.attach('crm')
  const report = { type: 'app.report', actor: { kind: 'operator' }, appId: 'crm', accountId: stage.accountId } as const
  await stage.submit({ ...report, finding: { kind: 'suspended', reason: 'status', failures: 10 } })
  for (const text of ['一', '二', '三']) await stage.write(text)
  await wait(400)
  assert.deepEqual(app.pushes, [])
  await stage.submit({ ...report, finding: { kind: 'recovered' } })
  await eventually(() => (app.pushes.length === 3 ? true : null))
  assert.deepEqual(
    app.pushes.map(({ id }) => id),
    await received(stage),
  )
})

test(
  'a single push that an app cannot take is given up after a few probes, and those behind it are not lost',
  options,
  async () => {
    await using stage = await setAppStage(connection, { appPushTimes })
    const app = await stage.attach('crm')
    app.behave = ({ push }) =>
      push.kind === 'text' && push.content === '毒' ? { kind: 'body', body: '', status: 500 } : { kind: 'acknowledge' }
    await stage.write('毒')
    await suspended(stage)
    await stage.write('后')
    await eventually(async () => ((await stage.of('app.recovered')).length === 1 ? true : null))
    const seen = app.pushes.map(({ push }) => (push.kind === 'text' ? push.content : ''))
    assert.equal(seen.at(-1), '后')
    assert.equal(seen.filter((text) => text === '毒').length, 3 + appPushLimits.refusedProbes)
    const rows = await stage.deliveries('crm')
    assert.equal(rows.filter(({ outcome }) => outcome === 'given-up').length, 1)
  },
)

test(
  'one poisonous push among many that are taken is given up as WeChat would, without suspending the app',
  options,
  async () => {
    await using stage = await setAppStage(connection, { appPushTimes })
    await stage.crowd(2)
    const app = await stage.attach('crm')
    app.behave = ({ push }) =>
      push.kind === 'text' && push.content === '毒' ? { kind: 'body', body: '', status: 500 } : { kind: 'acknowledge' }
    await stage.write('毒')
    const stop = new AbortController()
    const others = (async () => {
      while (!stop.signal.aborted) {
        const acted = stage.simulator.act('shop', 'f0', { type: 'text', text: '好' })
        assert.ok(acted.kind === 'acted')
        await acted.done
        await wait(20)
      }
    })()
    await eventually(async () =>
      (await stage.deliveries('crm')).some(({ outcome }) => outcome === 'given-up') ? true : null,
    )
    stop.abort()
    await others
    assert.deepEqual(await stage.of('app.suspended'), [])
  },
)
