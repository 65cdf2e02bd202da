import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { withChanges } from './support/full-day.ts'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

test('Who changed what is told with before and after, searched, and exported', async () => {
  await using server = await stage.serve()
  withChanges(server.world)
  await using desk = await stage.open(server, { path: '#/audit' })
  await desk.page.getByText('3 条记录').waitFor()
  await desk.page.getByText('莉莉 配置了客服 wang').first().click()
  await desk.page.locator('del').getByText('5', { exact: true }).waitFor()
  await desk.page.locator('ins').getByText('8', { exact: true }).waitFor()
  await desk.page.getByLabel('搜索').fill('贵宾')
  await desk.page.getByText('1 条记录').waitFor()
  await desk.page.getByText('服务器管理员 配置了客服组 vip').waitFor()
  await desk.page.getByLabel('搜索').fill('王强')
  await desk.page.getByText('2 条记录').waitFor()
  const [file] = await Promise.all([desk.page.waitForEvent('download'), desk.button('导出 CSV').click()])
  const text = readFileSync(await file.path(), 'utf8')
  assert.match(text, /agent\.configured,wang,capacity,5,8/)
  assert.ok(!/,=王强/.test(text), 'a formula is left as one')
  assert.deepEqual(await desk.violations(), [])
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('Without a match the audit log says so', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/audit', width: 390, height: 844, theme: 'dark' })
  await desk.page.getByText('没有符合条件的记录').waitFor()
  assert.deepEqual(await desk.violations(), [])
  assert.equal(await desk.scrollsSideways(), false)
})
