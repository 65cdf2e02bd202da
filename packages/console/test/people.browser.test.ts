import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

test('An agent is added with role, team and skills, and gets a link to sign in with', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('添加客服').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('编号（登录用，之后不能改）').fill('chen wei')
  await dialog.getByText('编号只能用字母、数字、- 和 _').waitFor()
  await dialog.getByLabel('编号（登录用，之后不能改）').fill('chenwei')
  await dialog.getByLabel('昵称（客户会看到）').fill('陈伟')
  await dialog.getByLabel('售后').check()
  await dialog.getByLabel('技能（选填）').fill('英语:3')
  await dialog.getByRole('button', { name: '添加并生成登录链接' }).click()
  await desk.page.getByText('#/welcome/').waitFor()
  const added = server.world.agents.get('chenwei')
  assert.deepEqual([added?.nickname, added?.teams, added?.skills], ['陈伟', ['aftersale'], { 英语: 3 }])
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('An agent is changed and disabled after the consequence was told; what the server refuses is said', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('修改 王强').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('手上的会话交还排队').waitFor()
  await dialog.getByRole('switch').click()
  server.world.manage.refused = [{ path: '/agents/0/teams/0', message: 'there is no team presale' }]
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByRole('alert').getByText('there is no team presale').waitFor()
  server.world.manage.refused = []
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(server.world.agents.get('wang')?.disabled, true)
  await desk.page.getByText('已停用').waitFor()
})

test('Agents are imported from a table: a wrong row is named and nothing is done, a good table is previewed first', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('批量导入…').click()
  const dialog = desk.page.getByRole('dialog')
  const give = (text: string, name = 'agents.csv') =>
    dialog.getByLabel('选择表格文件').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await give('编号,昵称,客服组\nli1,李一,售前\nli2,,不存在\n')
  await dialog.getByText('没有昵称、没有这个客服组').waitFor()
  assert.equal(await dialog.getByRole('button', { name: /^导入/ }).isDisabled(), true)
  await give('编号,昵称,客服组\nli1,李一,售前\nwang,王强,售后\n')
  await dialog.getByRole('listitem').filter({ hasText: '李一' }).getByText('新增').waitFor()
  await dialog.getByRole('listitem').filter({ hasText: '王强' }).getByText('修改').waitFor()
  assert.equal(server.world.manage.applied.length, 0)
  await dialog.getByRole('button', { name: '导入 2 位客服' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.equal(server.world.agents.get('li1')?.nickname, '李一')
  await desk.page.getByText('李一').waitFor()
  desk.assertNoTroubles()
})

test('A workbook is read like a CSV file, and so is a CSV file in GB 18030', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('批量导入…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('选择表格文件').setInputFiles(join(import.meta.dirname, 'fixtures', 'agents.xlsx'))
  await dialog.getByRole('listitem').filter({ hasText: '李一' }).getByText('新增').waitFor()
  // 编号,昵称 and li2,李二
  const buffer = Buffer.from('b1e0bac52ceac7b3c60a6c69322cc0eeb6fe0a', 'hex')
  await dialog.getByLabel('选择表格文件').setInputFiles({ name: 'agents.csv', mimeType: 'text/csv', buffer })
  await dialog.getByRole('listitem').filter({ hasText: '李二' }).getByText('新增').waitFor()
  desk.assertNoTroubles()
})

test('A file that is no workbook, though it looks like one, is refused in words', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('批量导入…').click()
  const dialog = desk.page.getByRole('dialog')
  const buffer = Buffer.from('PK\u0003\u0004 not a workbook')
  await dialog.getByLabel('选择表格文件').setInputFiles({ name: 'agents.xlsx', mimeType: 'application/zip', buffer })
  await dialog.getByRole('alert').getByText('无法读取这个文件').waitFor()
  desk.assertNoTroubles()
})

test('A team is added and renamed', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/agents' })
  await desk.button('添加客服组').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('编号（规则中使用，之后不能改）').fill('vip')
  await dialog.getByLabel('名称').fill('贵宾')
  await dialog.getByRole('button', { name: '保存' }).click()
  await desk.button('修改客服组 贵宾').click()
  await dialog.getByLabel('名称').fill('大客户')
  await dialog.getByRole('button', { name: '保存' }).click()
  await desk.button('修改客服组 大客户').waitFor()
  assert.deepEqual(server.world.teams.at(-1), { id: 'vip', name: '大客户' })
})
