import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const scopes = ['conversations:read', 'messages:read', 'messages:send', 'sessions:manage', 'events:read'] as const

/** An organization with agent lili, an app at its account, and a conversation that waits. */
async function waiting() {
  const org = await server.organization()
  const admin = await org.adminToken()
  const lili = await org.token('lili')
  for (const id of ['bot', 'crm']) {
    const accounts = [
      { account: org.accountId, appId: `wx${randomBytes(6).toString('hex')}`, appSecret: 's', role: 'observer' },
    ]
    const body = { name: id, scopes, accounts }
    assert.equal((await ask(server.url, `/v1/apps/${id}`, { token: admin, method: 'PUT', body })).status, 200)
  }
  const bot = await org.token({ app: 'bot' })
  const crm = await org.token({ app: 'crm' })
  const conversation = await org.write('o1', '在吗')
  const control = (token: string, body: Json, key?: string) =>
    ask(server.url, `/v1/conversations/${conversation}/control`, {
      token,
      body,
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    })
  return { org, admin, lili, bot, crm, conversation, control }
}

test('an app accepts, passes to an app, an agent and the queue, and releases; what it says travels along', async () => {
  const { lili, bot, crm, conversation, control } = await waiting()
  const accepted = await control(bot, { action: 'accept' })
  assert.deepEqual([accepted.status, accepted.body.holder.kind, accepted.body.holder.appId], [200, 'app', 'bot'])
  const context = { order: { id: 7, lines: ['a', 'b'] } }
  const handOver = { note: '请处理', summary: '客户要退货', context }
  const passed = await control(bot, { action: 'pass', to: { appId: 'crm' }, ...handOver })
  assert.equal(passed.body.holder.appId, 'crm')
  const events = await ask(server.url, `/v1/events?conversation=${conversation}&limit=200`, { token: crm })
  const assigned = events.body.items.findLast(({ type }: Json) => type === 'session.assigned')
  assert.deepEqual([assigned.actor, assigned.personal], [{ kind: 'app', appId: 'bot' }, handOver])
  assert.equal((await control(crm, { action: 'pass', to: { queue: true } })).body.holder.kind, 'queue')
  await ask(server.url, '/v1/me/presence', { token: lili, method: 'PUT', body: { status: 'online' } })
  const served = await ask(server.url, `/v1/conversations/${conversation}`, { token: lili })
  assert.deepEqual([served.body.holder.kind, served.body.assignee], ['agent', 'lili'])
  assert.equal((await control(lili, { action: 'pass', to: { appId: 'bot' } })).body.holder.appId, 'bot')
  assert.equal((await control(bot, { action: 'pass', to: { agentId: 'lili' } })).body.assignee, 'lili')
  assert.equal((await control(lili, { action: 'pass', to: { appId: 'bot' } })).status, 200)
  assert.equal((await control(bot, { action: 'release' })).body.assignee, 'lili')
})

test('F75: control that is repeated with the same key is done once', async () => {
  const { bot, crm, control } = await waiting()
  await control(bot, { action: 'accept' })
  const pass = { action: 'pass', to: { appId: 'crm' } }
  assert.equal((await control(bot, pass, 'once')).body.holder.appId, 'crm')
  await control(crm, { action: 'pass', to: { appId: 'bot' } })
  assert.equal((await control(bot, pass, 'once')).status, 200)
  assert.equal((await control(bot, { action: 'accept' })).body.holder.appId, 'bot', 'it was not passed a second time')
})

test('who has no right to it, nobody to give it to, or nothing to give is told so', async () => {
  const { org, admin, bot, crm, conversation, control } = await waiting()
  const codes = async (token: string, body: Json) => {
    const { status, body: problem } = await control(token, body)
    return [status, problem.code]
  }
  assert.deepEqual(await codes(await org.token({ app: 'bot' }, ['messages:read']), { action: 'release' }), [
    403,
    'insufficient_scope',
  ])
  await control(bot, { action: 'accept' })
  assert.deepEqual(await codes(crm, { action: 'accept' }), [409, 'held_by_another'])
  assert.deepEqual(await codes(bot, { action: 'pass', to: { appId: 'none' } }), [409, 'app_unavailable'])
  assert.deepEqual(await codes(bot, { action: 'pass', to: { agentId: 'lili' } }), [409, 'agent_unavailable'])
  assert.deepEqual(await codes(bot, { action: 'pass', to: { teamId: 'none' } }), [404, 'not_found'])
  await ask(server.url, `/v1/conversations/${conversation}/close`, { token: admin, body: {} })
  assert.deepEqual(await codes(bot, { action: 'release' }), [409, 'already_closed'])
})

test('a form that nobody documented is refused', async () => {
  const { bot, control } = await waiting()
  const hostile: Json[] = [
    {},
    { action: 'seize' },
    { action: 'pass' },
    { action: 'release', to: { queue: true } },
    { action: 'accept', to: { agentId: 'lili' } },
    { action: 'pass', to: { queue: false } },
    { action: 'pass', to: { agentId: 'lili', teamId: 'presale' } },
    { action: 'pass', to: {} },
    { action: 'pass', to: { queue: true }, context: [] },
    { action: 'pass', to: { queue: true }, context: { big: '长'.repeat(6000) } },
    { action: 'pass', to: { queue: true }, summary: 'x'.repeat(4001) },
    { action: 'pass', to: { queue: true }, more: 1 },
  ]
  for (const body of hostile) assert.equal((await control(bot, body)).status, 400, JSON.stringify(body).slice(0, 80))
})
