import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { say } from '../src/channel/testing/stub-app.ts'
import { msgIdOf, setAppStage } from './support/app-stage.ts'
import { eventually } from './support/channel-stage.ts'
import { testDatabase } from './support/database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }

test('an observer is pushed what the account receives, as WeChat pushed it, in its own format', options, async () => {
  await using stage = await setAppStage(connection)
  const [xml, json] = [
    await stage.attach('crm'),
    await stage.attach('bot', { stub: { format: 'json', mode: 'plain' } }),
  ]
  await stage.write('第一')
  await stage.write('第二')
  const acted = stage.simulator.act('shop', 'wang', { type: 'raw', fields: { MsgType: 'hologram', Beam: 'blue' } })
  assert.ok(acted.kind === 'acted')
  await acted.done
  for (const app of [xml, json]) {
    await eventually(() => (app.pushes.length === 3 ? true : null))
    assert.deepEqual(app.refusals, [])
    const received = await stage.of('message.received')
    assert.deepEqual(
      app.pushes.map(({ id }) => id),
      received.map(msgIdOf).map((id) => id || 'hologram'),
    )
    assert.deepEqual(
      app.pushes.map(({ role }) => role),
      ['standby', 'standby', 'standby'],
    )
    const [first, , unknown] = app.pushes
    assert.ok(first?.push.kind === 'text' && unknown?.push.kind === 'unknown')
    assert.deepEqual(
      [first.push.content, first.push.toUser],
      ['第一', stage.simulator.world.account('shop')?.settings.originalId],
    )
    assert.equal(unknown.push.fields['Beam'], 'blue')
  }
})

test('sessions reach apps in WeChat’s own form: create, switch, close', options, async () => {
  await using stage = await setAppStage(connection)
  const app = await stage.attach('crm')
  await stage.submit({
    ...{ type: 'agent.change', actor: { kind: 'operator' }, agentId: 'ming', create: true },
    fields: { nickname: '小明' },
  })
  const online = { type: 'agent.set-status', status: 'online', cause: 'chosen' } as const
  for (const agentId of ['lili', 'ming']) await stage.submit({ ...online, actor: { kind: 'agent', agentId }, agentId })
  await stage.write('你好')
  const conversationId = await stage.conversationId()
  const [assigned] = await stage.of('session.assigned')
  assert.ok(assigned?.facts.to.kind === 'agent')
  const first = assigned.facts.to.agentId
  const second = first === 'lili' ? 'ming' : 'lili'
  const actor = (agentId: string) => ({ kind: 'agent', agentId }) as const
  await stage.submit({ type: 'session.transfer', actor: actor(first), conversationId, to: { agentId: second } })
  await stage.write('还在吗')
  await stage.submit({ type: 'session.close', actor: actor(second), conversationId })
  await eventually(() => (app.pushes.length === 5 ? true : null))
  const seen = app.pushes.map(({ push }) => {
    if (push.kind === 'text') return push.content
    assert.ok(push.kind === 'event')
    const { Event, KfAccount, FromKfAccount, ToKfAccount } = push.fields
    return [Event, KfAccount ?? FromKfAccount, ToKfAccount].filter((part) => part !== undefined).join(' ')
  })
  assert.deepEqual(seen, [
    '你好',
    `kf_create_session ${first}@acme`,
    `kf_switch_session ${first}@acme ${second}@acme`,
    '还在吗',
    `kf_close_session ${second}@acme`,
  ])
})

test('an app sees what its scopes cover and nothing else', options, async () => {
  await using stage = await setAppStage(connection)
  const blind = await stage.attach('blind', { scopes: ['media'] })
  const sessions = await stage.attach('sessions', { scopes: ['sessions:manage'] })
  const reader = await stage.attach('reader', { scopes: ['messages:read'] })
  await stage.submit({
    type: 'agent.set-status',
    actor: { kind: 'agent', agentId: 'lili' },
    agentId: 'lili',
    status: 'online',
    cause: 'chosen',
  })
  await stage.write('你好')
  await eventually(() => (reader.pushes.length === 2 && sessions.pushes.length === 1 ? true : null))
  assert.deepEqual(
    sessions.pushes.map(({ push }) => push.kind),
    ['event'],
  )
  assert.deepEqual(blind.pushes, [])
})

test(
  'F67: answers of agents and other apps are echoed on wish, never to their author, and two apps that answer each other stop',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const [a, b] = [await stage.attach('a', { echo: true }), await stage.attach('b', { echo: true })]
    const quiet = await stage.attach('quiet')
    await stage.write('你好')
    const conversationId = await stage.conversationId()
    await stage.answer('人工回答')
    await eventually(() => (a.pushes.length === 2 && b.pushes.length === 2 ? true : null))
    const [, echo] = a.pushes
    assert.ok(echo?.push.kind === 'unknown')
    const { Event, KfAccount, Answer } = echo.push.fields
    assert.deepEqual(
      [Event, KfAccount, Answer],
      ['duoke_answer', 'lili@acme', { MsgType: 'text', Content: '人工回答' }],
    )
    assert.equal(echo.push.fromUser, stage.openid)
    // Each answers whatever it hears of the other, for as long as it hears of it.
    let said = 0
    for (const [appId, app] of [
      ['a', a],
      ['b', b],
    ] as const) {
      app.behave = ({ push }) => {
        if (push.kind === 'unknown' && push.fields['AppName'] !== undefined) {
          said += 1
          void stage
            .submit({
              type: 'message.submit',
              actor: { kind: 'app', appId },
              conversationId,
              content: { type: 'text', text: `${appId} ${said}` },
              anyScope: true,
            })
            .catch(() => {})
        }
        return { kind: 'acknowledge' }
      }
    }
    await stage.submit({
      type: 'message.submit',
      actor: { kind: 'app', appId: 'a' },
      conversationId,
      content: { type: 'text', text: 'a' },
      anyScope: true,
    })
    await wait(1_500)
    assert.equal(said, 3)
    const byApps = (await stage.of('message.submitted')).filter(({ actor }) => actor.kind === 'app')
    assert.equal(byApps.length, 4)
    assert.equal(quiet.pushes.length, 1)
  },
)

test(
  'a push that is not taken is repeated as WeChat repeats it, with the same MsgId, while others go on',
  options,
  async () => {
    await using stage = await setAppStage(connection)
    const [failing, well] = [await stage.attach('failing'), await stage.attach('well')]
    failing.behave = () =>
      failing.pushes.length < 3 ? { kind: 'body', body: 'busy', status: 503 } : { kind: 'acknowledge' }
    await stage.write('你好')
    await eventually(() => (well.pushes.length === 1 ? true : null))
    assert.equal(failing.pushes.length <= 1, true)
    await eventually(() => (failing.pushes.length === 3 ? true : null))
    assert.equal(new Set(failing.pushes.map(({ id }) => id)).size, 1)
    const [first, second, third] = failing.pushes.map(({ atMs }) => atMs)
    for (const gap of [(second ?? 0) - (first ?? 0), (third ?? 0) - (second ?? 0)])
      assert.ok(gap > 4_800 && gap < 6_500, `${gap}`)
    const rows = await eventually(async () => {
      const found = (await stage.deliveries('failing')).filter(({ kind }) => kind === 'push')
      return found.length === 3 ? found : null
    })
    assert.deepEqual(
      rows.map(({ attempt, status, outcome, reason }) => [attempt, status, outcome, reason]),
      [
        [1, 503, 'failed', 'status'],
        [2, 503, 'failed', 'status'],
        [3, 200, 'silent', null],
      ],
    )
  },
)

test('the address of an app is verified with echostr when it is set and when it changes', options, async () => {
  await using stage = await setAppStage(connection)
  const app = await stage.attach('crm')
  await eventually(() => (app.verifications === 1 ? true : null))
  const verification = () =>
    eventually(async () => (await stage.deliveries('crm')).findLast(({ kind }) => kind === 'verification') ?? null)
  assert.deepEqual((await verification()).outcome, 'silent')
  await stage.change('crm', { priority: 3 })
  await wait(1_500)
  assert.equal(app.verifications, 1)
  await stage.change('crm', { url: 'http://127.0.0.1:1/wx' })
  await eventually(async () => ((await verification()).outcome === 'failed' ? true : null))
  await stage.write('丢了吗')
  await stage.change('crm', { url: app.url })
  await eventually(() => (app.verifications >= 2 ? true : null))
  await eventually(() => (app.pushes.length === 1 ? true : null))
})

test(
  'F42: while an app changes its token, pushes reach it under the old one, and then under the new one',
  options,
  async () => {
    await using stage = await setAppStage(connection, { appPushTimes: { betweenTriesMs: 250, probeEveryMs: 1_000 } })
    const app = await stage.attach('crm')
    await stage.write('一')
    await eventually(() => (app.pushes.length === 1 ? true : null))
    await stage.change('crm', { token: 'anotherToken' })
    for (const text of ['二', '三']) await stage.write(text)
    await eventually(() => (app.pushes.length === 3 ? true : null))
    assert.deepEqual(app.refusals, ['wrong-signature'])
    assert.deepEqual(await stage.of('app.suspended'), [])
  },
)

test('what a standby app says to a push is dropped, and its delivery log says so', options, async () => {
  await using stage = await setAppStage(connection)
  const app = await stage.attach('crm')
  app.behave = () => say('我也想说')
  await stage.write('你好')
  const row = await eventually(async () => (await stage.deliveries('crm')).find(({ kind }) => kind === 'push') ?? null)
  assert.deepEqual([row.outcome, row.reply, row.became, row.became_reason], ['reply', 'text', 'dropped', 'not_asked'])
  assert.deepEqual(stage.phone(), [])
})

test('F65: an app that is removed, or loses its scope, is pushed nothing any more', options, async () => {
  await using stage = await setAppStage(connection, { servers: 2 })
  const [removed, narrowed, kept] = [
    await stage.attach('removed'),
    await stage.attach('narrowed'),
    await stage.attach('kept'),
  ]
  await stage.write('前')
  await eventually(() => ([removed, narrowed, kept].every(({ pushes }) => pushes.length === 1) ? true : null))
  await stage.remove('removed')
  await stage.change('narrowed', { scopes: ['media'] })
  await wait(5_000)
  await stage.write('后')
  await eventually(() => (kept.pushes.length === 2 ? true : null))
  await wait(500)
  assert.deepEqual([removed.pushes.length, narrowed.pushes.length], [1, 1])
})
