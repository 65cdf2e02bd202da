import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let timeMs = Date.UTC(2026, 9, 30, 15, 59)
let server: TestApp
before(async () => {
  server = await startTestApp({}, { batchTimeMs: () => timeMs })
})
after(() => server[Symbol.asyncDispose]())

async function stage() {
  const org = await server.organization({ agents: [{ id: 'ann', role: 'agent' }] })
  const token = await org.token('ann')
  const get = (path: string) => ask(server.url, `/v1/${path}`, { token })
  const find = async (text: string, more = '') => (await get(`messages?text=${encodeURIComponent(text)}${more}`)).body
  /** The index follows the log. */
  const findAtLast = async (text: string, count: number) => {
    for (let tries = 0; tries < 400; tries += 1) {
      const page = await find(text)
      if (page.items.length >= count) return page
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return find(text)
  }
  return { org, token, get, find, findAtLast }
}
const textsOf = ({ items }: Json): string[] => items.map(({ content }: Json) => content.text)

test('messages are found by all their words, newest first, in every conversation, page by page', async () => {
  const { org, find, findAtLast } = await stage()
  const first = await org.write('o1', '我要申请退款，订单 ABC-778')
  await org.write('o2', '怎么退货')
  await org.write('o2', '退款的申请提交了吗')
  const { items } = await findAtLast('退款 申请', 2)
  assert.deepEqual(textsOf({ items }), ['退款的申请提交了吗', '我要申请退款，订单 ABC-778'])
  assert.deepEqual([items[1].conversationId, items[1].direction, items[1].delivery], [first, 'in', undefined])
  const page = await find('退款', '&limit=1')
  assert.deepEqual(textsOf(page), ['退款的申请提交了吗'])
  const rest = await find('退款', `&limit=1&after=${page.next}`)
  assert.deepEqual(textsOf(rest), ['我要申请退款，订单 ABC-778'])
  assert.deepEqual(textsOf(await find('ａｂｃ 778')), ['我要申请退款，订单 ABC-778'])
  assert.deepEqual(await find('退款 退货'), { items: [], next: null })
})

test('within one conversation a single character is found too, and what was said a moment ago', async () => {
  const { org, find } = await stage()
  const id = await org.write('o1', '您好')
  await org.write('o2', '好')
  await org.write('o1', '好的')
  assert.deepEqual(textsOf(await find('好', `&conversation=${id}`)), ['好的', '您好'])
  assert.deepEqual(textsOf(await find('好', '&conversation=cv_none')), [])
})

test('what was taken back or erased is found no more', async () => {
  const { org, find } = await stage()
  const id = await org.write('o1', '身份证号一')
  await org.write('o1', '身份证号二')
  const [second, first] = (await find('身份证号', `&conversation=${id}`)).items
  const actor = { kind: 'customer', customerId: 'x' } as const
  const outcome = await server.app.ground.log.submit(
    org.id,
    { type: 'message.recall', actor, conversationId: id, messageId: second.id },
    { lane: 'pushes' },
  )
  assert.ok(outcome.accepted)
  assert.deepEqual(textsOf(await find('身份证号', `&conversation=${id}`)), ['身份证号一'])
  await server.app.ground.database.withOrganization(
    org.id,
    (tx) =>
      tx.query({
        text: 'update event set personal = null where org_id = $1 and position = $2',
        values: [org.id, first.position],
      }),
    { pool: 'log' },
  )
  assert.deepEqual(textsOf(await find('身份证号', `&conversation=${id}`)), [])
})

test('a list of messages begins at a position, and goes on to newer ones', async () => {
  const { org, get } = await stage()
  const id = await org.write('o1', '第 1 条')
  for (let index = 2; index <= 7; index += 1) await org.write('o1', `第 ${index} 条`)
  const all = (await get(`conversations/${id}/messages`)).body.items
  const list = async (query: string) => (await get(`conversations/${id}/messages?${query}`)).body
  const { position } = all[3]
  assert.deepEqual(textsOf(await list(`from=${position}&limit=2`)), ['第 4 条', '第 3 条'])
  const newer = await list(`from=${position + 1}&order=oldest&limit=2`)
  assert.deepEqual(textsOf(newer), ['第 5 条', '第 6 条'])
  const last = await list(`order=oldest&limit=2&after=${newer.next}`)
  assert.deepEqual([textsOf(last), last.next], [['第 7 条'], null])
  assert.deepEqual(textsOf(await list('from=0')), [])
  assert.deepEqual(textsOf(await list('order=oldest&limit=1')), ['第 1 条'])
})

test("the days of a conversation are those of the organization's clock, each with where it begins", async () => {
  const { org, get } = await stage()
  // Noon of the 31st in Shanghai is 04:00 in UTC; one minute to midnight and one after are two days there and one here.
  timeMs = Date.UTC(2026, 9, 31, 15, 59)
  const id = await org.write('o1', '还是十月')
  timeMs = Date.UTC(2026, 9, 31, 16, 1)
  await org.write('o1', '已经十一月')
  await org.write('o1', '还在')
  const days = async (query = '') => (await get(`conversations/${id}/days${query}`)).body
  const november = await days()
  assert.deepEqual(
    [november.timeZone, november.month, november.first, november.last],
    ['Asia/Shanghai', '2026-11', '2026-10-31', '2026-11-01'],
  )
  const [day] = november.days
  assert.deepEqual([november.days.length, day.day, day.messages], [1, '2026-11-01', 2])
  const [begins] = (await get(`conversations/${id}/messages?order=oldest&limit=1&from=${day.position}`)).body.items
  assert.equal(begins.content.text, '已经十一月')
  const october = await days('?month=2026-10')
  assert.deepEqual([october.days.length, october.days[0].day, october.days[0].messages], [1, '2026-10-31', 1])
  assert.deepEqual((await days('?month=2031-01')).days, [])
})

test('hostile: what is no search, no place and no month is refused with its field; what is no word finds nothing', async () => {
  const { org, get, find } = await stage()
  const id = await org.write('o1', '在吗')
  for (const path of [
    'messages',
    'messages?text=',
    `messages?text=${'x'.repeat(201)}`,
    'messages?text=x&limit=0',
    'messages?text=x&after=zzz',
    'messages?text=x&words=y',
    `conversations/${id}/messages?from=-1`,
    `conversations/${id}/messages?from=x`,
    `conversations/${id}/messages?order=random`,
    `conversations/${id}/days?month=2026-13`,
    `conversations/${id}/days?month=0000-01`,
    `conversations/${id}/days?month=2026-1`,
  ]) {
    const answer = await get(path)
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], path)
  }
  for (const text of ["%_'", '😀', '　', '\\', '"', 'a'.repeat(200)]) {
    assert.deepEqual((await find(text)).items, [], text)
    assert.deepEqual((await find(text, `&conversation=${id}`)).items, [], text)
  }
  assert.equal((await get('conversations/cv_none/days')).status, 404)
})
