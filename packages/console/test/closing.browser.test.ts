import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

const dispositions = [
  { code: 'solved', label: '已解决' },
  { code: 'refund', label: '退款', teams: ['aftersale'] },
]

test('Where a disposition is needed, ending asks for it by keyboard, of the codes of one’s own team', async () => {
  await using server = await stage.serve()
  server.world.sessions = { ...server.world.sessions, dispositions, dispositionNeeded: true }
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('e')
  const dialog = desk.page.getByRole('dialog')
  const end = dialog.getByRole('button', { name: '结束会话' })
  await end.waitFor()
  assert.equal(await end.isDisabled(), true)
  await dialog.getByRole('combobox', { name: '会话小结' }).press('Enter')
  assert.equal(await desk.page.getByRole('option', { name: '退款' }).count(), 0)
  await desk.page.getByRole('option', { name: '已解决' }).click()
  await end.press('Enter')
  await until(() => server.world.conversation('cv_1').lastClose?.disposition === 'solved')
  await dialog.waitFor({ state: 'detached' })
  await desk.page.goto(`${server.url}/#/c/cv_1`)
  await desk.page.reload()
  await desk.thread.getByText('会话小结：已解决').waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('A wrap-up is filled in where one wrote, with the seconds that are left', async () => {
  await using server = await stage.serve()
  server.world.sessions = { ...server.world.sessions, dispositions, wrapUpMs: 90_000 }
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('button', { name: '结束会话' }).click()
  await desk.page.getByText('会话已结束，填写会话小结').waitFor()
  await desk.page.getByText(/剩余 [789]\d 秒/).waitFor()
  await desk.page.getByRole('combobox', { name: '会话小结' }).press('Enter')
  await desk.page.getByRole('option', { name: '已解决' }).click()
  await desk.page.getByLabel('附言（只有同事能看到）').fill('已补发')
  await desk.page.getByRole('button', { name: '完成' }).click()
  await desk.thread.getByText('附言：已补发').waitFor()
  await desk.page.getByRole('button', { name: '重新打开并接待' }).waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})
