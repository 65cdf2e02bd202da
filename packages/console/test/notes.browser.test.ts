import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { writeNote } from './support/fake-notes.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

const notedIn = ({ world }: Awaited<ReturnType<Stage['serve']>>) =>
  world.events.flatMap((event) => (event.type === 'conversation.noted' ? [event] : []))

test('A note is written by keyboard with a colleague mentioned, looks like no answer, and is never sent to the customer', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('m')
  const field = desk.page.getByRole('textbox', { name: '关于 陈晓 的备注' })
  await field.pressSequentially('请 @wan')
  const colleagues = desk.page.getByRole('listbox', { name: '提及同事' })
  await colleagues.getByRole('option', { name: /wang/ }).waitFor()
  assert.deepEqual(await desk.violations(), [])
  await field.press('Enter')
  assert.match(await field.inputValue(), /^请 @王强 $/)
  await field.pressSequentially('看一下')
  await field.press('Enter')
  await desk.thread.getByText('莉莉的备注').waitFor()
  await desk.thread.locator('strong', { hasText: '@王强' }).waitFor()
  const [noted] = notedIn(server)
  assert.deepEqual([noted?.personal?.text, noted?.facts.mentions], ['请 @王强 看一下', ['wang']])
  assert.equal(server.requests.filter((line) => line === 'POST /v1/conversations/cv_1/messages').length, 0)
  assert.equal(await field.inputValue(), '')
  await field.press('Escape')
  await desk.page.keyboard.press('m')
  await desk.composer.waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('Enter belongs to the input method while it composes, and Escape leaves the letters of a name as they are', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_3', width: 390, height: 844 })
  // A colleague holds it: a note may be written all the same.
  await desk.button('写备注').click()
  const field = desk.page.getByRole('textbox', { name: /的备注$/ })
  await field.waitFor()
  const devtools = await desk.context.newCDPSession(desk.page)
  await devtools.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 })
  await field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true })
  assert.equal(notedIn(server).length, 0)
  await devtools.send('Input.insertText', { text: '你好' })
  await field.pressSequentially(' @')
  await desk.page.getByRole('listbox', { name: '提及同事' }).waitFor()
  assert.equal(await desk.scrollsSideways(), false)
  await field.press('Escape')
  await desk.page.getByRole('listbox', { name: '提及同事' }).waitFor({ state: 'detached' })
  await field.press('Enter')
  await until(() => notedIn(server).length === 1)
  assert.deepEqual([notedIn(server)[0]?.personal?.text, notedIn(server)[0]?.facts.mentions], ['你好 @', []])
  // What is half written stays over a reload.
  await field.fill('还没写完')
  await desk.page.reload()
  await desk.button('写备注').click()
  assert.equal(await field.inputValue(), '还没写完')
  desk.assertNoTroubles()
})

test('Who is mentioned is told with a mark, opens the list by key, is led to the note, and it is seen then', async () => {
  await using server = await stage.serve()
  const { world } = server
  writeNote(world, 'cv_7', { text: '@莉莉 早些时候', mentions: ['lili'] }, 'wang')
  await using desk = await stage.open(server)
  await desk.button('提到我的备注（1 条未看）').waitFor()
  writeNote(world, 'cv_3', { text: '@莉莉 报价要改', mentions: ['lili'] }, 'wang')
  await desk.button('提到我的备注（2 条未看）').waitFor()
  await desk.page.getByText('有同事在备注中提到你').waitFor()
  await desk.page.keyboard.press('a')
  const dialog = desk.page.getByRole('dialog', { name: '提到我的备注' })
  await dialog.getByText('报价要改').waitFor()
  assert.deepEqual(await desk.violations(), [])
  await desk.page.locator('button[aria-label="提到我的备注"]').waitFor()
  await dialog.getByRole('button', { name: /报价要改/ }).press('Enter')
  await desk.thread.getByText('王强的备注').waitFor()
  // What is before one's eyes is seen at once.
  writeNote(world, 'cv_3', { text: '@莉莉 再看一次', mentions: ['lili'] }, 'wang')
  await desk.thread.getByText('再看一次').waitFor()
  await until(() => server.requests.filter((line) => line === 'POST /v1/me/mentions/seen').length >= 2)
  assert.equal(await desk.page.locator('button[aria-label="提到我的备注"]').count(), 1)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('U1 Hostile: names of colleagues are letters in the menu, in the note and in the list (I-6)', async () => {
  await using server = await stage.serve()
  const { world } = server
  const name = '<img src=x onerror=pwned=1>'
  world.agents.set('evil', { ...world.agent('wang'), id: 'evil', nickname: name })
  world.agents.set('twin', { ...world.agent('wang'), id: 'twin', nickname: '王强' })
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.button('写备注').click()
  const field = desk.page.getByRole('textbox', { name: /的备注$/ })
  await field.pressSequentially('@evil')
  await desk.page.getByRole('option', { name: /evil/ }).click()
  await field.pressSequentially('@twin')
  await field.press('Tab')
  assert.equal(await field.inputValue(), `@${name} @王强 `)
  await field.press('Enter')
  await desk.thread.locator('strong', { hasText: name }).waitFor()
  assert.deepEqual(notedIn(server)[0]?.facts.mentions, ['evil', 'twin'], 'of two with one name, the one who was chosen')
  writeNote(world, 'cv_2', { text: `@莉莉 ${name}`, mentions: ['lili'] }, 'evil')
  await desk.button('提到我的备注（1 条未看）').click()
  await desk.page.getByRole('dialog').getByText(name).first().waitFor()
  assert.equal(await desk.page.locator('img[onerror]').count(), 0)
  assert.equal(await desk.page.evaluate(() => 'pwned' in globalThis), false)
  desk.assertNoTroubles()
})

test('A note that was not saved stays in its field, and is written once when one tries again', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.button('写备注').click()
  const field = desk.page.getByRole('textbox', { name: /的备注$/ })
  server.down = true
  await field.fill('重要')
  await field.press('Enter')
  await desk.page
    .getByText(/服务器|稍后|重试/)
    .first()
    .waitFor({ timeout: 30_000 })
  assert.equal(await field.inputValue(), '重要')
  server.down = false
  await until(async () => {
    await field.press('Enter')
    return notedIn(server).length === 1
  })
  await until(async () => (await field.inputValue()) === '')
  assert.equal(notedIn(server).length, 1)
})
