import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { raiseHand, whisperIn } from './support/fake-supervision.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('A supervisor answers a raised hand, joins, writes beside the agent, and takes over, by key', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_3' })
  await desk.page.getByRole('heading', { name: '王建国（老客户）' }).waitFor()
  raiseHand(server.world, 'cv_3', 'wang')
  await desk.page.getByRole('button', { name: '主管操作（客服举手中）' }).waitFor()
  await desk.page.getByRole('heading', { name: '王建国（老客户）' }).click()
  await desk.page.keyboard.press('s')
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('悄悄话（只有客服能看到）').fill('先道歉，再报价')
  assert.deepEqual(await desk.violations(), [])
  await dialog.getByRole('button', { name: '响应举手' }).press('Enter')
  await desk.thread.getByText('先道歉，再报价').waitFor()
  await until(() => server.world.conversation('cv_3').hand === undefined)

  await dialog.waitFor({ state: 'detached' })
  await desk.page.getByRole('button', { name: '主管操作', exact: true }).click()
  await dialog.getByRole('button', { name: '加入会话' }).press('Enter')
  await desk.thread.getByText('加入了会话').waitFor()
  await desk.composer.waitFor()
  assert.equal(server.world.conversation('cv_3').assignee, 'wang', 'the holder stays')

  await dialog.waitFor({ state: 'detached' })
  await desk.page.getByRole('button', { name: '主管操作', exact: true }).click()
  await dialog.getByRole('button', { name: '接管' }).press('Enter')
  await until(() => server.world.conversation('cv_3').assignee === 'lili')
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('An agent raises a hand by key and sees at once what a supervisor whispers', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.page.getByRole('heading', { name: '陈晓' }).click()
  await desk.page.keyboard.press('h')
  await until(() => server.world.conversation('cv_1').hand?.agentId === 'lili')
  await desk.page.getByRole('button', { name: '放下手' }).waitFor()
  whisperIn(server.world, 'cv_1', '可以给他优惠')
  await desk.thread.getByText('可以给他优惠').waitFor()
  await desk.page.keyboard.press('h')
  await until(() => server.world.conversation('cv_1').hand === undefined)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('The live page shows a raised hand within two seconds, and leads from its number to the conversation', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/live' })
  await desk.page.getByRole('button', { name: /^待接入：全部/ }).waitFor()
  raiseHand(server.world, 'cv_3', 'wang')
  const hands = desk.page.getByRole('button', { name: /举手 1$/ })
  await hands.waitFor({ timeout: 10_000 })
  assert.deepEqual(await desk.violations(), [])
  assert.equal(await desk.scrollsSideways(), false)
  await hands.press('Enter')
  await desk.page
    .getByRole('dialog')
    .getByRole('button', { name: /王建国/ })
    .press('Enter')
  await desk.page.getByRole('button', { name: '主管操作（客服举手中）' }).waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('At 390 px the live page has a card for each agent, in which every figure is to be seen', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/live', width: 390, height: 844 })
  const cards = desk.page.getByRole('list', { name: '每位客服' }).getByRole('listitem')
  await cards.first().waitFor()
  assert.equal(await cards.count(), server.world.agents.size)
  for (const word of ['未回复', '已挂起', '举手']) {
    const box = await cards.first().getByText(word).boundingBox()
    assert.ok(box !== null && box.x + box.width <= 390, word)
  }
  const change = await cards.first().getByRole('button', { name: /^调整/ }).boundingBox()
  assert.ok(change !== null && change.x + change.width <= 390)
  assert.deepEqual(await desk.violations(), [])
})
