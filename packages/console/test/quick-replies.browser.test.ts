import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

const thread = { path: '#/c/cv_1' }
const said = (server: { world: { messages: Map<string, { content: unknown }[]> } }) =>
  (server.world.messages.get('cv_1') ?? []).map(({ content }) => content)

test('A slash, two initials and Enter write a quick reply; Enter sends it, and it is counted', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  const menu = desk.page.getByRole('listbox', { name: '快捷回复' })
  await desk.composer.pressSequentially('/wh')
  await menu.getByRole('option', { name: /问候/ }).waitFor()
  await desk.composer.press('Enter')
  assert.equal(await desk.composer.inputValue(), '陈晓您好，我是莉莉，很高兴为您服务。')
  assert.equal(await menu.count(), 0)
  await desk.composer.press('Enter')
  await desk.thread.getByText('陈晓您好，我是莉莉').waitFor()
  assert.deepEqual(server.world.begunWith, ['qr_1'])
  await desk.say('手写的')
  await desk.thread.getByText('手写的').waitFor()
  assert.deepEqual(server.world.begunWith, ['qr_1'], 'what is written by hand counts for none')
  desk.assertNoTroubles()
})

test('Several messages with a picture are seen before they go, and go in their order', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  const before = said(server).length
  await desk.composer.pressSequentially('/az')
  await desk.composer.press('Tab')
  const tray = desk.page.getByRole('list', { name: '待发送' })
  await tray.getByRole('img').waitFor()
  assert.equal(await desk.composer.inputValue(), '请对照图片检查密封圈。')
  await desk.composer.pressSequentially('\n/thd')
  await desk.composer.press('Enter')
  await tray.getByText('退货请寄').waitFor()
  await desk.composer.press('Enter')
  await until(() => said(server).length === before + 4)
  assert.deepEqual(said(server).slice(before), [
    { type: 'image', mediaId: 'md_1' },
    { type: 'text', text: '请对照图片检查密封圈。' },
    { type: 'text', text: '退货请寄：杭州市西湖区龙井路 1 号' },
    { type: 'text', text: '寄出后请把单号发给我。' },
  ])
  assert.equal(await tray.count(), 0)
  desk.assertNoTroubles()
})

test('The list is moved in by arrows, closed by Escape, and stays away from emoji codes and from the middle of lines', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  const menu = desk.page.getByRole('listbox', { name: '快捷回复' })
  const active = () => menu.getByRole('option', { selected: true }).innerText()
  await desk.composer.pressSequentially('/th')
  assert.match(await active(), /退货地址/)
  await desk.composer.press('ArrowDown')
  assert.match(await active(), /退换政策/)
  await desk.composer.press('ArrowDown')
  assert.match(await active(), /退货地址/)
  await desk.composer.press('Escape')
  assert.equal(await menu.count(), 0)
  assert.equal(await desk.composer.inputValue(), '/th', 'and what was typed stays')
  for (const text of ['/::D', '您好/th', '/th ']) {
    await desk.composer.fill('')
    await desk.composer.pressSequentially(text)
    assert.equal(await menu.count(), 0, text)
  }
  await desk.button('快捷回复').click()
  await menu.waitFor()
  assert.equal(await desk.composer.inputValue(), '/th \n/')
  assert.deepEqual(await desk.violations(), [])
  desk.assertNoTroubles()
})

test('The list of 2,000 is there within 50 ms of the key', async () => {
  await using server = await stage.serve()
  const [sample] = server.world.quickReplies
  assert.ok(sample !== undefined)
  for (let index = 0; index < 2_000; index += 1) {
    server.world.quickReplies.push({
      ...sample,
      id: `qr_many_${index}`,
      title: `第 ${index} 条`,
      pinyin: `di ${index} tiao`,
    })
  }
  await using desk = await stage.open(server, thread)
  await desk.composer.click()
  await desk.page.waitForTimeout(300)
  const times: number[] = []
  for (let round = 0; round < 5; round += 1) {
    await desk.composer.fill('')
    const shown = desk.page.evaluate(
      () =>
        new Promise<number>((done) => {
          let from = 0
          window.addEventListener('keydown', () => (from = performance.now()), { once: true, capture: true })
          new MutationObserver((_, observer) => {
            if (document.querySelector('[role=listbox] [role=option]') === null) return
            observer.disconnect()
            requestAnimationFrame(() => done(performance.now() - from))
          }).observe(document.body, { childList: true, subtree: true })
        }),
    )
    await desk.composer.press('/')
    times.push(await shown)
  }
  // The quickest is what the console needs by itself; the others also wait for whatever else the machine does.
  assert.ok(Math.min(...times) <= 50, `shown after ${times.map(Math.round).join(', ')} ms`)
})

test('Quick replies are made, changed and removed on their page, and whoever may not keep one cannot touch it', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/quick-replies' })
  await desk.button('新建').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('标题').fill('营业时间')
  await dialog.getByRole('textbox', { name: '第 1 条消息' }).fill('每天 9:00 到 21:00')
  await dialog.getByRole('button', { name: '保存' }).click()
  await desk.page.getByText('每天 9:00 到 21:00').waitFor()
  assert.deepEqual(world.quickReplies.at(-1)?.owner, { kind: 'agent', agentId: 'lili' })
  await desk.button('修改 营业时间').click()
  await dialog.getByRole('textbox', { name: '第 1 条消息' }).fill('全天')
  await dialog.getByRole('button', { name: '保存' }).click()
  await desk.page.getByText('全天', { exact: true }).waitFor()
  await desk.button('删除 营业时间').click()
  await dialog.getByRole('button', { name: '删除' }).click()
  await until(() => world.quickReplies.length === 5)
  await until(async () => (await desk.page.getByText('营业时间').count()) === 0)
  world.quickReplies.push({
    ...(world.quickReplies[0] as (typeof world.quickReplies)[0]),
    id: 'qr_9',
    title: '别人的',
    owner: { kind: 'agent', agentId: 'wang' },
  })
  await desk.page.reload()
  await desk.page.getByText('别人的').waitFor()
  assert.equal(await desk.button('修改 别人的').isDisabled(), true)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('A table is imported after it was told what it holds, and one with a fault is not', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/quick-replies' })
  await desk.button('导入').click()
  const dialog = desk.page.getByRole('dialog')
  const take = (csv: string) =>
    dialog.locator('input[type=file]').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
  await take('售前,,您好')
  await dialog.getByText('第 1 行没有标题').waitFor()
  assert.equal(await dialog.getByRole('button', { name: '导入' }).isDisabled(), true)
  await take('分组,标题,内容\n售前,优惠,满 300 减 40\n,再见,"再见，\n祝您愉快"')
  await dialog.getByText('将导入 2 条').waitFor()
  await dialog.getByRole('button', { name: '导入' }).click()
  await desk.page.getByText('满 300 减 40').waitFor()
  assert.deepEqual(server.world.quickReplies.at(-1)?.parts, [{ type: 'text', text: '再见，\n祝您愉快' }])
  desk.assertNoTroubles()
})
