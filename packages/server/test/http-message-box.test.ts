import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** Nobody is online; customers leave messages, which stay until somebody takes them. */
async function closed(messageBox: Json = { reply: '请留言', atOpening: 'stay' }) {
  const agents = [{ id: 'ann', teams: ['presale'] }, { id: 'bob' }, { id: 'adm', role: 'admin' as const }]
  const org = await server.organization({ agents })
  const callerOf = async (agentId: string) => {
    const token = await org.token(agentId)
    return (path: string, body?: Json, method?: string) =>
      ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  }
  const [ann, bob, admin] = [await callerOf('ann'), await callerOf('bob'), await callerOf('adm')]
  const rules = [{ id: 'all', when: 'true', then: { team: 'presale', messageBox } }]
  const published = await admin('rules', { document: { version: 1, rules }, reason: '夜间留言' }, 'PUT')
  assert.equal(published.status, 200, JSON.stringify(published.body))
  return { org, ann, bob, admin }
}

const idsIn = ({ body }: Json): string[] => body.items.map(({ id }: Json) => id)

test('messages that customers leave are listed by page, team and account, taken, resolved and taken back', async () => {
  const { org, ann } = await closed()
  const ids: string[] = []
  for (const openid of ['o1', 'o2', 'o3']) ids.push(await org.write(openid, '在吗'))
  await org.write('o1', '还有一件事')
  const first = await ann('messages-left?limit=2')
  assert.deepEqual(idsIn(first), ids.slice(0, 2), JSON.stringify(first.body))
  const rest = await ann(`messages-left?limit=2&after=${first.body.next}`)
  assert.deepEqual([idsIn(rest), rest.body.next], [ids.slice(2), null])
  assert.deepEqual(idsIn(await ann('messages-left?team=refunds')), [])
  assert.deepEqual(idsIn(await ann('messages-left?team=presale')), ids)
  const [shown] = first.body.items
  assert.deepEqual([shown.status, shown.unread, shown.waitingSince], ['closed', 1, null])
  assert.deepEqual([shown.messageLeft.cause, shown.messageLeft.teamId], ['nobody-serves', 'presale'])
  assert.ok(shown.quota.expiresAt !== null, 'until when it can be answered')
  assert.deepEqual(idsIn(await ann('conversations?status=waiting')), [], 'nobody waits')

  const resolved = await ann(`conversations/${ids[1]}/message-left/resolve`, { note: '广告' })
  assert.equal(resolved.status, 200, JSON.stringify(resolved.body))
  assert.ok(resolved.body.messageLeft.resolvedAt)
  assert.deepEqual(idsIn(await ann('messages-left')), [ids[0], ids[2]])
  const reopened = await ann(`conversations/${ids[1]}/message-left/reopen`, {})
  assert.equal(reopened.body.messageLeft.resolvedAt, undefined)
  assert.deepEqual(idsIn(await ann('messages-left')), ids)

  const offline = await ann(`conversations/${ids[0]}/message-left/take`, {})
  assert.deepEqual([offline.status, offline.body.code], [409, 'agent_offline'])
  await ann('me/presence', { status: 'online' }, 'PUT')
  const taken = await ann(`conversations/${ids[0]}/message-left/take`, {})
  assert.deepEqual([taken.status, taken.body.assignee, taken.body.messageLeft], [200, 'ann', undefined])
  const { body: log } = await ann(`events?conversation=${ids[0]}&limit=200`)
  const opened = log.items.filter(({ type }: Json) => type === 'session.opened')
  assert.equal(opened[1].facts.reopens, opened[0].facts.sessionId)
})

test('by the rule a message left goes to whoever comes online, once, and the record says what it went by', async () => {
  const { org, ann } = await closed({ reply: '请留言' })
  const id = await org.write('o1', '在吗')
  await ann('me/presence', { status: 'online' }, 'PUT')
  const { body } = await ann(`conversations/${id}`)
  assert.equal(body.assignee, 'ann')
  const { body: decision } = await ann(`decisions/${body.decisionId}`)
  assert.deepEqual([decision.cause, decision.ruleId, decision.plan.messageBox.reply], ['message left', 'all', null])
  assert.deepEqual(idsIn(await ann('messages-left')), [])
})

test('F72: of two who take the same message one has it, and the other is told who', async () => {
  const { org, ann, admin } = await closed()
  const id = await org.write('o1', '在吗')
  for (const call of [ann, admin]) await call('me/presence', { status: 'online' }, 'PUT')
  const answers = await Promise.all([ann, admin].map((call) => call(`conversations/${id}/message-left/take`, {})))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const lost = answers.find(({ status }) => status === 409)
  assert.deepEqual([lost?.body.code, lost?.body.holder.kind], ['held_by_another', 'agent'])
})

test('what nobody left, another team, unknown fields, other organizations and too little scope are refused', async () => {
  const { org, ann, bob } = await closed()
  const id = await org.write('o1', '在吗')
  await bob('me/presence', { status: 'online' }, 'PUT')
  const path = `conversations/${id}/message-left`
  for (const act of ['take', 'resolve', 'reopen']) {
    const refused = await bob(`${path}/${act}`, {})
    const expected = act === 'reopen' ? [200, undefined] : [403, 'not_permitted']
    assert.deepEqual([refused.status, refused.body.code], expected, act)
    assert.equal((await ann(`conversations/nobody/message-left/${act}`, {})).status, 404)
  }
  for (const body of [{ reason: '?' }, { why: 1 }, { note: 'x'.repeat(2001) }]) {
    assert.equal((await ann(`${path}/resolve`, body)).status, 400, JSON.stringify(body).slice(0, 40))
  }
  for (const query of ['limit=0', 'after=nonsense', 'team=', 'status=open']) {
    assert.equal((await ann(`messages-left?${query}`)).status, 400, query)
  }
  const stranger = await closed()
  assert.deepEqual(idsIn(await stranger.ann('messages-left')), [])
  assert.equal((await stranger.ann(`${path}/take`, {})).status, 404)
  const reader = await org.token('ann', ['conversations:read'])
  const unscoped = await ask(server.url, `/v1/${path}/take`, { token: reader, body: {}, method: 'POST' })
  assert.deepEqual([unscoped.status, unscoped.body.code], [403, 'insufficient_scope'])
  await ann(`${path}/resolve`, {})
  const gone = await ann(`${path}/resolve`, {})
  assert.deepEqual([gone.status, gone.body.code], [409, 'already_closed'])
})
