import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const yaml = `version: 1
rules:
  - id: vip
    when: message.text.contains('退款')
    then: { priority: 5, skills: [{ skill: refund, relaxAfterMs: 600000 }] }
  - id: else
    when: 'true'
    then: {}
`

async function stage() {
  const org = await server.organization({ agents: [{ id: 'ann', capacity: 1 }, { id: 'bob' }] })
  const token = await org.adminToken()
  const call = (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, {
      token,
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    })
  await call('agents/bob', { skills: { refund: 4 } }, 'PATCH')
  return { org, call }
}

async function online(org: TestOrganization, ...agents: string[]): Promise<void> {
  for (const agentId of agents) {
    const options = { token: await org.token(agentId), method: 'PUT', body: { status: 'online' } }
    await ask(server.url, '/v1/me/presence', options)
  }
}

test('without a document version 0 holds; one is published, cited by decisions, listed, and taken back', async () => {
  const { org, call } = await stage()
  const none = await call('rules')
  assert.deepEqual(
    [none.status, none.body.current.version, none.body.newest, none.body.current.document.rules[0].id],
    [200, 0, 0, 'default'],
  )
  await online(org, 'ann', 'bob')
  const published = await call('rules', { text: yaml, reason: '退款优先', basedOn: 0 }, 'PUT')
  assert.deepEqual([published.status, published.body.version, published.body.starvationBoundMs], [200, 1, 300_000])
  assert.deepEqual(published.body.changes.map((one: Json) => `${one.change} ${one.kind} ${one.id}`).sort(), [
    'added rule else',
    'added rule vip',
    'removed rule default',
  ])
  const conversationId = await org.write('o1', '我要退款')
  const { body: conversation } = await call(`conversations/${conversationId}`)
  assert.equal(conversation.assignee, 'bob')
  const { body: decision } = await call(`decisions/${conversation.decisionId}`)
  assert.deepEqual([decision.rulesVersion, decision.ruleId, decision.plan.priority], [1, 'vip', 5])
  assert.equal(JSON.stringify(decision).includes('退款'), false)

  const raced = await call('rules', { text: yaml, reason: 'x', basedOn: 0 }, 'PUT')
  assert.deepEqual([raced.status, raced.body.code], [409, 'changed_meanwhile'])
  const reverted = await call('rules/revert', { version: 0, reason: 'back' })
  assert.deepEqual([reverted.body.version, reverted.body.reverts], [2, 0])
  const versions = await call('rules/versions')
  assert.deepEqual(
    versions.body.items.map((one: Json) => [one.version, one.reason]),
    [
      [2, 'back'],
      [1, '退款优先'],
    ],
  )
  const first = await call('rules/versions/1')
  assert.deepEqual([first.body.document.rules.length, first.body.reason], [2, '退款优先'])
  assert.equal((await call('rules/versions/9')).status, 404)
  const exported = await call('configuration')
  assert.deepEqual(exported.body.rules, none.body.current.document)
})

test('one to come is shown as such, and takes effect when its timer rings', async () => {
  const { call } = await stage()
  const effectiveAt = new Date(Date.now() + 3_600_000).toISOString()
  const document = { version: 1, rules: [{ id: 'all', when: 'true', then: {} }] }
  const { body } = await call('rules', { document, reason: 'tomorrow', effectiveAt }, 'PUT')
  assert.deepEqual([body.version, body.effectiveAt], [1, effectiveAt])
  const now = await call('rules')
  assert.deepEqual([now.body.current.version, now.body.newest, now.body.scheduled[0].version], [0, 1, 1])
})

test('each finding has its line and column, and a document with an error is not published', async () => {
  const { call } = await stage()
  const places = async (text: string) =>
    (await call('rules/validate', { text })).body.findings.map(
      (one: Json) => `${one.severity} ${one.code} ${one.line}:${one.column}`,
    )
  assert.deepEqual(await places(yaml), [])
  assert.deepEqual(await places(yaml.replace('message.text', 'message.txt')), ['error no_such_key 4:19'])
  assert.deepEqual(await places(yaml.replace('skill: refund', 'skill: none')), ['warning unknown_skill 5:44'])
  assert.deepEqual(await places(yaml.replace("when: 'true'", 'when: queue.length > 9')), ['warning no_catch_all 3:3'])
  assert.deepEqual(await places(yaml.replace('priority: 5', 'priorit: 5')), ['error unknown_field 5:11'])
  assert.equal((await places('{"version": 1, "rules": ['))[0], 'error unparsable 1:26')
  assert.deepEqual(await places('a: &a 1\nb: *a'), ['error unparsable null:null'])
  const refused = await call('rules', { text: yaml.replace('vip', 'else'), reason: 'x' }, 'PUT')
  assert.deepEqual([refused.status, refused.body.code], [400, 'invalid_configuration'])
  assert.match(refused.body.errors[0].message, /^line 6, column 9: else is there twice$/)
  assert.equal((await call('rules/validate', {})).body.code, 'invalid_request')
})

test('why somebody waits: the place by effective priority, the rule, and the last decision', async () => {
  const { org, call } = await stage()
  await call('rules', { text: yaml, reason: 'x' }, 'PUT')
  await online(org, 'ann')
  const held = await org.write('o0', '你好')
  const early = await org.write('o1', '在吗')
  const vip = await org.write('o2', '退款')
  const [first, second] = [await call(`conversations/${vip}/waiting`), await call(`conversations/${early}/waiting`)]
  assert.deepEqual([first.body.position, first.body.priority, first.body.ruleId], [1, 5, 'vip'])
  assert.deepEqual([second.body.position, second.body.ruleId, second.body.expectedMs], [2, 'else', null])
  assert.deepEqual(second.body.decision.excluded.find((one: Json) => one.reason === 'full').agentIds, ['ann'])
  assert.equal((await call(`conversations/${held}/waiting`)).status, 404)
})

test('why somebody did not get it: by agent, customer and time', async () => {
  const { org, call } = await stage()
  await online(org, 'ann', 'bob')
  const [first, second] = [await org.write('o1', '一'), await org.write('o2', '二')]
  const outcomes = async (query: string) =>
    (await call(`decisions?${query}`)).body.items.map((one: Json) => [one.conversationId, one.agent?.outcome ?? null])
  assert.deepEqual(await outcomes('agent=ann'), [
    [second, 'excluded'],
    [first, 'won'],
  ])
  assert.deepEqual(await outcomes('agent=bob'), [
    [second, 'won'],
    [first, 'behind'],
  ])
  const [, behind] = (await call('decisions?agent=bob')).body.items
  assert.deepEqual([behind.agent.load, behind.agent.capacity, behind.agent.status], [0, 5, 'online'])
  const [full] = (await call('decisions?agent=ann')).body.items
  assert.deepEqual(
    [full.agent.reason, full.agent.load, full.agent.capacity, full.agent.status],
    ['full', 1, 1, 'online'],
  )
  const { body: conversation } = await call(`conversations/${first}`)
  assert.deepEqual(await outcomes(`customer=${conversation.customer.id}`), [[first, null]])
  assert.deepEqual(await outcomes(`conversation=${second}&agent=nobody`), [[second, 'unknown']])
  assert.deepEqual(await outcomes(`from=${new Date(Date.now() + 3_600_000).toISOString()}`), [])
  const page = await call('decisions?limit=1')
  const next = await call(`decisions?limit=1&after=${page.body.next}`)
  assert.deepEqual([page.body.items[0].conversationId, next.body.items[0].conversationId], [second, first])
  assert.equal((await call('decisions?from=yesterday')).body.code, 'invalid_request')
})

test('hours of a year without an official table are warned of, and published all the same', async () => {
  await using late = await startTestApp({}, { nowMs: () => Date.UTC(2199, 11, 1) })
  const org = await late.organization()
  const token = await org.adminToken()
  const hours = { office: { weekly: { mon: ['09:00-18:00'] }, holidays: 'cn' } }
  const document = { version: 1, hours, rules: [{ id: 'all', when: 'true', then: {} }] }
  const { body } = await ask(late.url, '/v1/rules/validate', { token, body: { document } })
  assert.deepEqual(
    body.findings.map((one: Json) => `${one.severity} ${one.code} ${one.path}`),
    ['warning no_holiday_table /hours/office/holidays'],
  )
  const given = { version: 1, organization: { id: org.id, name: 'Org' }, rules: document }
  const applied = await ask(late.url, '/v1/configuration', { token, body: { document: given } })
  assert.deepEqual([applied.status, applied.body.warnings[0].path], [200, '/rules/hours/office/holidays'])
})

test('a configuration brings rules along: checked with the teams and skills that it brings, exported, and in effect once', async () => {
  const { org, call } = await stage()
  const rules = {
    version: 1,
    rules: [{ id: 'all', when: 'true', then: { team: 'night', skills: [{ skill: 'english' }] } }],
  }
  const document = { version: 1, organization: { id: org.id, name: 'Org' }, rules }
  const refused = await call('configuration', { document })
  assert.deepEqual(refused.body.errors.map((one: Json) => one.path).sort(), [
    '/rules/rules/0/then/skills/0/skill',
    '/rules/rules/0/then/team',
  ])
  const teams = [{ id: 'night', name: '夜班' }]
  const agents = [{ id: 'eve', nickname: 'eve', teams: ['night'], skills: { english: 3 } }]
  const change = async () =>
    (await call('configuration', { document: { ...document, teams, agents } })).body.changes.find(
      (one: Json) => one.kind === 'rules',
    ).change
  assert.deepEqual([await change(), await change()], ['created', 'unchanged'])
  await online(org, 'ann', 'eve')
  const { body: conversation } = await call(`conversations/${await org.write('o1', 'hello')}`)
  assert.equal(conversation.assignee, 'eve')
  assert.deepEqual((await call('configuration')).body.rules, rules)
})
