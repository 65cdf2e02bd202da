import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { broadcastTo, grab, offerTo } from './support/fake-session.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('An offer is seen wherever one looks, and taken with one chord before anybody who waits longer', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.page.getByText('王强').first().waitFor()
  offerTo(server.world, 'cv_6', 'lili')
  await desk.page.getByText('邀请你接入 勤快的松鼠 7710').waitFor()
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.getByRole('heading', { name: '勤快的松鼠 7710' }).waitFor()
  await desk.composer.waitFor()
  assert.equal(server.world.conversation('cv_6').assignee, 'lili')
  await until(async () => (await desk.page.getByText('邀请你接入 勤快的松鼠').count()) === 0)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('An offer is passed on by keyboard with its reason, and the thread says who was asked', async () => {
  await using server = await stage.serve()
  const { world } = server
  const reasons = [
    { code: 'busy', label: '正忙', for: ['decline' as const] },
    { code: 'other', label: '不属于我', for: ['decline' as const] },
  ]
  world.sessions = { ...world.sessions, reasons, reasonNeededFor: ['decline'] }
  await using desk = await stage.open(server, { path: '#/c/cv_5' })
  await desk.thread.getByText('一直没有物流信息').waitFor()
  offerTo(world, 'cv_5', 'lili')
  await desk.page.getByText('邀请你接入 刘洋').waitFor()
  await desk.page.keyboard.press('d')
  const dialog = desk.page.getByRole('dialog')
  await dialog.waitFor()
  const confirm = dialog.getByRole('button', { name: '不接入', exact: true })
  assert.equal(await confirm.isDisabled(), true, 'a reason is needed')
  await dialog.getByRole('combobox', { name: '原因' }).press('Enter')
  await desk.page.getByRole('option', { name: '不属于我' }).click()
  await confirm.press('Enter')
  await desk.thread.getByText('没有接入：不属于我').waitFor()
  await desk.thread.getByText('已邀请王强接入').waitFor()
  await until(() => world.conversation('cv_5').offer?.agentId === 'wang')
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('What is broadcast is grabbed by the first; whoever was slower is told who has it, and it vanishes', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.page.getByText('王强').first().waitFor()
  broadcastTo(world, 'cv_6', ['wang', 'lili'])
  await desk.page.getByText('勤快的松鼠 7710 可以抢接').waitFor()
  grab(world, 'cv_6', 'wang')
  await desk.page.getByText('王强已抢接').waitFor()
  await until(async () => (await desk.page.getByText('可以抢接').count()) === 0)

  broadcastTo(world, 'cv_5', ['wang', 'lili'])
  await desk.page.getByText('刘洋 可以抢接').waitFor()
  await desk.page.getByRole('button', { name: '抢接', exact: true }).click()
  await desk.thread.getByText('已邀请 2 位客服抢接').waitFor()
  await desk.composer.waitFor()
  assert.equal(world.conversation('cv_5').assignee, 'lili')
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})
