import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('A customer is blocked after one is asked, the pane says so, and it can be taken back', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('button', { name: '拉黑客户' }).press('Enter')
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('原因（只有同事能看到）').fill('辱骂')
  await dialog.getByRole('button', { name: '拉黑', exact: true }).press('Enter')
  await desk.page.getByText('已拉黑，消息只记录').waitFor()
  await until(() => server.world.conversation('cv_1').status === 'closed')
  await desk.page.getByRole('button', { name: '移出黑名单' }).click()
  await desk.page.getByRole('button', { name: '拉黑客户' }).waitFor()
  assert.equal(server.world.conversation('cv_1').customer.blocked, undefined)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})
