import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addToLeft, expireLeft, leaveMessage, takeLeft } from './support/fake-message-box.ts'
import type { FakeServer } from './support/fake-server.ts'
import { Stage } from './support/stage.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

const hour = 3_600_000

/** Two messages of the night and one that WeChat lets nobody answer any more. */
function nightOf({ world }: FakeServer): void {
  const given = [
    ['cv_21', '早起的云雀', '昨天的订单能改地址吗', 9 * hour],
    ['cv_22', '夜里的猫', '没事了，谢谢', 5 * hour],
    ['cv_23', '远方的客人', '请问保修期是多久', 50 * hour],
  ] as const
  for (const [id, name, words, sinceMs] of given) {
    world.arrive(id, name)
    leaveMessage(world, id, { words, sinceMs, teamId: id === 'cv_21' ? 'aftersale' : null })
  }
  expireLeft(world, 'cv_23')
}

test('What was left stands in a list of its own, the oldest that can be answered first, and is taken by key', async () => {
  await using server = await stage.serve()
  nightOf(server)
  await using desk = await stage.open(server)
  await desk.tab(/留言\s*3/).waitFor()
  await desk.page.keyboard.press('4')
  const rows = desk.page.locator('[data-left-row]')
  await rows.nth(2).waitFor()
  const told = await rows.allInnerTexts()
  assert.match(told[0] ?? '', /早起的云雀[\s\S]*售后 · 可回复至 (明天|周.) \d\d:\d\d/)
  assert.match(told[1] ?? '', /夜里的猫[\s\S]*全部客服 · 可回复至/)
  assert.match(told[2] ?? '', /远方的客人[\s\S]*已过期，暂时不能回复/)
  assert.equal(await desk.button('接入：远方的客人').count(), 0, 'nobody can answer it')
  await desk.button('标为已处理：远方的客人').waitFor()
  assert.deepEqual(await desk.violations(), [])
  await desk.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur())
  await desk.page.keyboard.press('l')
  await desk.page.getByRole('heading', { name: '早起的云雀' }).waitFor()
  await desk.composer.waitFor()
  await desk.thread.getByText('无人接待，转为留言').waitFor()
  await desk.thread.getByText('你接入留言').waitFor()
  assert.equal(await desk.thread.getByText(/结束了会话/).count(), 0, 'that it ended is said by what it became')
  assert.equal(server.world.conversation('cv_21').assignee, 'lili')
  await desk.tab(/留言\s*2/).waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('It is resolved with a reason and taken back, by button in the list and by key in its thread', async () => {
  await using server = await stage.serve()
  nightOf(server)
  const { world } = server
  const reasons = [{ code: 'none', label: '无需回复', for: ['close' as const] }]
  world.sessions = { ...world.sessions, reasons, reasonNeededFor: ['close'] }
  await using desk = await stage.open(server, { width: 390, height: 844 })
  await desk.tab(/留言/).click()
  await desk.button('标为已处理：夜里的猫').click()
  const dialog = desk.page.getByRole('dialog')
  const confirm = dialog.getByRole('button', { name: '标为已处理', exact: true })
  await confirm.waitFor()
  assert.equal(await confirm.isDisabled(), true, 'a reason is needed')
  await dialog.getByRole('combobox', { name: '原因' }).press('Enter')
  await desk.page.getByRole('option', { name: '无需回复' }).click()
  await dialog.getByLabel('附言（只有同事能看到）').fill('客户说没事了')
  await confirm.press('Enter')
  await desk.page.getByText('夜里的猫的留言已处理').waitFor()
  await desk.tab(/留言\s*2/).waitFor()
  assert.notEqual(world.conversation('cv_22').messageLeft?.resolvedAt, undefined)
  await desk.button(/^撤销/).click()
  await desk.tab(/留言\s*3/).waitFor()
  assert.equal(world.conversation('cv_22').messageLeft?.resolvedAt, undefined)

  await desk.row('夜里的猫').click()
  await desk.page.getByText('客户在无人接待时留言').waitFor()
  await desk.thread.getByText('你把留言标为已处理：无需回复').waitFor()
  await desk.thread.getByText('附言：客户说没事了').waitFor()
  await desk.thread.getByText('你撤销了已处理，留言待处理').waitFor()
  assert.equal(await desk.composer.count(), 0)
  world.sessions = { ...world.sessions, reasons: [], reasonNeededFor: [] }
  await desk.page.reload()
  await desk.page.getByText('客户在无人接待时留言').waitFor()
  await desk.page.keyboard.press('v')
  await desk.page.getByText('留言已标为已处理').waitFor()
  await desk.page.keyboard.press('v')
  await desk.page.getByText('客户在无人接待时留言').waitFor()
  assert.equal(world.conversation('cv_22').messageLeft?.resolvedAt, undefined)
  await desk.button('接入').click()
  await desk.composer.waitFor()
  assert.equal(world.conversation('cv_22').assignee, 'lili')
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('Whoever was slower is told so; what expired becomes answerable with the next word of the customer', async () => {
  await using server = await stage.serve()
  nightOf(server)
  const { world } = server
  await using desk = await stage.open(server, { path: '#/c/cv_21' })
  await desk.page.getByText('客户在无人接待时留言').waitFor()
  server.refuse('takeMessageLeft', 'held_by_another')
  const { onChange } = world
  world.onChange = () => {}
  takeLeft(world, 'cv_21', 'wang')
  world.onChange = onChange
  await desk.button('接入').click()
  await desk.page.getByText('由王强接待中，只能查看').waitFor()

  await desk.page.goto(`${server.url}/#/c/cv_23`)
  await desk.page.getByText('超过微信允许的 48 小时').waitFor()
  await desk.thread.getByText('留言已超过微信允许回复的时间').waitFor()
  assert.equal(await desk.button('接入').count(), 0)
  addToLeft(world, 'cv_23', '还在吗')
  await desk.button('接入').click()
  await desk.composer.waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('Away from the network, what a colleague resolved meanwhile leaves the list when it is read again', async () => {
  await using server = await stage.serve()
  nightOf(server)
  const { world } = server
  await using desk = await stage.open(server)
  await desk.tab(/留言\s*3/).waitFor()
  server.down = true
  server.cut()
  const { messageLeft } = world.conversation('cv_22')
  if (messageLeft !== undefined) world.change('cv_22', { messageLeft: { ...messageLeft, resolvedAt: world.at() } })
  server.down = false
  await desk.tab(/留言\s*2/).waitFor()
  assert.ok(server.asked.some(({ operation, query }) => operation === 'listConversations' && query['ids'] === 'cv_22'))
  desk.assertNoTroubles()
})

for (const locale of ['zh-CN', 'en'] as const) {
  test(`At 320 px all four tabs are read whole and nothing scrolls sideways: ${locale}`, async () => {
    await using server = await stage.serve()
    nightOf(server)
    await using desk = await stage.open(server, { width: 320, height: 640, locale, theme: 'dark' })
    await desk.tab(/留言|Left/).click()
    await desk.page.locator('[data-left-row]').first().waitFor()
    const cut = await desk.page
      .locator('[role=tab], [role=tab] span, [data-left-row] button')
      .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent))
    assert.deepEqual(cut, [])
    assert.equal(await desk.scrollsSideways(), false)
    assert.deepEqual(await desk.violations(), [])
    desk.assertNoTroubles()
  })
}
