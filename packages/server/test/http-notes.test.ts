import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { openStream } from './support/stream.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

async function stage() {
  const org = await server.organization({ agents: [{ id: 'ann' }, { id: 'bob' }, { id: 'eva' }] })
  const tokens = { ann: await org.token('ann'), bob: await org.token('bob'), eva: await org.token('eva') }
  const as = (who: keyof typeof tokens) => (path: string, body?: Json) =>
    ask(server.url, `/v1/${path}`, { token: tokens[who], ...(body !== undefined && { body }) })
  const id = await org.write('o1', '在吗')
  return { org, tokens, id, ann: as('ann'), bob: as('bob'), eva: as('eva') }
}
const isReady = ({ type }: Json) => type === 'ready'
const isNote = ({ type, event }: Json) => type === 'event' && event.type === 'conversation.noted'

test('who is mentioned hears of it wherever they are, also later, and who is not does not', async () => {
  const { tokens, id, ann, bob } = await stage()
  await using mentioned = await openStream(server.url, { token: tokens.bob })
  await using other = await openStream(server.url, { token: tokens.eva })
  await Promise.all([mentioned.frame(isReady), other.frame(isReady)])
  const { cursor } = mentioned.frames.find(isReady)
  const written = await ann(`conversations/${id}/notes`, { text: '@bob 这位客户要发票', mentions: ['bob'] })
  assert.deepEqual([written.status, written.body.text, written.body.mentions], [201, '@bob 这位客户要发票', ['bob']])
  const { event } = await mentioned.frame(isNote)
  assert.deepEqual([event.facts.mentions, event.personal.text], [['bob'], '@bob 这位客户要发票'])
  // Somebody who comes back reads what happened meanwhile.
  await using later = await openStream(server.url, { token: tokens.bob, after: cursor })
  assert.equal((await later.frame(isNote)).event.position, event.position)
  await bob(`conversations/${id}/notes`, { text: '好' })
  assert.ok(!other.frames.some(isNote))
})

test('mentions are listed newest first with the customer, marked as seen, and told as an event once', async () => {
  const { id, ann, bob } = await stage()
  const note = async (text: string) => (await ann(`conversations/${id}/notes`, { text, mentions: ['bob', 'ann'] })).body
  const first = await note('一')
  const second = await note('二')
  const { items } = (await bob('me/mentions')).body
  assert.deepEqual(
    items.map(({ note: { text }, seen, customerName }: Json) => [text, seen, customerName !== '']),
    [
      ['二', false, true],
      ['一', false, true],
    ],
  )
  assert.deepEqual((await ann('me/mentions')).body.items, [], 'nobody is told of what they wrote themselves')
  const unseen = async () =>
    (await bob('me/mentions?unseen=true')).body.items.map(({ note: { id: noteId } }: Json) => noteId)
  assert.equal((await bob('me/mentions/seen', { upTo: first.position })).status, 204)
  assert.deepEqual(await unseen(), [second.id])
  await bob('me/mentions/seen', { upTo: second.position })
  await bob('me/mentions/seen', { upTo: second.position + 100 })
  assert.deepEqual(await unseen(), [])
  const events = (await bob('events?types=agent.mentions-seen&limit=200')).body.items
  assert.deepEqual(
    events.map(({ facts }: Json) => facts),
    [
      { agentId: 'bob', upTo: first.position },
      { agentId: 'bob', upTo: second.position },
    ],
  )
  const notes = (await ann(`conversations/${id}/notes?limit=1`)).body
  assert.deepEqual([notes.items.length, notes.items[0].id], [1, second.id])
})

test('the same idempotency key writes one note', async () => {
  const { tokens, id, ann } = await stage()
  const headers = { 'idempotency-key': 'k1' }
  const options = { token: tokens.ann, headers, body: { text: '一次', mentions: ['bob'] } }
  for (let again = 0; again < 2; again += 1) {
    assert.equal((await ask(server.url, `/v1/conversations/${id}/notes`, options)).status, 201)
  }
  assert.equal((await ann(`conversations/${id}/notes`)).body.items.length, 1)
})

test('mentions go with the agent who is removed', async () => {
  const { org, id, ann } = await stage()
  await ann(`conversations/${id}/notes`, { text: 'x', mentions: ['bob'] })
  const count = async () => {
    const { rows } = await server.app.ground.database.withOrganization(org.id, (tx) =>
      tx.query<{ n: number }>({ text: 'select count(*)::int as n from mention where org_id = $1', values: [org.id] }),
    )
    return rows[0]?.n
  }
  assert.equal(await count(), 1)
  const { document } = {
    document: (await ask(server.url, '/v1/configuration', { token: await org.adminToken() })).body,
  }
  const agents = document.agents.filter(({ id: agentId }: Json) => agentId !== 'bob')
  const applied = await ask(server.url, '/v1/configuration', {
    token: await org.adminToken(),
    body: { document: { version: 1, organization: document.organization, agents }, prune: true },
  })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  assert.equal(await count(), 0)
})

test('hostile: empty, endless and strange notes are refused with the field; markup is text', async () => {
  const { org, id, ann } = await stage()
  const path = `conversations/${id}/notes`
  for (const body of [
    {},
    { text: '' },
    { text: ' \n ' },
    { text: 'x'.repeat(2001) },
    { text: 'a\u0000b' },
    { text: 'x', mentions: 'bob' },
    { text: 'x', mentions: [7] },
    { text: 'x', mentions: Array.from({ length: 21 }, () => 'bob') },
    { text: 'x', by: 'bob' },
  ]) {
    const answer = await ann(path, body)
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], JSON.stringify(body).slice(0, 80))
  }
  assert.equal((await ann(path, { text: 'x', mentions: ['nobody'] })).body.code, 'not_found')
  assert.equal((await ann('conversations/cv_none/notes', { text: 'x' })).status, 404)
  assert.equal((await ann('conversations/cv_none/notes')).status, 404)
  const admin = await org.adminToken()
  const noAgent = await ask(server.url, '/v1/me/mentions', { token: admin })
  assert.deepEqual([noAgent.status, noAgent.body.code], [403, 'not_permitted'])
  const text = '<img src=x onerror=alert(1)>\u202e@bob'
  assert.equal((await ann(path, { text })).body.text, text)
})
