import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('A conversation is set aside and taken up again by key, and list, header and thread say so', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('p')
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByRole('radio', { name: '2 小时后' }).check()
  await dialog.getByLabel('附言（只有同事能看到）').fill('等客户拍照')
  await dialog.getByRole('button', { name: '挂起', exact: true }).press('Enter')
  await desk.thread.getByText('附言：等客户拍照').waitFor()
  await desk.page.getByText('已挂起 · Acme 服务号').waitFor()
  await desk.row('陈晓').getByText('已挂起').waitFor()
  const parked = server.world.conversation('cv_1').parked
  assert.ok(Math.abs(Date.parse(parked?.until ?? '') - Date.now() - 7_200_000) < 120_000)
  await dialog.waitFor({ state: 'detached' })
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('p')
  await desk.thread.getByText('会话恢复', { exact: true }).waitFor()
  await until(() => server.world.conversation('cv_1').parked === null)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})
