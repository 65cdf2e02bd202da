import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('The forecast names agents for each interval in which somebody comes, and asks anew for another target', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/forecast' })
  const { page } = desk
  const rows = page.getByRole('table', { name: '每个时段' }).locator('tbody tr')
  await rows.first().waitFor()
  assert.deepEqual(await rows.first().locator('th, td').allTextContents(), [
    ...['09:00', '20.4', '4', '4–5', '5', '90.5%', '8.4秒', '61.5%'],
  ])
  assert.equal(await rows.count(), 2)
  await page.getByText('排队时离开的只有 3 人，按没有人会离开计算。').waitFor()
  await page.getByText('接下来：2026-11-02。').waitFor()
  const asked = () => server.asked.filter(({ operation }) => operation === 'getForecast')
  const shown = () =>
    Object.fromEntries(Object.entries(asked().at(-1)?.query ?? {}).filter(([name]) => !/^(from|to)$/.test(name)))
  assert.deepEqual(shown(), { interval: '30', withinMs: '30000', answered: '0.8', shrinkage: '0' })
  const target = page.getByLabel('目标：及时接待的客户（%）')
  await target.fill('100')
  await target.press('Enter')
  await page.getByText('请填 1 到 99').waitFor()
  assert.equal(asked().length, 1)
  await target.fill('95')
  await page.getByLabel('每人同时接待几个会话').fill('3')
  await page.getByRole('combobox', { name: '时段长度' }).click()
  await page.getByRole('option', { name: '15 分钟' }).click()
  await desk.button('重新计算').click()
  await rows.first().waitFor()
  assert.deepEqual(shown(), { interval: '15', withinMs: '30000', answered: '0.95', shrinkage: '0', concurrency: '3' })
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('A kind of day that was seen too rarely names no agents and says so; every interval is saved as a file', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/forecast' })
  const { page } = desk
  await page.getByRole('combobox', { name: '哪种日子' }).click()
  await page.getByRole('option', { name: '节假日' }).click()
  await page.getByText('这样的日子不到 3 个').waitFor()
  assert.deepEqual(await page.locator('tbody tr').first().locator('td').allTextContents(), ['2', ...Array(6).fill('—')])
  const download = page.waitForEvent('download')
  await desk.button('导出 CSV').click()
  const text = await readFile(await (await download).path(), 'utf8')
  assert.match(text, /^\uFEFFday,at,arrivals,agents,agentsFrom,agentsTo,onShift\r\nmon,03:00,0,0,0,1,1\r\n/)
  assert.match(text, /\r\nholiday,10:00,2,,,,/)
  desk.assertNoTroubles()
})

test('At 390 px intervals are cards; a period without anything and missing rights are said in words', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/forecast', width: 390, height: 844 })
  const { page } = desk
  const cards = page.getByRole('list', { name: '每个时段' }).getByRole('listitem')
  await cards.first().getByText('09:00').waitFor()
  assert.equal(await desk.scrollsSideways(), false)
  server.refuse('getForecast', 'invalid_request', [{ path: '/query/from', message: 'nothing happened' }])
  await page.getByRole('combobox', { name: '时间段' }).click()
  await page.getByRole('option', { name: '昨天' }).click()
  await page.getByText('这段时间里没有任何记录').waitFor()
  server.world.scopes = ['agents:read']
  await page.reload()
  await page.getByText('你没有查看这一页的权限').waitFor()
})
