// Weights and kinds of customers on a whole server: how they are configured, and what agents are given by them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ConfigurationDocument } from '@duoke/contract'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { setCompatibleStage } from './support/compatible-stage.ts'
import { documentOf } from './support/configuration-documents.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const withLoad = (document: Json, load: unknown, more: Json = {}) => ({
  ...document,
  organization: { ...document.organization, load, ...more },
})

test('weights of nonsense are refused with their place in the document', async () => {
  const document = documentOf()
  const details = async (load: unknown, more: Json = {}) => {
    const applied = await server.app.operator.apply(withLoad(document, load, more))
    assert.ok(!applied.ok, JSON.stringify(load))
    return applied.details.join('\n')
  }
  for (const weight of [0, -1, 1.5, 101, '2', null]) {
    assert.match(await details({ customerKinds: { vip: { weight } } }), /load\/customerKinds\/vip\/weight/)
  }
  assert.match(await details({ customerKinds: { vip: { most: -1 } } }), /customerKinds\/vip\/most/)
  assert.match(await details({ customerKinds: { 'no tag!': {} } }), /customerKinds/)
  assert.match(await details({ accountKinds: { phone: 2 } }), /accountKinds/)
  assert.match(await details({ tags: {} }), /load/)
  const customers = { customers: { tags: ['老客户'] } }
  assert.match(await details({ customerKinds: { vip: {} } }, customers), /customerKinds\/vip.*there is no tag vip/s)
})

test('a weight above every capacity is warned of; what is left out stays, and the export has it', async () => {
  const document = documentOf()
  const load = { accountKinds: { 'mini-program': 2 }, customerKinds: { vip: { weight: 6, most: 1 } } }
  const applied = await server.app.operator.apply(withLoad(document, load))
  assert.ok(applied.ok)
  assert.deepEqual(
    applied.warnings.map(({ code, path }) => [code, path]),
    [['never_served', '/organization/load/customerKinds/vip/weight']],
  )
  const again = await server.app.operator.apply(withLoad(document, { customerKinds: { vip: { weight: 5, most: 1 } } }))
  assert.ok(again.ok)
  assert.deepEqual(again.warnings, [])
  const made = await server.app.operator.createToken(document.organization.id, { holder: { kind: 'admin' } })
  assert.ok(made.ok)
  const { body } = await ask(server.url, '/v1/configuration', { token: made.token })
  const { accountKinds, customerKinds } = body.organization.load
  assert.deepEqual([accountKinds, customerKinds], [load.accountKinds, { vip: { weight: 5, most: 1 } }])
})

test('a customer of a kind is given to who has room for the weight and the kind; the live figures show the load', async () => {
  await using stage = await setCompatibleStage()
  const token = await stage.adminToken()
  const call = (path: string, body?: Json, method?: string) =>
    ask(stage.test.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  const document: ConfigurationDocument = {
    version: 1,
    organization: { id: stage.organizationId, name: 'Acme', load: { customerKinds: { vip: { weight: 3, most: 1 } } } },
    agents: [
      { id: 'lili', nickname: '莉莉', capacity: 2 },
      { id: 'bob', nickname: '小波', capacity: 5 },
    ],
  }
  const applied = await stage.test.app.operator.apply(document)
  assert.ok(applied.ok)
  await stage.write('在吗')
  const { body: listed } = await call('conversations')
  const [{ id, customer }] = listed.items
  await call(`conversations/${id}/close`, {})
  await call(`customers/${customer.id}/tags`, { add: ['vip'] }, 'PATCH')
  for (const agentId of ['lili', 'bob']) await stage.setStatus(agentId, 'online')
  await stage.write('又来了')
  const { body: now } = await call(`conversations/${id}`)
  assert.equal(now.assignee, 'bob', 'lili, who is before bob otherwise, has no room for three')
  const { body: decision } = await call(`decisions/${now.decisionId}`)
  assert.deepEqual([decision.weight, decision.kinds], [3, [{ kind: 'vip', most: 1 }]])
  assert.deepEqual(decision.excluded[0], { agentIds: ['lili'], capacities: [2], loads: [0], reason: 'full' })
  const { body: live } = await call('live')
  const loads = live.agents.map(({ agentId, load, open }: Json) => [agentId, load, open])
  assert.deepEqual(loads, [
    ['bob', 3, 1],
    ['lili', 0, 0],
  ])
})
