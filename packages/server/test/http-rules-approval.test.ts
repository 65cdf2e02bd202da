import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const document = { version: 1, rules: [{ id: 'all', when: 'true', then: { team: 'presale' } }] }

async function stage() {
  const org = await server.organization({
    agents: [{ id: 'ann', role: 'admin' }, { id: 'bob', role: 'admin' }, { id: 'cai' }],
  })
  const as = (token: string) => (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  return { org, ann: as(await org.token('ann')), bob: as(await org.token('bob')), cai: as(await org.token('cai')) }
}

test('where the configuration wants it a version waits for another administrator, and its state is shown', async () => {
  const { org, ann, bob, cai } = await stage()
  const organization = { id: org.id, name: 'Org', rulesNeedApproval: true }
  await ann('configuration', { document: { version: 1, organization } })
  const published = await ann('rules', { document, reason: 'day' }, 'PUT')
  assert.deepEqual([published.body.version, published.body.awaitsApproval], [1, true])
  const { body: before } = await ann('rules')
  assert.deepEqual([before.current.version, before.awaiting.version, before.newest], [0, 1, 1])
  assert.equal((await ann('rules/versions/1/approve', {})).body.code, 'not_permitted')
  assert.equal((await cai('rules/versions/1/approve', {})).body.code, 'insufficient_scope')
  for (const none of ['2', '1e0', '-1', 'x', '99999999999999999999']) {
    assert.equal((await bob(`rules/versions/${none}/approve`, {})).body.code, 'not_found', none)
  }
  assert.equal((await bob('rules/versions/1/reject', {})).body.code, 'invalid_request')
  assert.equal((await bob('rules/versions/1/approve', {})).status, 200)
  const { body: now } = await ann('rules')
  assert.deepEqual([now.current.version, now.awaiting], [1, null])
  const conversation = await ann(`conversations/${await org.write('o1', '在吗')}`)
  assert.equal(conversation.body.holder.teamId, 'presale')
  await bob('rules', { document: { ...document, ageingMs: 1000 }, reason: 'faster' }, 'PUT')
  assert.equal((await ann('rules/versions/2/reject', { reason: 'no' })).status, 200)
  assert.deepEqual((await ann('rules')).body.current.version, 1)
})

test('break glass: what was decided by an override is counted, and it is listed with its reason and end', async () => {
  const { org, ann, bob, cai } = await stage()
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const given = { then: { team: 'presale' }, when: "message.text.contains('急')", reason: '系统故障', expiresAt }
  const made = await ann('rules/override', given)
  assert.deepEqual([made.status, made.body.overrideId, made.body.decisions, made.body.endedAt], [200, 1, 0, null])
  for (const text of ['急', '很急', '不']) await org.write(`o-${text}`, text)
  assert.equal((await bob('rules')).body.override.reason, '系统故障')
  assert.equal((await cai('rules/override', given)).body.code, 'insufficient_scope')
  assert.equal((await bob('rules/override', undefined, 'DELETE')).status, 204)
  assert.equal((await bob('rules/override', undefined, 'DELETE')).body.code, 'not_found')
  const { body } = await cai('rules/overrides')
  assert.deepEqual(
    body.items.map((one: Json) => [one.overrideId, one.by.agentId, one.reason, one.decisions, one.endedAt !== null]),
    [[1, 'ann', '系统故障', 2, true]],
  )
})

test('an override that is malformed, endless, or leads nowhere is refused', async () => {
  const { ann } = await stage()
  const expiresAt = new Date(Date.now() + 60_000).toISOString()
  const good = { then: { team: 'presale' }, reason: 'x', expiresAt }
  const codeOf = async (changes: Json) => (await ann('rules/override', { ...good, ...changes })).body.code
  assert.equal(await codeOf({ reason: '' }), 'invalid_request')
  assert.equal(await codeOf({ expiresAt: 'soon' }), 'invalid_request')
  assert.equal(await codeOf({ expiresAt: '2000-01-01T00:00:00Z' }), 'invalid_request')
  assert.equal(await codeOf({ expiresAt: '2999-01-01T00:00:00Z' }), 'invalid_request')
  assert.equal(await codeOf({ then: { team: 'none' } }), 'invalid_configuration')
  assert.equal(await codeOf({ when: 'message.txt' }), 'invalid_configuration')
  assert.equal(await codeOf({ when: "message.text.matches('(a+)+')" }), 'invalid_configuration')
  assert.equal(await codeOf({ then: { teem: 'presale' } }), 'invalid_request')
  assert.equal((await ann('rules/override', undefined, 'DELETE')).body.code, 'not_found')
})
