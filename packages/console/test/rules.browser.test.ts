import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ConsolePage } from './support/console-page.ts'
import { ruleTo, withDecisions, withVersions } from './support/fake-rules.ts'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

const editor = (desk: ConsolePage) => desk.page.getByRole('textbox', { name: '规则文档' })
const result = (desk: ConsolePage) => desk.page.getByRole('status', { name: '检查结果' })

async function write(desk: ConsolePage, text: string): Promise<void> {
  await editor(desk).click()
  await desk.page.keyboard.press('Control+a')
  await desk.page.keyboard.insertText(text)
}

test('A rules document is checked while it is written, compared and published with its reason', async () => {
  await using server = await stage.serve()
  withVersions(server.world)
  await using desk = await stage.open(server, { path: '#/rules' })
  await write(desk, 'version: 1\nrules:\n  - id: all\n    when: "true"\n    then:\n      team: nowhere\n')
  await result(desk).getByText('第 6 行：没有这个客服组：there is no team nowhere').waitFor()
  assert.equal(await desk.button('比较并发布…').isDisabled(), true)
  await write(desk, 'version: 1\nrules:\n  - id: all\n    when: "true"\n    then:\n      team: presale\n')
  await result(desk).getByText('没有发现问题').waitFor()
  await desk.button('比较并发布…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('message.text.contains').waitFor()
  assert.equal(await dialog.getByRole('button', { name: '立即发布' }).isDisabled(), true)
  await dialog.getByLabel('为什么修改').fill('全部交给售前')
  await dialog.getByRole('button', { name: '立即发布' }).click()
  await desk.page.getByText('全部交给售前').first().waitFor()
  assert.equal(server.world.rules.versions.at(-1)?.document.rules[0]?.id, 'all')
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('Facts and keys are offered where they may stand', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/rules' })
  await write(desk, 'version: 1\nrules:\n  - id: a\n    when: ')
  await desk.page.keyboard.type('queue.l')
  await desk.page.getByRole('option', { name: /queue\.length/ }).click()
  await desk.page.keyboard.type('\nthen:\n  stra')
  await desk.page.getByRole('option', { name: /strategy/ }).click()
  await desk.page.keyboard.type('l')
  await desk.page.getByRole('option', { name: 'longest-idle' }).waitFor()
  await desk.page.keyboard.press('Escape')
  assert.match((await editor(desk).textContent()) ?? '', /queue\.length.*strategy/)
  desk.assertNoTroubles()
})

test('What somebody else published meanwhile is not overwritten', async () => {
  await using server = await stage.serve()
  withVersions(server.world)
  await using desk = await stage.open(server, { path: '#/rules' })
  await write(desk, 'version: 1\nrules:\n  - id: mine\n    when: "true"\n    then: {}\n')
  await result(desk).getByText('没有发现问题').waitFor()
  server.world.rules.publish(ruleTo('presale'), '别人先发布')
  await desk.button('比较并发布…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('为什么修改').fill('我的')
  await dialog.getByRole('button', { name: '立即发布' }).click()
  await dialog.getByRole('alert').waitFor()
  assert.equal(server.world.rules.versions.length, 3)
})

test('A version shows what it changed and is taken up again with a reason', async () => {
  await using server = await stage.serve()
  withVersions(server.world)
  await using desk = await stage.open(server, { path: '#/rules' })
  await desk.button('第 2 版的改动').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('修改 规则 presale').waitFor()
  await dialog.getByText('team: aftersale').waitFor()
  await desk.page.keyboard.press('Escape')
  await desk.button('恢复第 1 版').click()
  await dialog.getByLabel('为什么恢复').fill('售前回来了')
  await dialog.getByRole('button', { name: '恢复并生效' }).click()
  await desk.page.getByText('（恢复第 1 版）').first().waitFor()
  desk.assertNoTroubles()
})

test('Decisions are filtered by agent and open with their reasons', async () => {
  await using server = await stage.serve()
  withDecisions(server.world, ['lili', 'wang', 'wang'])
  await using desk = await stage.open(server, { path: '#/decisions' })
  const lines = desk.page.getByRole('button', { name: /的依据/ })
  await lines.nth(2).waitFor()
  await desk.page.getByRole('combobox', { name: '客服' }).click()
  await desk.page.getByRole('option', { name: '王强' }).click()
  await desk.page.getByText('分给 莉莉').waitFor({ state: 'detached' })
  await desk.page.getByText('分给 王强').first().waitFor()
  assert.equal(await lines.count(), 2)
  await lines.first().click()
  await desk.page.getByRole('dialog').getByText('可接待的客服').waitFor()
  desk.assertNoTroubles()
})

test('Who may not manage reads the rules, and a page without its scope says so', async () => {
  await using server = await stage.serve()
  withVersions(server.world)
  server.world.scopes = ['agents:read', 'decisions:read']
  await using desk = await stage.open(server, { path: '#/rules' })
  await editor(desk).waitFor()
  assert.equal(await desk.button('比较并发布…').count(), 0)
  assert.equal(await desk.button('恢复第 1 版').count(), 0)
  await desk.page.evaluate(() => {
    location.hash = '#/apps'
  })
  await desk.page.getByText('你没有查看这一页的权限').waitFor()
  assert.equal(await desk.page.getByRole('link', { name: '应用' }).count(), 0)
})
