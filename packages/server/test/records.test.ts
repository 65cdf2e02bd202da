import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RecordEntry } from '@duoke/contract'
import { createPageMemory } from '../src/channel/compatible/record-pages.ts'
import { type CompatibleQuery, compatibleRecords } from '../src/channel/compatible/records.ts'
import { listRecords } from '../src/conversation/records.ts'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(60, 7)])

let server: TestApp
let day: Day
before(async () => {
  server = await startTestApp({}, { isDriven: true })
  day = await workADay()
})
after(() => server[Symbol.asyncDispose]())

type Day = { org: TestOrganization; token: string; conversationId: string; mediaId: string; recalled: string }

/** A customer follows, asks, is served by two agents and a bot, who send words and a picture, and is opened again. */
async function workADay(): Promise<Day> {
  const org = await server.organization({
    agents: [{ id: 'lili', role: 'admin' }, { id: 'wu' }],
    apps: [{ id: 'bot', scopes: ['messages:send', 'messages:send:any'] }],
  })
  const [lili, wu, bot] = [await org.token('lili'), await org.token('wu'), await org.token({ app: 'bot' })]
  const token = await org.token('lili', ['records:read'])
  const submit = server.app.ground.log.submit
  const customer = { type: 'customer.act', accountId: org.accountId, openid: 'o-wang', sentAtMs: Date.now() } as const
  const action = { act: 'follow', kind: 'action', content: { type: 'action', action: 'follow' } } as const
  await submit(org.id, { ...customer, ...action }, { lane: 'pushes' })
  const conversationId = await org.write('o-wang', '什么时候发货？')
  const at = `/v1/conversations/${conversationId}`
  const done = async (path: string, options: Parameters<typeof ask>[2]) => {
    const answer = await ask(server.url, path, options)
    assert.ok(answer.status < 300, JSON.stringify(answer.body))
    return answer.body
  }
  await done('/v1/me/presence', { token: lili, method: 'PUT', body: { status: 'online' } })
  await done('/v1/me/presence', { token: wu, method: 'PUT', body: { status: 'online' } })
  const form = new FormData()
  form.append('file', new Blob([png], { type: 'image/png' }), 'a.png')
  const upload = await fetch(`${server.url}/v1/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${lili}` },
    body: form,
  })
  const { id: mediaId } = await upload.json()
  const said = await done(`${at}/messages`, { token: lili, body: { type: 'text', text: '明天 📦', clientId: 'c-1' } })
  await done(`${at}/messages`, { token: lili, body: { type: 'image', mediaId } })
  await done(`${at}/messages`, { token: bot, body: { type: 'text', text: '我是机器人' } })
  await org.write('o-wang', '好的')
  await done(`${at}/transfer`, { token: lili, body: { to: { agentId: 'wu' }, note: '请跟进' } })
  await done(`${at}/transfer`, { token: lili, body: { to: { agentId: 'lili' } } })
  await done(`${at}/close`, { token: lili, method: 'POST' })
  await done(`${at}/reopen`, { token: wu, method: 'POST' })
  const actor = { kind: 'agent', agentId: 'lili' } as const
  await submit(org.id, { type: 'message.recall', actor, conversationId, messageId: said.id }, { lane: 'agents' })
  return { org, token, conversationId, mediaId, recalled: said.id }
}

async function all(query: Record<string, string>, token = day.token): Promise<RecordEntry[]> {
  const found: RecordEntry[] = []
  for (let after: string | null = ''; after !== null; ) {
    const search = new URLSearchParams({ ...query, ...(after !== '' && { after }) })
    const page = await ask(server.url, `/v1/records?${search}`, { token })
    assert.equal(page.status, 200, JSON.stringify(page.body))
    assert.ok(page.headers.get('duoke-cursor'))
    found.push(...page.body.items)
    after = page.body.next
  }
  return found
}

const brief = (entry: RecordEntry) => {
  if (entry.kind === 'session') return `${entry.event} ${entry.cause} ${entry.to === null ? '' : shortOf(entry.to)}`
  if (entry.kind === 'recall') return `recall by ${shortOf(entry.by)}`
  return `${shortOf(entry.sender)}: ${entry.text ?? entry.type} (${shortOf(entry.holder)})`
}
const shortOf = (one: { kind: string; agentId?: string; appId?: string }) => one.agentId ?? one.appId ?? one.kind

test('the record tells every message, recall and session change in log order, with who sent it and who held then', async () => {
  const entries = await all({ limit: '200' })
  assert.deepEqual(entries.map(brief), [
    'customer: action (nobody)',
    'opened customer ',
    'customer: 什么时候发货？ (nobody)',
    'queued routing queue',
    'assigned routing lili',
    'lili: 明天 📦 (lili)',
    'lili: image (lili)',
    'bot: 我是机器人 (lili)',
    'customer: 好的 (lili)',
    'assigned transfer wu',
    'assigned take-over lili',
    'closed agent nobody',
    'opened agent ',
    'assigned reopen wu',
    'recall by lili',
  ])
  const positions = entries.map(({ position }) => position)
  assert.deepEqual(
    positions,
    positions.toSorted((left, right) => left - right),
  )
  const answer = entries.find((one) => one.kind === 'message' && one.messageId === day.recalled)
  assert.ok(answer?.kind === 'message')
  const { clientId, delivery, via, accountId, conversationId } = answer
  assert.deepEqual(
    [clientId, via, accountId, conversationId],
    ['c-1', 'customer-message', day.org.accountId, day.conversationId],
  )
  assert.ok(delivery !== undefined)
  assert.ok(answer.recalledAt !== null && answer.stintId !== null && answer.sessionId !== null)
  const assigned = entries.find((one) => one.kind === 'session' && one.cause === 'transfer')
  assert.ok(assigned?.kind === 'session')
  assert.equal(assigned.note, '请跟进')
})

test('what became of an answer is told beside it', async () => {
  const said = async () => {
    const found = (await all({})).find((one) => one.kind === 'message' && one.text === '我是机器人')
    return found?.kind === 'message' ? found : assert.fail('the answer is in the record')
  }
  const { messageId, delivery } = await said()
  assert.deepEqual(delivery, { state: 'queued' })
  const settle = { type: 'delivery.settle', conversationId: day.conversationId, messageId } as const
  const outcome = { outcome: 'refused', code: 45047, reason: 'out of response count limit' } as const
  await server.app.ground.log.submit(day.org.id, { ...settle, ...outcome }, { lane: 'timers' })
  assert.deepEqual((await said()).delivery, { state: 'refused', code: 45047, reason: 'out of response count limit' })
})

test('pages of any size give the same record, without gap or repeat', async () => {
  const whole = (await all({ limit: '200' })).map(({ position }) => position)
  for (const limit of ['1', '2', '7']) {
    assert.deepEqual(
      (await all({ limit })).map(({ position }) => position),
      whole,
      `pages of ${limit}`,
    )
  }
  const ofAgent = (await all({ limit: '200', agent: 'wu' })).map(({ position }) => position)
  assert.deepEqual(
    (await all({ limit: '1', agent: 'wu' })).map(({ position }) => position),
    ofAgent,
  )
})

test('a log that is too long to be looked through in one request is told on, window by window, to the same record', async () => {
  const filters: Record<string, string>[] = [{}, { agent: 'wu' }, { app: 'bot' }, { account: day.org.accountId }]
  for (const filter of [...filters, { account: 'another' }]) {
    const whole = (await all({ limit: '200', ...filter })).map(({ position }) => position)
    const found: number[] = []
    let requests = 0
    for (let after: string | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
      requests += 1
      const page = await server.app.ground.database.withOrganization(day.org.id, (tx) =>
        listRecords(tx, day.org.id, { ...filter, after, limit: 5 }, { atOnce: 2, atMost: 4 }),
      )
      found.push(...page.items.map(({ position }) => position))
      after = page.next ?? undefined
    }
    assert.deepEqual(found, whole, JSON.stringify(filter))
    assert.ok(requests > 3)
  }
})

test('filters name the time, the conversation, the account, the agent and the app', async () => {
  const entries = await all({})
  const middle = entries[6]?.at ?? ''
  const [early, late] = [await all({ to: middle }), await all({ from: middle })]
  assert.deepEqual([...early, ...late].map(brief), entries.map(brief))
  assert.ok(early.every(({ at }) => at < middle) && late.every(({ at }) => at >= middle))
  assert.deepEqual(await all({ from: '2100-01-01T00:00:00Z' }), [])
  assert.deepEqual((await all({ to: '2100-01-01T00:00:00+08:00' })).length, entries.length)
  assert.deepEqual((await all({ app: 'bot' })).map(brief), ['bot: 我是机器人 (lili)'])
  assert.deepEqual((await all({ agent: 'wu' })).map(brief), [
    'assigned transfer wu',
    'assigned take-over lili',
    'opened agent ',
    'assigned reopen wu',
  ])
  assert.equal((await all({ account: day.org.accountId })).length, entries.length)
  assert.deepEqual(await all({ account: 'another' }), [])
  assert.deepEqual(await all({ conversation: 'cv_none' }), [])
  for (const bad of ['from=yesterday', 'to=2026-13-45T00:00:00Z', 'after=x', 'from=+999999-01-01T00:00:00Z']) {
    const answer = await ask(server.url, `/v1/records?${bad}`, { token: day.token })
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], bad)
  }
})

test('a file of the record opens by its link without a token, until the link expires, and no other file with it', async () => {
  const sent = (await all({})).find((one) => one.kind === 'message' && one.type === 'image')
  assert.ok(sent?.kind === 'message')
  const [media] = sent.media
  assert.ok(media?.url)
  assert.deepEqual(
    [media.id, media.contentType, media.sizeBytes, media.state],
    [day.mediaId, 'image/png', png.length, 'stored'],
  )
  assert.ok(Date.parse(media.urlExpiresAt ?? '') > Date.now())
  const opened = await fetch(media.url)
  assert.deepEqual(Buffer.from(await opened.arrayBuffer()), png)
  assert.match(opened.headers.get('content-security-policy') ?? '', /sandbox|default-src 'none'/)
  for (const [from, to] of [
    [day.mediaId, 'md_other'],
    [day.org.id, 'other'],
    ['until=1', 'until=2'],
  ] as const) {
    assert.equal((await fetch(media.url.replace(from, to))).status, 404)
  }
})

test('T1: the record of one organization never shows a line of another', async () => {
  const other = await server.organization()
  await other.write('o-wang', 'canary-of-another')
  const theirs = await all({}, await other.token('lili'))
  assert.ok(theirs.length > 0)
  assert.ok(!JSON.stringify(await all({})).includes('canary-of-another'))
  assert.ok(!JSON.stringify(theirs).includes(day.conversationId))
})

const ports = {
  mediaOrigin: { recordLink: (_org: string, id: string) => ({ url: `http://media/${id}`, untilMs: 0 }) },
  pages: createPageMemory(),
}

async function compatible(page: CompatibleQuery['page'], more: Partial<CompatibleQuery> = {}) {
  const query: CompatibleQuery = {
    organizationId: day.org.id,
    accountId: day.org.accountId,
    fromMs: 0,
    toMs: 8e14,
    workerOf: (agentId) => `${agentId}@acme`,
    page,
    ...more,
  }
  return server.app.ground.database.withOrganization(day.org.id, (tx) => compatibleRecords(tx, ports, query))
}
const line = ({ opercode, text, worker }: { opercode: number; text: string; worker: string }) =>
  `${opercode} ${worker} ${text}`

test('getmsglist tells messages with 2002 and 2003, pictures as [image], and whom the agent was', async () => {
  const { recordlist, number, msgid } = await compatible({ form: 'getmsglist', msgid: 1, number: 10_000 })
  assert.deepEqual(recordlist.map(line), [
    '2003  什么时候发货？',
    '2002 lili@acme 明天 📦',
    '2002 lili@acme [image]',
    '2002  我是机器人',
    '2003 lili@acme 好的',
  ])
  assert.deepEqual([number, msgid], [5, recordlist.at(-1)?.msgid])
  assert.ok(recordlist.every(({ openid }) => openid === 'o-wang'))
  assert.ok(recordlist.every(({ time }) => Math.abs(time - Date.now() / 1000) < 600 && Number.isInteger(time)))
  const [, said, picture, bot] = recordlist
  assert.deepEqual(picture?.duoke.media?.[0]?.url, `http://media/${day.mediaId}`)
  assert.deepEqual(bot?.duoke.sender, { kind: 'app', id: 'bot' })
  assert.ok(said?.duoke.recalled_at && said.duoke.delivery && said.duoke.stint_id && said.duoke.session_id)
})

test('getmsglist pages behind the msgid it gave, and an empty page has number 0 and msgid 0', async () => {
  const whole = await compatible({ form: 'getmsglist', msgid: 1, number: 10_000 })
  const seen: string[] = []
  for (let msgid = 1; ; ) {
    const page = await compatible({ form: 'getmsglist', msgid, number: 2 })
    seen.push(...page.recordlist.map(line))
    if (page.number < 2) break
    msgid = page.msgid
  }
  assert.deepEqual(seen, whole.recordlist.map(line))
  const last = await compatible({ form: 'getmsglist', msgid: whole.msgid, number: 10 })
  assert.deepEqual(last, { recordlist: [], number: 0, msgid: 0 })
  const none = await compatible({ form: 'getmsglist', msgid: 1, number: 10 }, { accountId: 'another' })
  assert.equal(none.number, 0)
})

test('getrecord tells session changes with their opcodes too, by pages, for one customer when asked', async () => {
  const page = (pageindex: number, pagesize = 4) => compatible({ form: 'getrecord', pageindex, pagesize })
  const whole = await page(1, 1000)
  assert.deepEqual(whole.recordlist.map(line), [
    '1000  ',
    '2001  什么时候发货？',
    '1001 lili@acme ',
    '2002 lili@acme 明天 📦',
    '2002 lili@acme [image]',
    '2002  我是机器人',
    '2003 lili@acme 好的',
    '1003 wu@acme ',
    '1005 lili@acme ',
    '1004 lili@acme ',
    '1002 wu@acme ',
  ])
  const inOrder = (numbers: readonly number[]) => Promise.all(numbers.map((number) => page(number)))
  const cold = (await page(3)).recordlist.map(line)
  assert.deepEqual(cold, whole.recordlist.slice(8).map(line))
  assert.deepEqual(
    (await inOrder([1, 2, 3, 4])).flatMap(({ recordlist }) => recordlist.map(line)),
    whole.recordlist.map(line),
  )
  // A page that was not there yet begins where it should when it is.
  assert.equal((await page(3, 8)).number, 0)
  const one = await compatible({ form: 'getrecord', pageindex: 1, pagesize: 50 }, { openid: 'o-wang' })
  assert.equal(one.number, 11)
  const stranger = await compatible({ form: 'getrecord', pageindex: 1, pagesize: 50 }, { openid: 'o-nobody' })
  assert.deepEqual(stranger, { recordlist: [], number: 0, msgid: 0 })
})

test('a window of time keeps its beginning and leaves its end out', async () => {
  const { recordlist } = await compatible({ form: 'getmsglist', msgid: 1, number: 100 })
  const at = Date.parse(recordlist[2]?.duoke.at ?? '')
  const from = await compatible({ form: 'getmsglist', msgid: 1, number: 100 }, { fromMs: at })
  const to = await compatible({ form: 'getmsglist', msgid: 1, number: 100 }, { toMs: at })
  assert.deepEqual([...to.recordlist, ...from.recordlist].map(line), recordlist.map(line))
  assert.ok(from.recordlist.every(({ duoke }) => Date.parse(duoke.at) >= at))
})
