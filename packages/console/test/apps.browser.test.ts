import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { withBot } from './support/fake-apps.ts'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

test('An administrator sees what an app may do, why it was suspended, and lets it go on', async () => {
  await using server = await stage.serve()
  withBot(server.world)
  await using desk = await stage.open(server, { path: '#/apps' })
  await desk.page.getByRole('heading', { name: '快递机器人' }).waitFor()
  await desk.page.getByText('可应答 · 优先级 10').waitFor()
  await desk.page.getByText('权限（2）').click()
  await desk.page.getByText('在自己接待的对话中回复客户').waitFor()
  await desk.page.getByText('授权经过').click()
  await desk.page.getByText('接入公众号').waitFor()
  await desk.page.getByText('连续失败 20 次').waitFor()
  await desk.button('立即恢复').click()
  await desk.page.getByText('连续失败 20 次').waitFor({ state: 'detached' })
  await desk.page.getByText('地址已验证').waitFor()
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('What became of each push is told in words, page by page, and leads to its conversation', async () => {
  await using server = await stage.serve()
  withBot(server.world)
  await using desk = await stage.open(server, { path: '#/apps' })
  await desk.button('推送记录').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('已应答 · 未采用').first().waitFor()
  await dialog.getByText('held by an agent').first().waitFor()
  assert.equal(await dialog.getByRole('listitem').count(), 50)
  await dialog.getByRole('button', { name: '更早的记录' }).click()
  await dialog.getByText('99 ms').waitFor()
  await dialog.getByRole('link', { name: '查看对话' }).first().click()
  await desk.composer.waitFor()
  assert.equal(await dialog.count(), 0)
  desk.assertNoTroubles()
})

test('Without an app the page says how one is attached', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { theme: 'dark', locale: 'en', width: 390, height: 844, path: '#/apps' })
  await desk.page.getByText('No app is attached yet').waitFor()
  assert.deepEqual(await desk.violations(), [])
  assert.equal(await desk.scrollsSideways(), false)
})
