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

test('The block list is searched, and taking somebody off it can be undone where it was done', async () => {
  await using server = await stage.serve()
  const { world } = server
  for (const id of ['cv_3', 'cv_7']) {
    const { customer } = world.conversation(id)
    world.change(id, {
      customer: { ...customer, blocked: { since: world.at(), until: id === 'cv_3' ? world.at(3_600_000) : null } },
    })
  }
  await using desk = await stage.open(server, { path: '#/blocked', width: 390, height: 844 })
  await desk.page.getByText('2 位客户').waitFor()
  await desk.page.getByLabel('搜索备注名或 OpenID').fill('王建国')
  await desk.page.getByText('1 位客户').waitFor()
  await desk.button(/^移出黑名单：王建国/).press('Enter')
  await desk.page.getByText('已移出黑名单').waitFor()
  assert.equal(world.conversation('cv_3').customer.blocked, undefined)
  await desk.button(/^撤销：重新拉黑 王建国/).press('Enter')
  await desk.button(/^移出黑名单：王建国/).waitFor()
  const { body } = server.asked.find(({ operation }) => operation === 'blockCustomer') ?? {}
  assert.deepEqual(Object.keys(body ?? {}), ['until'], 'to the same end as before')
  await desk.page.getByLabel('搜索备注名或 OpenID').fill('nobody')
  await desk.page.getByText('没有符合条件的客户').waitFor()
  assert.deepEqual(await desk.violations(), [])
  assert.equal(await desk.scrollsSideways(), false)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})
