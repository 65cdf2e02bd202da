import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ConsolePage } from './support/console-page.ts'
import type { FakeServer } from './support/fake-server.ts'
import { hadSaid } from './support/fake-session.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

/** Far more than a page, with words here and there. */
function longTalk({ world }: FakeServer): void {
  for (let index = 0; index < 600; index += 1) {
    hadSaid(world, 'cv_2', index % 200 === 50 ? `第 ${index} 条：退款申请到哪一步了` : `第 ${index} 条`)
  }
}

/** What the browser paints as found. */
const marked = ({ page }: ConsolePage): Promise<string[]> =>
  page.evaluate(() => [...(CSS.highlights.get('found') ?? [])].map((range) => String(range)))

/** The row that one was led to is whole in the view. */
const isInView = ({ thread }: ConsolePage, words: string): Promise<boolean> =>
  thread.evaluate((log, text) => {
    const row = log.querySelector('[data-found]')
    if (row?.textContent?.includes(text) !== true) return false
    const [box, frame] = [row.getBoundingClientRect(), log.getBoundingClientRect()]
    return box.top >= frame.top && box.bottom <= frame.bottom
  }, words)

const messageRequests = ({ requests }: FakeServer) => requests.filter((line) => line.endsWith('/messages')).length

test('Words are found in a long thread by keyboard: marked, in view, one place after the other, and back to the newest', async () => {
  await using server = await stage.serve()
  longTalk(server)
  await using desk = await stage.open(server, { path: '#/c/cv_2' })
  await desk.thread.getByText('第 599 条').waitFor()
  await desk.page.getByRole('heading', { name: '晴朗的海豚' }).click()
  await desk.page.keyboard.press('f')
  const field = desk.page.getByRole('textbox', { name: '在这个对话中查找' })
  await field.fill('申请 退款')
  await desk.page.getByRole('status').getByText('1 / 3').waitFor()
  await until(() => isInView(desk, '第 450 条'))
  await until(async () => (await marked(desk)).join() === '退款,申请')
  const before = messageRequests(server)
  await field.press('Enter')
  await desk.page.getByRole('status').getByText('2 / 3').waitFor()
  await until(() => isInView(desk, '第 250 条'))
  assert.ok(messageRequests(server) - before <= 4, 'what lies between is not read')
  assert.equal(await desk.thread.getByText('第 599 条').count(), 0)
  await field.press('Enter')
  await until(() => isInView(desk, '第 50 条'))
  await field.press('Shift+Enter')
  await until(() => isInView(desk, '第 250 条'))
  assert.deepEqual(await desk.violations(), [])

  // Further down from there, until the island has grown together with the newest messages, nothing jumps.
  await desk.button('最新消息').click()
  await desk.thread.getByText('第 599 条').waitFor()
  await field.press('Escape')
  await field.waitFor({ state: 'detached' })
  assert.deepEqual(await marked(desk), [])
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('From a place far up one scrolls on to the newest message without a gap, and what arrives then is shown', async () => {
  await using server = await stage.serve()
  longTalk(server)
  await using desk = await stage.open(server, { path: '#/c/cv_2' })
  await desk.thread.getByText('第 599 条').waitFor()
  await desk.page.getByRole('heading', { name: '晴朗的海豚' }).click()
  await desk.page.keyboard.press('f')
  await desk.page.getByRole('textbox', { name: '在这个对话中查找' }).fill('第 400')
  await until(() => isInView(desk, '第 400 条'))
  const seen = new Set<number>()
  await until(async () => {
    const numbers = await desk.thread.evaluate((log) => {
      const rows = [...log.querySelectorAll('[data-index]')].map(
        (row) => /第 (\d+) 条/.exec(row.textContent ?? '')?.[1],
      )
      log.scrollBy(0, 300)
      return rows.flatMap((text) => (text === undefined ? [] : [Number(text)]))
    })
    for (const number of numbers) seen.add(number)
    return seen.has(599)
  })
  for (let number = 400; number < 600; number += 1) assert.ok(seen.has(number), `第 ${number} 条 is missing`)
  server.world.receive('cv_2', { type: 'text', text: '刚刚说的' })
  await desk.thread.evaluate((log) => log.scrollTo(0, log.scrollHeight))
  await desk.thread.getByText('刚刚说的').waitFor()
  desk.assertNoTroubles()
})

test('What is sent while one reads far up is seen at the end, and what is far up is not marked as read', async () => {
  await using server = await stage.serve()
  longTalk(server)
  await using desk = await stage.open(server, { path: '#/c/cv_2' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '晴朗的海豚' }).click()
  await desk.page.keyboard.press('f')
  await desk.page.getByRole('textbox', { name: '在这个对话中查找' }).fill('第 100')
  await until(() => isInView(desk, '第 100 条'))
  const reads = () => server.requests.filter((line) => line.endsWith('/read')).length
  const before = reads()
  server.world.receive('cv_2', { type: 'text', text: '还在吗' })
  await desk.page.waitForTimeout(300)
  assert.equal(reads(), before)
  await desk.say('在的')
  await desk.thread.getByText('在的', { exact: true }).waitFor()
  await desk.thread.getByText('还在吗').waitFor()
  await until(() => reads() > before)
  desk.assertNoTroubles()
})

test('Words are found in all conversations, and lead to the place in the thread, with the words at hand there', async () => {
  await using server = await stage.serve()
  longTalk(server)
  server.world.conversations.delete('cv_8')
  await using desk = await stage.open(server)
  await desk.tab(/我的/).waitFor()
  await desk.page.keyboard.press('g')
  const dialog = desk.page.getByRole('dialog', { name: '搜索全部消息' })
  await dialog.getByRole('textbox').fill('水箱')
  await dialog.getByText('陈晓').first().waitFor()
  assert.equal((await dialog.locator('mark', { hasText: '水箱' }).count()) >= 2, true)
  await dialog.getByRole('textbox').fill('退款')
  await dialog.getByText('第 450 条').waitFor()
  assert.deepEqual(await desk.violations(), [])
  await dialog.getByRole('textbox').press('ArrowDown')
  await desk.page.keyboard.press('ArrowDown')
  await desk.page.keyboard.press('Enter')
  await until(() => isInView(desk, '第 250 条'))
  assert.equal(await desk.page.getByRole('textbox', { name: '在这个对话中查找' }).inputValue(), '退款')
  await until(async () => (await marked(desk)).includes('退款'))
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('A date is chosen on a calendar of the organization’s days, and the thread begins there', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1', width: 390, height: 844 })
  await desk.composer.waitFor()
  await desk.button('客户资料').click()
  await desk.page.getByRole('dialog').getByRole('button', { name: '查找聊天记录' }).click()
  await desk.button('跳转到日期').click()
  const dialog = desk.page.getByRole('dialog', { name: '跳转到日期' })
  const days = dialog.getByRole('button', { name: /条消息$/ })
  await days.first().waitFor()
  assert.deepEqual(await desk.violations(), [])
  assert.equal(await desk.scrollsSideways(), false)
  // The example began 26 hours ago: on another day, perhaps of another month.
  while (!(await dialog.getByRole('button', { name: '上个月' }).isDisabled())) {
    await dialog.getByRole('button', { name: '上个月' }).click()
    await desk.page.waitForTimeout(100)
  }
  await days.first().press('Enter')
  await until(() => isInView(desk, '关注'))
  desk.assertNoTroubles()
})

test('Hostile: half composed words are not searched, a slow answer never replaces a newer one, a failure is said', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('f')
  const field = desk.page.getByRole('textbox', { name: '在这个对话中查找' })
  await field.waitFor()
  const searches = () => server.requests.filter((line) => line === 'GET /v1/messages').length
  const devtools = await desk.context.newCDPSession(desk.page)
  await field.focus()
  await devtools.send('Input.imeSetComposition', { text: 'shui xiang', selectionStart: 10, selectionEnd: 10 })
  await desk.page.waitForTimeout(500)
  assert.equal(searches(), 0)
  await devtools.send('Input.insertText', { text: '水箱' })
  await desk.page.getByRole('status').getByText('1 / ').waitFor()
  await field.fill('<img src=x onerror=alert(1)>')
  await desk.page.getByRole('status').getByText('没有找到').waitFor()
  server.down = true
  await field.fill('密封圈')
  await desk.page.getByRole('status').getByText('查找失败').waitFor({ timeout: 20_000 })
  server.down = false
  desk.assertNoTroubles()
})
