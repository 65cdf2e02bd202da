import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ruleTo, withVersions } from './support/fake-rules.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('A version that awaits approval is seen with its difference and approved by another administrator, by key', async () => {
  await using server = await stage.serve()
  const { rules } = server.world
  withVersions(server.world)
  rules.needsApproval = true
  rules.publish(ruleTo('presale'), '售前回来了', null, 'wang')
  await using desk = await stage.open(server, { path: '#/rules' })
  const panel = desk.page.getByRole('region', { name: '等待批准' })
  await panel.getByText('售前回来了').waitFor()
  await panel.getByText('team: presale').waitFor()
  await panel.getByRole('button', { name: '批准第 3 版' }).press('Enter')
  await panel.waitFor({ state: 'detached' })
  assert.equal(rules.inForce().current.version, 3)
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('A version is rejected with a reason; nobody approves their own, and only administrators are asked', async () => {
  await using server = await stage.serve()
  const { rules } = server.world
  withVersions(server.world)
  rules.needsApproval = true
  rules.publish(ruleTo('presale'), '我的修改')
  await using desk = await stage.open(server, { path: '#/rules' })
  await desk.page.getByText('由你提交，需要另一位管理员批准。').waitFor()
  assert.equal(await desk.button('批准第 3 版').count(), 0)
  await desk.button('撤回…').click()
  const dialog = desk.page.getByRole('dialog')
  assert.equal(await dialog.getByRole('button', { name: '撤回', exact: true }).isDisabled(), true)
  await dialog.getByLabel('为什么撤回').fill('写错了')
  await dialog.getByRole('button', { name: '撤回', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(rules.awaiting, undefined)
  const { body } = server.asked.find(({ operation }) => operation === 'rejectRules') ?? {}
  assert.deepEqual(body, { reason: '写错了' })
  rules.publish(ruleTo('presale'), '别人的修改', null, 'wang')
  server.world.scopes = ['agents:read', 'decisions:read']
  await desk.page.reload()
  await desk.page.getByText('需要一位管理员批准后才会生效。').waitFor()
  assert.equal(await desk.button('驳回…').count(), 0)
  assert.equal(await desk.button('开始紧急覆盖…').count(), 0)
})

test('Who publishes where approval is needed is told that it waits, and an approval that comes too late is said', async () => {
  await using server = await stage.serve()
  const { rules } = server.world
  withVersions(server.world)
  rules.needsApproval = true
  await using desk = await stage.open(server, { path: '#/rules' })
  await desk.page.getByRole('textbox', { name: '规则文档' }).click()
  await desk.page.keyboard.press('Control+a')
  await desk.page.keyboard.insertText('version: 1\nrules:\n  - id: all\n    when: "true"\n    then: {}\n')
  await desk.button('比较并发布…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('为什么修改').fill('简化')
  await dialog.getByRole('button', { name: '立即发布' }).click()
  await desk.page.getByText('已提交，需要另一位管理员批准后才会生效').waitFor()
  await desk.page.getByText('由你提交，需要另一位管理员批准。').waitFor()
  rules.answer(false)
  rules.publish(ruleTo('presale'), '别人的修改', null, 'wang')
  await desk.page.reload()
  await desk.button('批准第 4 版').waitFor()
  rules.answer(false)
  await desk.button('批准第 4 版').click()
  await desk.page.getByText('此处没有可供你查看的内容。').first().waitFor()
  await desk.page.getByRole('region', { name: '等待批准' }).waitFor({ state: 'detached' })
})

for (const theme of ['light', 'dark'] as const) {
  test(`Breaking the glass: reason, condition and expiry, a countdown and the count, and its end; axe finds nothing, ${theme}`, async () => {
    await using server = await stage.serve()
    withVersions(server.world)
    await using desk = await stage.open(server, { path: '#/rules', theme, width: 390, height: 844 })
    await desk.button('开始紧急覆盖…').click()
    const dialog = desk.page.getByRole('dialog')
    const now = dialog.getByRole('button', { name: '立即覆盖' })
    assert.equal(await now.isDisabled(), true)
    await dialog.getByLabel('原因').fill('机器人故障')
    await dialog.getByRole('combobox', { name: '交给' }).click()
    await desk.page.getByRole('option', { name: '售后' }).click()
    await dialog.getByRole('combobox', { name: '持续' }).click()
    await desk.page.getByRole('option', { name: '30分钟' }).click()
    await dialog.getByLabel('只对这些会话').fill("message.txt.contains('退款')")
    server.refuse('overrideRules', 'invalid_configuration', [{ path: '/when', message: 'there is no message.txt' }])
    await now.click()
    await dialog.getByRole('alert').getByText('there is no message.txt').waitFor()
    await dialog.getByLabel('只对这些会话').fill("message.text.contains('退款')")
    const beganMs = Date.now()
    await now.click()
    await desk.page.getByText('正在覆盖规则：机器人故障').waitFor()
    await desk.page.getByText("符合 message.text.contains('退款') 的新会话 → 售后").first().waitFor()
    await desk.page.getByText('已决定 3 次分配').waitFor()
    await desk.page.getByText(/还有 (30:00|29:\d\d) 自动结束/).waitFor()
    const [override] = server.world.rules.overrides
    const lastsMs = Date.parse(override?.expiresAt ?? '') - beganMs
    assert.ok(Math.abs(lastsMs - 1_800_000) < 60_000, `${lastsMs} ms`)
    assert.deepEqual(await desk.violations(), [])
    assert.equal(await desk.scrollsSideways(), false)
    await desk.button('立即结束，恢复按规则分配').press('Enter')
    await desk.button('开始紧急覆盖…').waitFor()
    await until(() => server.world.rules.overrides[0]?.endedAt !== null)
    assert.deepEqual(server.strays, [])
    desk.assertNoTroubles()
  })
}
