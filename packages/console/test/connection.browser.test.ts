import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

const text = (words: string) => ({ type: 'text', text: words }) as const

test('A lost connection is told, and what happened meanwhile arrives once without a reload (F74)', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  server.down = true
  server.cut()
  for (let index = 1; index <= 5; index += 1) world.receive('cv_1', text(`断线期间第 ${index} 条`))
  world.arrive('cv_9', '新来的客户')
  world.receive('cv_9', text('有人吗'))
  await desk.page.getByText('连接已断开，正在自动重连，消息不会丢失。').waitFor()
  server.down = false
  await desk.page.getByText('连接已断开').waitFor({ state: 'detached' })
  for (let index = 1; index <= 5; index += 1) {
    assert.equal(await desk.thread.getByText(`断线期间第 ${index} 条`).count(), 1)
  }
  await desk.tab(/待接入/).click()
  await desk.row('新来的客户').waitFor()
  desk.assertNoTroubles()
})

test('Drops at any moment lose and repeat nothing on the page (F73, F74)', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  const said: string[] = []
  for (let round = 0; round < 12; round += 1) {
    for (let index = 0; index < round % 4; index += 1) {
      said.push(`第 ${round}-${index} 条`)
      world.receive('cv_1', text(`第 ${round}-${index} 条`))
    }
    if (round % 3 === 0) server.cut()
    if (round % 5 === 0) {
      // The browser says that the network is back, as it does after sleep.
      await desk.page.evaluate(() => window.dispatchEvent(new Event('online')))
    }
    await desk.page.waitForTimeout(40 * (round % 4))
  }
  await desk.thread.getByText(said.at(-1) ?? '').waitFor()
  const shown = await desk.thread.locator('[data-index]').allInnerTexts()
  const order = shown.map((line) => line.trim()).filter((line) => /^第 \d+-\d+ 条$/.test(line))
  assert.deepEqual(order, said.slice(-order.length))
  assert.ok(order.length >= 8, `${order.length} of ${said.length} are in the page`)
})

test('Events that the socket never brought are read up when the row is ahead of the thread', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/c/cv_3' })
  await desk.thread.getByText('报价单已经发您邮箱。').waitFor()
  // A colleague's conversation, and the server has not heard yet that we watch it: only the list changes.
  const tell = world.onChange
  world.onChange = (event, conversation) => {
    if (conversation === undefined) return
    server.send({ type: 'list', cursor: event.cursor, conversations: [conversation], counts: { waiting: 0, mine: 0 } })
  }
  world.receive('cv_3', text('收到，我看看'))
  await desk.thread.getByText('收到，我看看').waitFor()
  world.onChange = tell
})

test('A sign-in that was ended elsewhere leads to the sign-in page and keeps the draft', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.fill('还没写完')
  server.signedIn = false
  server.cut(4410)
  await desk.page.getByText('登录已结束，请重新登录').waitFor()
  await desk.page.getByLabel('客服编号').fill('lili')
  await desk.page.getByLabel('密码').fill('correct horse')
  await desk.button('登录').click()
  await desk.composer.waitFor()
  assert.equal(await desk.composer.inputValue(), '还没写完')
})

test('A server that cannot be reached at first is tried again by itself', async () => {
  await using server = await stage.serve()
  server.down = true
  await using desk = await stage.open(server)
  await desk.page.getByText('连接不上服务器').waitFor()
  server.down = false
  await desk.tab(/我的/).waitFor()
})

test('A customer who begins to wait is announced when nobody looks, in words and with the name', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server)
  // From the first lists on, news make noise.
  await desk.tab(/全部/).click()
  for (const customer of ['周末愉快', '王建国', '勤快的松鼠']) await desk.row(customer).waitFor()
  await desk.page.evaluate(() => {
    const shown: string[] = []
    class Told {
      static permission = 'granted'
      static requestPermission = () => Promise.resolve('granted')
      onclick: (() => void) | null = null
      constructor(title: string, { body }: { body: string }) {
        shown.push(`${title}|${body}`)
      }
      close() {}
    }
    Object.assign(globalThis, { Notification: Told, shown })
    document.hasFocus = () => false
  })
  world.arrive('cv_9', '新来的客户')
  world.receive('cv_9', text('[微笑]有人吗'))
  world.receive('cv_1', text('还在吗'))
  const shown = () => desk.page.evaluate(() => (globalThis as unknown as { shown: string[] }).shown)
  await until(async () => (await shown()).length === 2)
  assert.deepEqual(await shown(), ['有客户在等待接入|新来的客户：🙂有人吗', '客户发来新消息|陈晓：还在吗'])
})

test('A page that was opened without a network appears when it is back, and nothing else is lost', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.fill('还没写完')
  await desk.context.setOffline(true)
  const failed = desk.page.waitForEvent('requestfailed', (request) => request.url().includes('manage-pages'))
  await desk.page.evaluate(() => {
    window.location.hash = '#/agents'
  })
  await failed
  await desk.page.getByRole('status', { name: '正在打开' }).waitFor()
  await desk.context.setOffline(false)
  await desk.page.getByRole('heading', { name: '客服', exact: true }).waitFor()
  await desk.page.goBack()
  await desk.composer.waitFor()
  assert.equal(await desk.composer.inputValue(), '还没写完')
  desk.assertNoTroubles()
})
