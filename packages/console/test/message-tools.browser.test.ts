import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('A message is copied and quoted by keyboard; the quote stands before what is written', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await desk.composer.fill('已经安排了')
  const message = desk.thread.locator('.group', { hasText: '水箱这里一直在漏水' })
  await message.getByRole('button', { name: '复制' }).press('Enter')
  await desk.page.getByText('已复制').waitFor()
  assert.equal(await desk.page.evaluate(() => navigator.clipboard.readText()), '水箱这里一直在漏水')
  await message.getByRole('button', { name: '引用' }).press('Enter')
  assert.equal(
    await desk.composer.inputValue(),
    '「陈晓：水箱这里一直在漏水」\n- - - - - - - - - - - - - - -\n已经安排了',
  )
  assert.equal(await desk.composer.evaluate((field) => document.activeElement === field), true)
  assert.deepEqual(await desk.violations(), [])
  desk.assertNoTroubles()
})

test('Where one may not write, a message can be copied and not quoted', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_5' })
  const message = desk.thread.locator('.group', { hasText: '一直没有物流信息' })
  await message.getByRole('button', { name: '复制' }).waitFor({ state: 'attached' })
  assert.equal(await message.getByRole('button', { name: '引用' }).count(), 0)
})

test('The console can be installed: its manifest is found and without fault', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server)
  const devtools = await desk.context.newCDPSession(desk.page)
  const { url, errors, data } = await devtools.send('Page.getAppManifest')
  assert.match(url, /manifest\.webmanifest$/)
  assert.deepEqual(errors, [])
  assert.equal(JSON.parse(data ?? '').display, 'standalone')
  desk.assertNoTroubles()
})
