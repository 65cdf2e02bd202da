import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('What is half written on one screen is there on another, and gone from both when it was sent', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.fill('您好，我查一下')
  await until(() => server.world.drafts.get('cv_1')?.text === '您好，我查一下')
  await using phone = await stage.open(server, {
    path: '#/c/cv_1',
    width: 390,
    height: 844,
    theme: 'dark',
    locale: 'en',
  })
  await until(async () => (await phone.composer.inputValue()) === '您好，我查一下')
  await phone.composer.press('Enter')
  await until(() => server.world.drafts.get('cv_1')?.text === '')
  await desk.page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await until(async () => (await desk.composer.inputValue()) === '')
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
  phone.assertNoTroubles()
})

test('A draft from elsewhere never comes between the letters of who types, nor between those of an input method', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.click()
  const devtools = await desk.context.newCDPSession(desk.page)
  await devtools.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 })
  world.drafts.set('cv_1', { text: '别处写的', version: 9 })
  await desk.page.evaluate(() => window.dispatchEvent(new Event('focus')))
  await desk.page.waitForTimeout(300)
  await devtools.send('Input.insertText', { text: '你好' })
  assert.equal(await desk.composer.inputValue(), '你好')
  await until(() => world.drafts.get('cv_1')?.text === '你好')
  assert.ok((world.drafts.get('cv_1')?.version ?? 0) > 9, 'the other screen takes it')
})

test('What is written without a network stays, over a reload too, and goes out when it is back', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  server.down = true
  server.cut()
  await desk.composer.fill('断网时写的')
  await desk.page.waitForTimeout(1_200)
  assert.equal(server.world.drafts.get('cv_1'), undefined)
  server.down = false
  await desk.page.reload()
  await until(async () => (await desk.composer.inputValue()) === '断网时写的')
  await until(() => server.world.drafts.get('cv_1')?.text === '断网时写的')
})
