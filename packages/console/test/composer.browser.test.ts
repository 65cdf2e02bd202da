import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

const thread = { path: '#/c/cv_1' }
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('Enter that ends a Chinese composition never sends; the next one does', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  const sent = () => server.requests.filter((line) => line.endsWith('/messages') && line.startsWith('POST')).length
  await desk.composer.click()
  const devtools = await desk.context.newCDPSession(desk.page)
  await devtools.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 })
  // While the input method is at work, the browser tells every key as 229.
  await devtools.send('Input.dispatchKeyEvent', {
    type: 'rawKeyDown',
    windowsVirtualKeyCode: 229,
    key: 'Enter',
    code: 'Enter',
  })
  await devtools.send('Input.insertText', { text: '你好' })
  assert.equal(await desk.composer.inputValue(), '你好')
  assert.equal(sent(), 0)
  await desk.page.waitForTimeout(60)
  await desk.composer.press('Enter')
  await desk.thread.getByText('你好', { exact: true }).waitFor()
  assert.equal(sent(), 1)
})

test('A draft survives another conversation, a reload and a second tab', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.composer.fill('写了一半\n第二行')
  await desk.row('晴朗的海豚').click()
  await desk.page.getByRole('heading', { name: '晴朗的海豚 4821' }).waitFor()
  assert.equal(await desk.composer.inputValue(), '')
  await desk.row('陈晓').click()
  await desk.page.getByRole('heading', { name: '陈晓' }).waitFor()
  assert.equal(await desk.composer.inputValue(), '写了一半\n第二行')
  await desk.page.reload()
  await desk.composer.waitFor()
  assert.equal(await desk.composer.inputValue(), '写了一半\n第二行')
  await desk.say('写完了')
  await desk.thread.getByText('写完了').waitFor()
  await desk.page.reload()
  await desk.composer.waitFor()
  assert.equal(await desk.composer.inputValue(), '')
})

test('What WeChat allows is told before writing, and why when it allows nothing', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, thread)
  await desk.page.getByText('还可发送 5 条').waitFor()
  await desk.say('第一条')
  await desk.page.getByText('还可发送 4 条').waitFor()
  const { quota } = world.conversation('cv_1')
  world.change('cv_1', { quota: { ...quota, remaining: 0 } })
  world.setStatus('wang', 'away')
  world.receiveNothing('cv_1')
  await desk.page.getByText('微信允许的回复条数已用完').waitFor()
  world.change('cv_1', { quota: { ...quota, expiresAt: world.at(-1_000) } })
  world.receiveNothing('cv_1')
  await desk.page.getByText('客户最后一次互动后 48 小时').waitFor()
  assert.equal(await desk.composer.count(), 0)
})

test('A text that is too long for WeChat is stopped with its measure', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.composer.fill('好'.repeat(683))
  await desk.page.getByText('太长：2049 / 2048 字节').waitFor()
  assert.equal(await desk.button('发送').isDisabled(), true)
  await desk.composer.press('Enter')
  assert.equal(await desk.composer.inputValue(), '好'.repeat(683))
})

test('An answer that WeChat refused says why, one without an answer may have arrived (F03)', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, thread)
  await desk.composer.waitFor()
  world.nextOutcome = 'refused'
  world.nextCode = 45015
  await desk.say('还在吗')
  await desk.page.getByText('超过 48 小时，不能主动回复（45015）').waitFor()
  world.nextOutcome = 'unknown'
  await desk.say('第二次')
  const row = desk.thread.locator('[data-index]').filter({ hasText: '第二次' })
  await row.getByText('微信没有应答，可能已送达').waitFor()
  await row.getByRole('button', { name: '重新发送' }).click()
  await desk.page.getByText('客户可能已经收到').waitFor()
  await desk.page.getByRole('dialog').getByRole('button', { name: '重新发送' }).click()
  await until(
    () =>
      (world.messages.get('cv_1') ?? []).filter(({ content }) => content?.type === 'text' && content.text === '第二次')
        .length === 2,
  )
  const twice = (world.messages.get('cv_1') ?? []).filter(
    ({ content }) => content?.type === 'text' && content.text === '第二次',
  )
  assert.notEqual(twice[0]?.clientId, twice[1]?.clientId)
})

test('An answer without a server is kept, and trying again sends it once', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.composer.waitFor()
  // The server takes it, but its answer never comes back, and the stream is away as well.
  let attempts = 0
  await desk.page.route('**/messages', async (route) => {
    if (route.request().method() !== 'POST' || attempts === 3) return route.continue()
    attempts += 1
    if (attempts === 1) await route.fetch()
    return route.abort()
  })
  server.deaf = true
  server.cut()
  await desk.say('只能收到一次')
  await desk.page.getByText('没有收到服务器的应答').waitFor()
  const inLog = () =>
    (server.world.messages.get('cv_1') ?? []).filter(
      ({ content }) => content?.type === 'text' && content.text === '只能收到一次',
    ).length
  assert.equal(inLog(), 1)
  await desk.thread
    .locator('[data-index]')
    .filter({ hasText: '只能收到一次' })
    .getByRole('button', { name: '重新发送' })
    .click()
  await desk.page.getByText('没有收到服务器的应答').waitFor({ state: 'detached' })
  server.deaf = false
  assert.equal(inLog(), 1)
  assert.equal(await desk.thread.getByText('只能收到一次').count(), 1)
})

test('A refused answer stays with its reason and can be given up', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.thread.getByText('装好了').waitFor()
  const conversation = server.world.conversation('cv_1')
  server.world.conversations.set('cv_1', { ...conversation, assignee: 'wang' })
  await desk.say('晚了一步')
  await desk.page.getByText('你没有接待该对话。').waitFor()
  await desk.button('放弃').click()
  await desk.thread.getByText('晚了一步').waitFor({ state: 'detached' })
})

test('An image is pasted, seen before it goes, taken back or sent', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.composer.click()
  const paste = () =>
    desk.page.evaluate((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([bytes], '截图.png', { type: 'image/png' }))
      document.activeElement?.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      )
    }, pixel)
  await paste()
  await desk.page.getByRole('img', { name: '截图.png' }).waitFor()
  await desk.button('移除 截图.png').click()
  assert.equal(await desk.page.getByRole('img', { name: '截图.png' }).count(), 0)
  await desk.composer.click()
  await paste()
  await desk.composer.fill('看这里')
  await desk.composer.press('Enter')
  await desk.thread.getByText('看这里').waitFor()
  const last = (server.world.messages.get('cv_1') ?? []).slice(-2).map(({ content }) => content?.type)
  assert.deepEqual(last, ['image', 'text'])
  assert.deepEqual([...(server.world.media.get('md_2')?.bytes ?? [])].slice(1, 4), [0x50, 0x4e, 0x47])
  desk.assertNoTroubles()
})

test('An image opens large, and the focus comes back', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.button('查看图片').last().click()
  await desk.page.getByRole('dialog', { name: '查看图片' }).waitFor()
  await desk.button('放大').click()
  await desk.page.keyboard.press('Escape')
  await desk.page.getByRole('dialog').waitFor({ state: 'detached' })
  assert.equal(await desk.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), '查看图片')
})

test('An emoji is put where the cursor stands', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, thread)
  await desk.composer.fill('好的谢谢')
  await desk.composer.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(2, 2))
  await desk.button('表情').click()
  await desk.button('强').click()
  await until(async () => (await desk.composer.inputValue()) === '好的[强]谢谢')
  await desk.page.keyboard.type('！')
  assert.equal(await desk.composer.inputValue(), '好的[强]！谢谢')
})
