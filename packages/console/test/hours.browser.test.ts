import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ConsolePage } from './support/console-page.ts'
import { ruleTo, withHours } from './support/fake-rules.ts'
import { Stage } from './support/stage.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

const october = Date.parse('2026-09-30T04:00:00Z')
const day = (desk: ConsolePage, name: RegExp) =>
  desk.page.getByRole('table', { name: '日历' }).getByRole('button', { name })

async function openInOctober(server: Awaited<ReturnType<Stage['serve']>>) {
  const desk = await stage.open(server, { path: '#/' })
  await desk.page.clock.setFixedTime(october)
  await desk.page.evaluate(() => {
    location.hash = '#/hours'
  })
  return desk
}

test('A calendar says what each day means: weekday, holiday, working day made up for one, exception; by key too', async () => {
  await using server = await stage.serve()
  withHours(server.world)
  await using desk = await openInOctober(server)
  await day(desk, /2026年9月30日.*09:00-12:00, 13:30-18:00/).press('ArrowRight')
  const october1 = day(desk, /2026年10月1日.*节假日（国庆节），休息/)
  await october1.waitFor()
  await desk.page.keyboard.press('ArrowRight')
  await day(desk, /10月2日.*例外（值班），10:00-12:00/).waitFor()
  await desk.page.keyboard.press('ArrowDown')
  await desk.page.keyboard.press('ArrowRight')
  await day(desk, /10月10日.*调休上班（国庆节），09:00-12:00, 13:30-18:00/).waitFor()
  assert.match((await desk.page.evaluate(() => document.activeElement?.textContent)) ?? '', /10月10日/)
  await desk.page.keyboard.press('PageDown')
  await desk.page.getByText('2026年11月', { exact: true }).waitFor()
  await desk.button('下个月').click()
  await desk.button('下个月').click()
  await desk.page.getByText('2027 年的节假日安排还没有公布').waitFor()
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('The week and an exception are changed, shown at once, and saved as a version with its reason', async () => {
  await using server = await stage.serve()
  withHours(server.world)
  await using desk = await openInOctober(server)
  await desk.page.getByRole('textbox', { name: '星期六' }).fill('10:00-')
  await desk.page.getByText('写成 09:00-12:00, 13:30-18:00').waitFor()
  await desk.page.getByRole('textbox', { name: '星期六' }).fill('10：00 至 16：00')
  await day(desk, /9月26日.*10:00-16:00/).waitFor()
  await day(desk, /9月28日/).click()
  await desk.button('设为例外').click()
  await desk.page.getByLabel('这天的服务时间').fill('')
  await desk.page.getByLabel('到哪天为止').fill('2026-09-29')
  await desk.page.getByLabel('说明').fill('盘点')
  await desk.button('设定例外').click()
  await day(desk, /9月29日.*例外（盘点），休息/).waitFor()
  await desk.button('保存…').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('note: 盘点').waitFor()
  assert.deepEqual(await desk.violations(), [])
  await dialog.getByLabel('为什么修改').fill('周六值班，月底盘点')
  await dialog.getByRole('button', { name: '保存并生效' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { document, reason } = server.world.rules.inForce().current
  assert.equal(reason, '周六值班，月底盘点')
  assert.deepEqual(document.hours?.['office']?.weekly.sat, ['10:00-16:00'])
  assert.deepEqual(document.hours?.['office']?.exceptions?.[0], {
    ...{ from: '2026-09-28', to: '2026-09-29', open: [], note: '盘点' },
  })
  assert.equal(document.rules[0]?.id, 'presale', 'the rules stay')
  assert.equal(await desk.button('保存…').count(), 0)
  await day(desk, /9月28日/).click()
  await desk.button('取消例外').click()
  await day(desk, /9月29日.*09:00-12:00/).waitFor()
  await desk.button('放弃修改').click()
  await day(desk, /9月29日.*例外/).waitFor()
  desk.assertNoTroubles()
})

test('The first hours are named and added, and what somebody else published meanwhile is not overwritten', async () => {
  await using server = await stage.serve()
  await using desk = await openInOctober(server)
  await desk.page.getByText('还没有服务时间').waitFor()
  await desk.button('新建服务时间').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('名称').fill('办公')
  await dialog.getByText('小写字母开头').waitFor()
  assert.equal(await dialog.getByRole('button', { name: '添加' }).isDisabled(), true)
  await dialog.getByLabel('名称').fill('office')
  await dialog.getByRole('button', { name: '添加' }).press('Enter')
  await day(desk, /9月30日.*09:00-18:00/).waitFor()
  server.world.rules.publish(ruleTo('presale'), '别人先发布')
  await desk.button('保存…').click()
  await dialog.getByLabel('为什么修改').fill('开始')
  await dialog.getByRole('button', { name: '保存并生效' }).click()
  await dialog.getByRole('alert').waitFor()
  assert.equal(server.world.rules.versions.length, 1)
})

test('Who may not manage sees the calendar and changes nothing', async () => {
  await using server = await stage.serve()
  withHours(server.world)
  server.world.scopes = ['agents:read', 'decisions:read']
  await using desk = await openInOctober(server)
  await day(desk, /9月30日/).waitFor()
  assert.equal(await desk.page.getByRole('textbox', { name: '星期六' }).getAttribute('readonly'), '')
  for (const name of ['设为例外', '新建服务时间', '保存…']) assert.equal(await desk.button(name).count(), 0, name)
})
