import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SessionSettings } from '@duoke/contract'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { openStream } from './support/stream.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** The first one says that the stream has begun. */
const isList = ({ type }: Json) => type === 'list'

type Who = 'ann' | 'sue' | 'bot' | 'reader'

/** Ann, online, holds what customer o1 wrote; sue supervises; bot answers and reads messages, reader may read whispers. */
async function supervised(sessions: Partial<SessionSettings> = {}) {
  const org = await server.organization({
    agents: [
      { id: 'ann', capacity: 1 },
      { id: 'sue', role: 'supervisor', capacity: 1 },
    ],
    apps: [
      { id: 'bot', scopes: ['conversations:read', 'messages:read', 'sessions:manage', 'events:read'] },
      { id: 'reader', scopes: ['conversations:read', 'whispers:read', 'events:read'] },
    ],
    sessions,
  })
  const tokens: Record<Who, string> = {
    ann: await org.token('ann'),
    sue: await org.token('sue'),
    bot: await org.token({ app: 'bot' }),
    reader: await org.token({ app: 'reader' }),
  }
  const call = (who: Who, path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, {
      token: tokens[who],
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    })
  await call('ann', 'me/presence', { status: 'online' }, 'PUT')
  const id = await org.write('o1', '我要投诉')
  const types = async (who: Who): Promise<string[]> =>
    (await call(who, `events?conversation=${id}&limit=200`)).body.items.map(({ type }: Json) => type)
  return { org, tokens, call, id, types }
}

test('a supervisor watches unseen: the log shows it to supervisors only, and the agent sees the same conversation', async () => {
  const { call, id, types } = await supervised()
  const watched = await call('sue', `conversations/${id}/watch`, {})
  assert.deepEqual([watched.status, watched.body.assignee, watched.body.joinedBy], [200, 'ann', undefined])
  assert.ok((await types('sue')).includes('session.watched'))
  assert.ok(!(await types('ann')).includes('session.watched'))
  assert.equal((await call('sue', `conversations/${id}/leave`, {})).status, 200)
  assert.ok(!(await types('ann')).includes('session.left'))
})

test('an unseen look over the socket is in the log, names nobody to colleagues, and ends with the socket', async () => {
  const { call, id, types, tokens } = await supervised()
  await using ann = await openStream(server.url, { token: tokens.ann })
  await ann.frame(isList)
  ann.send({ type: 'watch', conversationIds: [id] })
  await ann.frame(({ type }) => type === 'viewing')
  {
    await using sue = await openStream(server.url, { token: tokens.sue })
    await sue.frame(isList)
    sue.send({ type: 'watch', conversationIds: [id], unseen: [id] })
    const seen = await sue.frame(({ type }) => type === 'viewing')
    assert.deepEqual(seen.agentIds, ['ann'])
    await until(async () => (await types('sue')).includes('session.watched'))
  }
  await until(async () => (await types('sue')).includes('session.watch-ended'))
  assert.ok(ann.frames.every(({ agentIds = [] }) => !agentIds.includes('sue')))
  await using bold = await openStream(server.url, { token: tokens.ann })
  await bold.frame(isList)
  bold.send({ type: 'watch', conversationIds: [id], unseen: [id] })
  const shown = await bold.frame(({ type }) => type === 'viewing')
  assert.deepEqual(shown.agentIds, ['ann'], 'who may not look unseen is shown')
  assert.ok((await call('ann', `conversations/${id}`)).status === 200)
})

test('a whisper reaches the agent at once; neither the customer nor an app without its scope ever sees it', async () => {
  const { call, id, types, tokens } = await supervised()
  await using ann = await openStream(server.url, { token: tokens.ann })
  const whispered = await call('sue', `conversations/${id}/whispers`, { text: '先道歉，再退款' })
  assert.deepEqual([whispered.status, whispered.body.text, whispered.body.by.agentId], [201, '先道歉，再退款', 'sue'])
  const { event } = await ann.frame((frame: Json) => frame.event?.type === 'session.whispered')
  assert.equal(event.personal.text, '先道歉，再退款')
  assert.ok(!(await types('bot')).includes('session.whispered'))
  assert.ok((await types('reader')).includes('session.whispered'))
  const { body } = await call('ann', `conversations/${id}/whispers`)
  assert.deepEqual(
    body.items.map(({ text }: Json) => text),
    ['先道歉，再退款'],
  )
  const messages = await call('ann', `conversations/${id}/messages`)
  assert.equal(messages.body.items.length, 1, 'the customer was sent nothing')
  const refused = await call('bot', `conversations/${id}/whispers`)
  assert.deepEqual([refused.status, refused.body.code], [403, 'insufficient_scope'])
  assert.equal((await call('ann', `conversations/${id}/whispers`, { text: '嗨' })).status, 403)
})

test('whispers are read by pages, newest first', async () => {
  const { call, id } = await supervised()
  for (const text of ['一', '二', '三']) await call('sue', `conversations/${id}/whispers`, { text })
  const first = await call('ann', `conversations/${id}/whispers?limit=2`)
  const second = await call('ann', `conversations/${id}/whispers?limit=2&after=${encodeURIComponent(first.body.next)}`)
  const texts = [...first.body.items, ...second.body.items].map(({ text }: Json) => text)
  assert.deepEqual([texts, second.body.next], [['三', '二', '一'], null])
})

test('who joins writes beside the holder, who is told and stays', async () => {
  const { call, id } = await supervised()
  const joined = await call('sue', `conversations/${id}/join`, {})
  assert.deepEqual([joined.body.assignee, joined.body.joinedBy], ['ann', [{ agentId: 'sue', mayWrite: true }]])
  for (const who of ['sue', 'ann'] as const) {
    const sent = await call(who, `conversations/${id}/messages`, { type: 'text', text: '您好' })
    assert.equal(sent.status, 202, who)
  }
  assert.equal((await call('sue', `conversations/${id}/leave`, {})).body.joinedBy, undefined)
})

test('a conversation is taken over and given by force; beyond capacity only with the flag and a reason', async () => {
  const { org, call, id } = await supervised()
  const away = await call('sue', `conversations/${id}/take-over`, {})
  assert.deepEqual([away.status, away.body.code], [409, 'agent_offline'])
  await call('sue', 'me/presence', { status: 'online' }, 'PUT')
  const taken = await call('sue', `conversations/${id}/take-over`, { reason: 'complaint', note: '客户投诉' })
  assert.deepEqual([taken.status, taken.body.assignee], [200, 'sue'])
  const second = await org.write('o2', '在吗')
  assert.equal((await call('ann', `conversations/${second}`)).body.assignee, 'ann')
  const to = { to: { agentId: 'ann' } }
  const full = await call('sue', `conversations/${id}/force-transfer`, to)
  assert.deepEqual([full.status, full.body.code], [409, 'capacity_reached'])
  const unsaid = await call('sue', `conversations/${id}/force-transfer`, { ...to, overCapacity: true })
  assert.deepEqual([unsaid.status, unsaid.body.code], [422, 'reason_needed'])
  const given = await call('sue', `conversations/${id}/force-transfer`, { ...to, overCapacity: true, reason: 'vip' })
  assert.deepEqual([given.status, given.body.assignee], [200, 'ann'])
  assert.equal((await call('ann', 'agents/ann')).body.load, 2)
  const last = (await call('ann', `events?conversation=${id}&limit=200`)).body.items.at(-1)
  assert.deepEqual([last.facts.overCapacity, last.facts.reason, last.actor.agentId], [true, 'vip', 'sue'])
})

test('a hand is raised, shown in the list, answered with a whisper, and lowered', async () => {
  const { call, id } = await supervised()
  const raised = await call('ann', `conversations/${id}/hand`, { reason: 'angry', note: '快来' })
  assert.deepEqual([raised.body.hand.agentId, raised.body.hand.reason], ['ann', 'angry'])
  const [listed] = (await call('sue', 'conversations?status=open')).body.items
  assert.equal(listed.hand.agentId, 'ann')
  const answered = await call('sue', `conversations/${id}/hand/answer`, { text: '我来' })
  assert.deepEqual([answered.status, answered.body.hand], [200, undefined])
  assert.equal((await call('ann', `conversations/${id}/whispers`)).body.items[0].text, '我来')
  const again = await call('sue', `conversations/${id}/hand/answer`, {})
  assert.deepEqual([again.status, again.body.code], [409, 'no_hand_raised'])
  await call('ann', `conversations/${id}/hand`, {})
  assert.equal((await call('ann', `conversations/${id}/hand`, undefined, 'DELETE')).body.hand, undefined)
})

test("a supervisor sets another's status and capacity for a while; agents may not", async () => {
  const lunch = { code: 'lunch', label: '吃饭', labelEn: 'Lunch', for: ['away' as const] }
  const { org, call } = await supervised({ reasons: [lunch] })
  const waiting = await org.write('o2', '在吗')
  const more = await call('sue', 'agents/ann/capacity', { capacity: 2, ttlMs: 1_000, reason: 'rush' }, 'PUT')
  assert.deepEqual([more.body.capacity, more.body.temporaryCapacity.capacity, more.body.load], [1, 2, 2])
  assert.equal((await call('ann', `conversations/${waiting}`)).body.assignee, 'ann')
  await until(async () => (await call('ann', 'agents/ann')).body.temporaryCapacity === undefined)
  const away = await call('sue', 'agents/ann/status', { status: 'away', reason: 'lunch' }, 'PUT')
  assert.deepEqual([away.body.status, away.body.statusReason], ['away', 'lunch'])
  assert.ok(Date.parse(away.body.statusSince) <= Date.now())
  assert.equal((await call('sue', 'agents/ann/status', { status: 'away', reason: 'nap' }, 'PUT')).status, 422)
  for (const path of ['agents/sue/status', 'agents/sue/capacity']) {
    assert.equal((await call('ann', path, { status: 'away', capacity: 1 }, 'PUT')).status, 403)
  }
})

test('attendance tells the status from stretch to stretch and holds it against the shifts', async () => {
  const { org, call } = await supervised()
  const admin = await org.adminToken()
  const always = ['00:00-24:00']
  const weekly = { mon: always, tue: always, wed: always, thu: always, fri: always, sat: always, sun: always }
  const plan = (shifts: Json) => ask(server.url, '/v1/agents/ann', { token: admin, method: 'PATCH', body: { shifts } })
  assert.equal((await plan({ weekly, timeZone: 'Mars/Phobos' })).status, 400)
  assert.deepEqual((await plan({ weekly })).body.shifts, { weekly })
  await call('ann', 'me/presence', { status: 'away', reason: 'lunch' }, 'PUT')
  const from = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString())
  const { status, body } = await call('sue', `agents/ann/attendance?from=${from}`)
  assert.equal(status, 200)
  assert.deepEqual(
    body.spans.map((span: Json) => [span.status, span.reason]),
    [
      ['offline', undefined],
      ['online', undefined],
      ['away', 'lunch'],
    ],
  )
  for (const [at, span] of body.spans.entries()) if (at > 0) assert.equal(span.from, body.spans[at - 1].to)
  assert.equal(body.planned.ms, body.onlineMs + body.awayMs + body.offlineMs)
  assert.equal(body.planned.absentMs, body.offlineMs)
  assert.equal(body.awayByReason.lunch, body.awayMs)
  assert.equal((await call('sue', `agents/sue/attendance?from=${from}`)).body.planned, null)
  for (const query of ['from=yesterday', 'from=2020-01-01T00:00:00Z', `from=2999-01-01T00:00:00Z`, '']) {
    assert.equal((await call('sue', `agents/ann/attendance?${query}`)).status, 400, query)
  }
  assert.equal((await call('sue', `agents/zoe/attendance?from=${from}`)).status, 404)
  assert.equal((await call('ann', `agents/ann/attendance?from=${from}`)).status, 403)
})

test('the live figures say who waits and since when, and what each agent is doing', async () => {
  const { org, call, id } = await supervised()
  const waiting = await org.write('o2', '在吗')
  await call('ann', `conversations/${id}/hand`, {})
  await call('ann', 'me/presence', { status: 'away', reason: 'lunch' }, 'PUT')
  const { status, body } = await call('sue', 'live')
  assert.equal(status, 200)
  const { waitingSince } = (await call('sue', `conversations/${waiting}`)).body
  assert.deepEqual([body.waiting, body.longestSince], [1, waitingSince])
  assert.deepEqual(body.queues, [{ teamId: null, waiting: 1, longestSince: waitingSince }])
  const [ann, sue] = body.agents
  const { statusSince, ...rest } = ann
  assert.ok(Date.parse(statusSince) <= Date.parse(body.at))
  assert.deepEqual(rest, {
    ...{ agentId: 'ann', status: 'away', statusReason: 'lunch', capacity: 1, load: 1 },
    ...{ open: 1, parked: 0, unanswered: 1, hands: 1 },
  })
  assert.deepEqual([sue.agentId, sue.status, sue.open], ['sue', 'offline', 0])
  await call('sue', 'agents/ann/capacity', { capacity: 3 }, 'PUT')
  await call('ann', `conversations/${id}/park`, {})
  const [later] = (await call('sue', 'live')).body.agents
  assert.deepEqual([later.capacity, later.open, later.parked], [3, 0, 1])
  assert.equal((await call('ann', 'live')).status, 403)
})

test('hostile requests get a clear error: forms, strangers, missing scopes, and closed conversations', async () => {
  const { call, id } = await supervised()
  const forms: [string, Json, string?][] = [
    [`conversations/${id}/whispers`, { text: '' }],
    [`conversations/${id}/whispers`, { text: 'x'.repeat(2001) }],
    [`conversations/${id}/whispers`, { text: 'x', to: 'customer' }],
    [`conversations/${id}/force-transfer`, { to: { teamId: 'presale' } }],
    [`conversations/${id}/force-transfer`, { to: { agentId: 'ann' }, overCapacity: 'yes' }],
    [`conversations/${id}/join`, { reason: '../x' }],
    ['agents/ann/capacity', { capacity: -1 }, 'PUT'],
    ['agents/ann/capacity', { capacity: 1.5 }, 'PUT'],
    ['agents/ann/capacity', { capacity: 1, ttlMs: 10 }, 'PUT'],
    ['agents/ann/status', { status: 'asleep' }, 'PUT'],
  ]
  for (const [path, body, method] of forms) {
    const { status, body: problem } = await call('sue', path, body, method)
    assert.deepEqual([status, problem.code], [400, 'invalid_request'], `${path} ${JSON.stringify(body)}`)
  }
  for (const verb of ['watch', 'join', 'take-over', 'hand']) {
    assert.equal((await call('sue', `conversations/cv_none/${verb}`, {})).status, 404, verb)
    const isHand = verb === 'hand'
    assert.equal((await call('ann', `conversations/${id}/${verb}`, {})).status, isHand ? 200 : 403, verb)
    assert.equal((await call('reader', `conversations/${id}/${verb}`, {})).status, 403, verb)
  }
  await call('ann', `conversations/${id}/close`, {})
  for (const verb of ['watch', 'join', 'take-over', 'hand/answer']) {
    const { status, body } = await call('sue', `conversations/${id}/${verb}`, {})
    assert.deepEqual([status, body.code], [409, 'already_closed'], verb)
  }
  const raised = await call('ann', `conversations/${id}/hand`, {})
  assert.equal(raised.body.code, 'already_closed')
})

async function until(look: () => Promise<boolean>): Promise<void> {
  const lastMs = Date.now() + 60_000
  while (!(await look())) {
    assert.ok(Date.now() < lastMs, 'it never became so')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
