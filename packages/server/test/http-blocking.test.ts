import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** Ann is online and serves a customer. */
async function serving() {
  const org = await server.organization({ agents: [{ id: 'ann' }, { id: 'bob' }] })
  const token = await org.token('ann')
  const call = (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  await call('me/presence', { status: 'online' }, 'PUT')
  const id = await org.write('o1', '在吗')
  const customerId = (await call(`conversations/${id}`)).body.customer.id
  return { org, call, id, customerId }
}

test('a blocked customer is on the list, writes into the log alone, and is served again when taken off it', async () => {
  const { org, call, id, customerId } = await serving()
  await org.write('o2', '你好')
  const blocked = await call(`customers/${customerId}/block`, { note: '辱骂' }, 'PUT')
  assert.deepEqual([blocked.status, blocked.body.blocked.until], [200, null])
  const list = async (query: string) => (await call(`customers?blocked=${query}`)).body.items.map(({ id }: Json) => id)
  assert.deepEqual(await list('true'), [customerId])
  assert.equal((await list('false')).includes(customerId), false)
  await org.write('o1', '喂？')
  const conversation = (await call(`conversations/${id}`)).body
  assert.deepEqual([conversation.status, conversation.unread, conversation.lastClose.cause], ['closed', 0, 'blocked'])
  const { items } = (await call(`conversations/${id}/messages`)).body
  assert.deepEqual(
    items.map(({ content }: Json) => content.text),
    ['喂？', '在吗'],
    'nothing is lost',
  )
  const reopened = await call(`conversations/${id}/reopen`, {})
  assert.deepEqual([reopened.status, reopened.body.code], [409, 'customer_blocked'])
  const unblocked = await call(`customers/${customerId}/block`, undefined, 'DELETE')
  assert.deepEqual([unblocked.status, unblocked.body.blocked], [200, undefined])
  await org.write('o1', '抱歉')
  assert.equal((await call(`conversations/${id}`)).body.assignee, 'ann')
})

test('a block with a time ends by itself', async () => {
  const { call, id, customerId } = await serving()
  await call(`customers/${customerId}/block`, { until: new Date(Date.now() + 1_000).toISOString() }, 'PUT')
  const lastMs = Date.now() + 60_000
  for (;;) {
    const { items } = (await call(`events?conversation=${id}&limit=200`)).body
    const ended = items.find(({ type }: Json) => type === 'customer.unblocked')
    if (ended !== undefined) return assert.equal(ended.facts.cause, 'time')
    assert.ok(Date.now() < lastMs, 'it never ended')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('who may not block, whom nobody knows, and times that are none are refused', async () => {
  const { org, call, customerId } = await serving()
  const bob = await org.token('bob')
  const byBob = await ask(server.url, `/v1/customers/${customerId}/block`, { token: bob, body: {}, method: 'PUT' })
  assert.deepEqual([byBob.status, byBob.body.code, byBob.body.holder.agentId], [409, 'held_by_another', 'ann'])
  const reader = await org.token('ann', ['customers:read'])
  const unscoped = await ask(server.url, `/v1/customers/${customerId}/block`, {
    token: reader,
    body: {},
    method: 'PUT',
  })
  assert.deepEqual([unscoped.status, unscoped.body.code], [403, 'insufficient_scope'])
  assert.equal((await call('customers/nobody/block', {}, 'PUT')).status, 404)
  for (const body of [
    { until: 'tomorrow' },
    { until: '2020-01-01T00:00:00Z' },
    { note: 'x'.repeat(2001) },
    { why: 1 },
  ]) {
    const { status, body: told } = await call(`customers/${customerId}/block`, body, 'PUT')
    assert.deepEqual([status, told.code], [400, 'invalid_request'], JSON.stringify(body).slice(0, 60))
  }
  assert.equal((await call('customers?blocked=perhaps')).status, 400)
})
