import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

const changed = (name: string) =>
  `version: 1\norganization:\n  id: acme\n  name: Acme\nteams:\n  - id: presale\n    name: ${name}\n`

test('The configuration is edited as a document: what would change is told before it is applied, and removal is asked for', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/configuration' })
  const editor = desk.page.getByRole('textbox', { name: '配置文件' })
  await editor.click()
  await desk.page.keyboard.press('Control+a')
  await desk.page.keyboard.insertText(changed('售前一组'))
  await desk.button('比较并应用…').click()
  const dialog = desk.page.getByRole('dialog')
  const list = dialog.getByRole('list', { name: '将要做的改动' })
  await list.getByText('修改 客服组 presale').waitFor()
  assert.equal(await list.getByText('删除').count(), 0)
  await dialog.getByRole('switch').click()
  await list.getByText('删除 客服组 aftersale').waitFor()
  assert.equal(server.world.manage.applied.length, 0)
  await dialog.getByRole('button', { name: '应用并删除 1 项' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(server.world.teams, [{ id: 'presale', name: '售前一组' }])
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('What the server finds wrong with a document is told field by field, and nothing is applied', async () => {
  await using server = await stage.serve()
  server.world.manage.refused = [{ path: '/teams/0/id', message: 'presale is there twice' }]
  await using desk = await stage.open(server, { path: '#/configuration' })
  await desk.page.getByRole('textbox', { name: '配置文件' }).click()
  await desk.page.keyboard.press('Control+a')
  await desk.page.keyboard.insertText(changed('x'))
  await desk.button('比较并应用…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByRole('alert').getByText('presale is there twice').waitFor()
  assert.equal(await dialog.getByRole('button', { name: '应用' }).isDisabled(), true)
})

test('A token is created with chosen scopes, shown once, and revoked after a question', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/tokens' })
  await desk.page.getByText('还没有令牌').waitFor()
  await desk.button('创建令牌').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('用途').fill('报表')
  assert.equal(await dialog.getByRole('button', { name: '创建' }).isDisabled(), true)
  await dialog.getByLabel(/查看全部配置/).check()
  await dialog.getByRole('button', { name: '创建' }).click()
  await dialog.getByText('dk_shown-once-5f3759df').waitFor()
  await dialog.getByRole('button', { name: '我已保存' }).click()
  await desk.page.getByText('报表').waitFor()
  assert.equal(await desk.page.getByText('dk_shown-once').count(), 0)
  const [token] = server.world.manage.tokens
  assert.deepEqual(token?.scopes, ['configuration:read'])
  await desk.button('吊销 报表').click()
  await dialog.getByRole('button', { name: '立即吊销' }).click()
  await desk.page.getByText('还没有令牌').waitFor()
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})
