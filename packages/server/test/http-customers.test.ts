import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

async function stage() {
  const org = await server.organization({ agents: [{ id: 'ann' }, { id: 'bob' }] })
  const id = await org.write('o1', '在吗')
  const as = (token: string) => (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  const call = as(await org.token('ann'))
  const { body } = await call(`conversations/${id}`)
  return { org, as, call, id, customerId: body.customer.id as string }
}

test('tags and the owner are shown with the customer and the conversation, and told as events', async () => {
  const { call, id, customerId } = await stage()
  const tagged = await call(`customers/${customerId}/tags`, { add: ['vip', '老客户'] }, 'PATCH')
  assert.deepEqual([tagged.status, tagged.body.tags, tagged.body.ownerId], [200, ['vip', '老客户'], null])
  await call(`customers/${customerId}/tags`, { add: ['vip'], remove: ['老客户'] }, 'PATCH')
  const owned = await call(`customers/${customerId}/owner`, { agentId: 'ann' }, 'PUT')
  assert.deepEqual([owned.status, owned.body.ownerId], [200, 'ann'])
  const { customer } = (await call(`conversations/${id}`)).body
  assert.deepEqual([customer.tags, customer.ownerId], [['vip'], 'ann'])
  const { items } = (await call(`events?conversation=${id}&limit=200`)).body
  const told = items.filter(({ type }: Json) => type === 'customer.tagged' || type === 'customer.owner-changed')
  assert.deepEqual(
    told.map(({ facts: { conversationId: _, customerId: __, ...facts } }: Json) => facts),
    [
      { added: ['vip', '老客户'], removed: [] },
      { added: [], removed: ['老客户'] },
      { from: null, to: 'ann' },
    ],
  )
})

test('what is no tag, no customer, no agent, or not allowed is refused with its reason', async () => {
  const { org, as, call, customerId } = await stage()
  const tags = (body: Json, customer = customerId) => call(`customers/${customer}/tags`, body, 'PATCH')
  for (const body of [{ add: ['<b>'] }, { add: [''] }, { add: 'vip' }, { add: [7] }, { tags: ['vip'] }]) {
    assert.equal((await tags(body)).body.code, 'invalid_request', JSON.stringify(body))
  }
  assert.equal((await tags({ add: ['vip'] }, 'nobody')).body.code, 'not_found')
  const owner = (agentId: Json, by = call) => by(`customers/${customerId}/owner`, { agentId }, 'PUT')
  assert.equal((await owner('bob')).body.code, 'not_permitted')
  assert.equal((await owner('eva')).body.code, 'not_found')
  assert.equal((await owner({})).body.code, 'invalid_request')
  const reader = as(await org.adminToken(['customers:read']))
  assert.equal((await owner('bob', reader)).body.code, 'insufficient_scope')
  assert.equal((await owner('bob', as(await org.adminToken()))).body.ownerId, 'bob')
})

test('an organization that lists its tags takes no others, and everybody signed in sees the list', async () => {
  const { org, as, call, customerId } = await stage()
  const admin = as(await org.adminToken())
  const { body: stored } = await admin('configuration')
  const customers = { tags: ['vip'] }
  const organization = { id: org.id, name: stored.organization.name, customers }
  const applied = await admin('configuration', { document: { version: 1, organization } })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  assert.deepEqual((await call('me')).body.organization.customers, { tags: ['vip'], firstAgentOwns: false })
  const refused = await call(`customers/${customerId}/tags`, { add: ['other'] }, 'PATCH')
  assert.deepEqual([refused.status, refused.body.code], [422, 'tag_unknown'])
  assert.deepEqual((await admin('configuration')).body.organization.customers, { tags: ['vip'], firstAgentOwns: false })
})
