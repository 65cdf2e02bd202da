import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** Ann has room for one, and serves it. */
async function serving() {
  const org = await server.organization({ agents: [{ id: 'ann', capacity: 1 }] })
  const token = await org.token('ann')
  const call = (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  await call('me/presence', { status: 'online' }, 'PUT')
  const id = await org.write('o1', '在吗')
  return { org, call, id }
}
const events = async (call: (path: string) => Promise<{ body: Json }>, id: string) =>
  (await call(`events?conversation=${id}&limit=200`)).body.items

test('what is parked frees its place, comes back with the customer, and the record tells of both', async () => {
  const { org, call, id } = await serving()
  const waiting = await org.write('o2', '有人吗')
  const parked = await call(`conversations/${id}/park`, { note: '等客户拍照' })
  assert.deepEqual([parked.status, parked.body.assignee, parked.body.parked.until], [200, 'ann', null])
  assert.equal((await call(`conversations/${waiting}`)).body.assignee, 'ann', 'who waited has the place')
  assert.equal((await call('agents/ann')).body.load, 1)
  const full = await call(`conversations/${id}/resume`, {})
  assert.deepEqual([full.status, full.body.code], [409, 'capacity_reached'])
  await call(`conversations/${waiting}/close`, {})
  await org.write('o1', '拍好了')
  const back = await call(`conversations/${id}`)
  assert.deepEqual([back.body.assignee, back.body.parked], ['ann', null])
  const told = await ask(server.url, `/v1/records?conversation=${id}`, { token: await org.adminToken() })
  const session = told.body.items.filter(({ kind }: Json) => kind === 'session')
  assert.deepEqual(
    session.map(({ event, note }: Json) => [event, note]),
    [
      ['opened', null],
      ['assigned', null],
      ['parked', '等客户拍照'],
      ['resumed', null],
    ],
  )
})

test('what is set aside until a time comes back by itself', async () => {
  const { call, id } = await serving()
  const until = new Date(Date.now() + 1_500).toISOString()
  assert.equal((await call(`conversations/${id}/park`, { until })).body.parked.until, until)
  const lastMs = Date.now() + 60_000
  for (;;) {
    const resumed = (await events(call, id)).find(({ type }: Json) => type === 'session.resumed')
    if (resumed !== undefined) {
      assert.equal(resumed.facts.cause, 'time')
      assert.ok(resumed.at >= until)
      return
    }
    assert.ok(Date.now() < lastMs, 'it never came back')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('a moment that is over or none is refused with the field', async () => {
  const { call, id } = await serving()
  for (const until of ['yesterday', '2020-01-01T00:00:00Z', '']) {
    const { status, body } = await call(`conversations/${id}/park`, { until })
    assert.deepEqual([status, body.code], [400, 'invalid_request'], until)
  }
  assert.equal((await call(`conversations/${id}/park`, { forever: true })).status, 400)
})
