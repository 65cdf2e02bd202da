import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const hello = { title: '问候', parts: [{ type: 'text', text: '您好 {{customer}}，我是{{agent}}' }] }

async function people() {
  const org = await server.organization({
    agents: [
      { id: 'ann', role: 'agent' },
      { id: 'bob', role: 'agent' },
      { id: 'sue', role: 'supervisor' },
    ],
  })
  const caller = async (id: string) => {
    const token = await org.token(id)
    return (path: string, body?: unknown, method?: string) =>
      ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  }
  return { org, ann: await caller('ann'), bob: await caller('bob'), sue: await caller('sue') }
}
const titles = async (call: (path: string) => Promise<{ body: Json }>) =>
  (await call('quick-replies')).body.items.map(({ title }: Json) => title).toSorted()

test('own ones are seen by their agent alone, those of a team by the team and who manages them', async () => {
  const { org, ann, bob, sue } = await people()
  const admin = await org.adminToken()
  const joined = await ask(server.url, '/v1/agents/bob', {
    token: admin,
    method: 'PATCH',
    body: { teams: ['presale'] },
  })
  assert.equal(joined.status, 200)
  const made = await ann('quick-replies', { ...hello, owner: { kind: 'agent', agentId: 'ann' } })
  assert.deepEqual([made.status, made.body.pinyin, made.body.uses, made.body.lastUsedAt], [201, 'wen hou', 0, null])
  const shared = (owner: Json, title: string) => sue('quick-replies', { ...hello, owner, title })
  assert.equal((await shared({ kind: 'team', teamId: 'presale' }, '售前')).status, 201)
  assert.equal((await shared({ kind: 'organization' }, '全体')).status, 201)
  assert.deepEqual(await titles(ann), ['全体', '问候'])
  assert.deepEqual(await titles(bob), ['全体', '售前'])
  assert.deepEqual(await titles(sue), ['全体', '售前'])
  const path = `quick-replies/${made.body.id}`
  assert.equal((await bob(path, hello, 'PUT')).status, 404)
  assert.equal((await sue(path, undefined, 'DELETE')).status, 404)
  const foreign = await bob('quick-replies', { ...hello, owner: { kind: 'organization' } })
  assert.deepEqual([foreign.status, foreign.body.code], [403, 'not_permitted'])
})

test('a change is a change of the words alone, and what is removed is gone', async () => {
  const { ann } = await people()
  const { body } = await ann('quick-replies', { ...hello, owner: { kind: 'agent', agentId: 'ann' } })
  const change = {
    title: '退货地址',
    group: '售后',
    parts: [
      { type: 'text', text: '杭州市' },
      { type: 'text', text: '收件人 {{organization}}' },
    ],
  }
  const changed = await ann(`quick-replies/${body.id}`, change, 'PUT')
  assert.deepEqual(changed.body, { ...body, ...change, pinyin: 'tui huo di zhi' })
  assert.equal(
    (await ann(`quick-replies/${body.id}`, { ...change, owner: { kind: 'organization' } }, 'PUT')).status,
    400,
  )
  assert.equal((await ann(`quick-replies/${body.id}`, undefined, 'DELETE')).status, 204)
  assert.deepEqual(await titles(ann), [])
  assert.equal((await ann(`quick-replies/${body.id}`, undefined, 'DELETE')).status, 404)
})

test('many are imported at once, all or none, and read page by page', async () => {
  const { ann } = await people()
  const owner = { kind: 'agent', agentId: 'ann' }
  const items = Array.from({ length: 200 }, (_, index) => ({ ...hello, title: `第 ${index} 条` }))
  const done = await ann('quick-replies/import', { owner, items })
  assert.deepEqual([done.status, new Set(done.body.ids).size], [200, 200])
  const bad = await ann('quick-replies/import', {
    owner,
    items: [hello, { ...hello, parts: [{ type: 'text', text: '{{x}}' }] }],
  })
  assert.deepEqual([bad.status, bad.body.code], [400, 'invalid_request'])
  const read: string[] = []
  for (let after = ''; ; ) {
    const { body } = await ann(`quick-replies?limit=70${after}`)
    read.push(...body.items.map(({ id }: Json) => id))
    if (body.next === null) break
    after = `&after=${body.next}`
  }
  assert.deepEqual(read.toSorted(), done.body.ids.toSorted())
})

test('how often each was sent is counted, also when one message of several begins with it', async () => {
  const { org, ann } = await people()
  await ann('me/presence', { status: 'online' }, 'PUT')
  const conversation = await org.write('o1', '在吗')
  const { body } = await ann('quick-replies', { ...hello, owner: { kind: 'agent', agentId: 'ann' } })
  for (const quickReplyId of [body.id, body.id, 'qr_gone']) {
    const sent = await ann(`conversations/${conversation}/messages`, { type: 'text', text: '您好', quickReplyId })
    assert.equal(sent.status, 202, JSON.stringify(sent.body))
  }
  const [used] = (await ann('quick-replies')).body.items
  assert.equal(used.uses, 2)
  assert.ok(used.lastUsedAt !== null)
})

test('hostile: what is no quick reply is refused with the field, and a picture must have been uploaded', async () => {
  const { ann } = await people()
  const owner = { kind: 'agent', agentId: 'ann' }
  const refused = [
    { ...hello },
    { ...hello, owner: { kind: 'agent' } },
    { ...hello, owner: { kind: 'everybody' } },
    { ...hello, owner, title: '' },
    { ...hello, owner, title: 'x'.repeat(101) },
    { ...hello, owner, group: 'x'.repeat(51) },
    { ...hello, owner, parts: [] },
    { ...hello, owner, parts: Array.from({ length: 6 }, () => hello.parts[0]) },
    { ...hello, owner, parts: [{ type: 'video', mediaId: 'md_1' }] },
    { ...hello, owner, parts: [{ type: 'text', text: '好', html: '<b>' }] },
    { ...hello, owner, title: 'a\u0000b' },
  ]
  for (const body of refused) {
    const answer = await ann('quick-replies', body)
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], JSON.stringify(body))
  }
  const image = await ann('quick-replies', { ...hello, owner, parts: [{ type: 'image', mediaId: 'md_nothing' }] })
  assert.deepEqual([image.status, image.body.code], [422, 'content_refused'])
  assert.deepEqual(await titles(ann), [])
})
