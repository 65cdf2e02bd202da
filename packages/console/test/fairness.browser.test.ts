import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { Stage } from './support/stage.ts'

let stage: Stage
before(async () => {
  stage = await Stage.prepare()
})
after(() => stage[Symbol.asyncDispose]())

test('The fairness report says who got what they were entitled to, in words, and is asked for again for other days', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/fairness' })
  const { page } = desk
  const shares = page.getByRole('listitem').filter({ hasText: '应得' })
  await shares.filter({ hasText: '莉莉' }).getByText('得到 42，应得 36.5（+15.1%）').waitFor()
  await page.getByText('一半的客户等了不到 24秒；最长的是它的 13 倍。').waitFor()
  const asked = () => server.asked.filter(({ operation }) => operation === 'getFairness')
  assert.equal(asked().length, 1)
  await page.getByRole('combobox', { name: '时间段' }).click()
  await page.getByRole('option', { name: '昨天' }).press('Enter')
  await shares.first().waitFor()
  await page.getByRole('combobox', { name: '时间段' }).click()
  await page.getByRole('option', { name: '自选日期' }).click()
  await page.getByLabel('第一天').fill('2026-10-02')
  await page.getByLabel('最后一天').fill('2026-10-01')
  await page.getByText('第一天应不晚于最后一天和今天').waitFor()
  await page.getByLabel('最后一天').fill('2026-10-03')
  await shares.first().waitFor()
  const { query } = asked().at(-1) ?? {}
  // Days of the organization's clock, in China.
  assert.deepEqual(query, { from: '2026-10-01T16:00:00.000Z', to: '2026-10-03T16:00:00.000Z' })
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('Agents are put in order by any figure, by key, and the same is saved as a file', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/fairness' })
  const { page } = desk
  const names = async () => (await page.locator('tbody th').allTextContents()).join(' ')
  await page.getByRole('table', { name: '每位客服' }).waitFor()
  assert.equal(await names(), '莉莉 王强 赵敏 孙悦')
  await page.getByRole('button', { name: '不接入' }).press('Enter')
  assert.equal(await names(), '赵敏 莉莉 孙悦 王强')
  assert.equal(await page.getByRole('columnheader', { name: '不接入' }).getAttribute('aria-sort'), 'descending')
  const download = page.waitForEvent('download')
  await desk.button('导出 CSV').click()
  const text = await readFile(await (await download).path(), 'utf8')
  assert.match(
    text,
    /^\uFEFFagent,given,entitled,deviation,perHour,onlineMs,direct,declined,unanswered\r\nlili,42,36\.5,/,
  )
  desk.assertNoTroubles()
})

test('At 390 px agents are cards with all their figures, which are put in order as well', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/fairness', width: 390, height: 844 })
  const { page } = desk
  const cards = page.getByRole('list', { name: '每位客服' }).getByRole('listitem')
  await cards.first().getByText('莉莉').waitFor()
  assert.equal(await page.getByRole('table').count(), 0)
  await page.getByRole('combobox', { name: '排序' }).click()
  await page.getByRole('option', { name: '直接得到' }).click()
  await cards.first().getByText('王强').waitFor()
  await desk.button('从大到小').click()
  await cards.first().getByText('孙悦').waitFor({ state: 'detached' })
  assert.equal(await desk.scrollsSideways(), false)
})

test('A period in which nothing happened, one that is too long, and no network are said in words', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/fairness' })
  const { page } = desk
  const choose = async (name: string) => {
    await page.getByRole('combobox', { name: '时间段' }).click()
    await page.getByRole('option', { name }).click()
  }
  await page.getByRole('table').waitFor()
  server.refuse('getFairness', 'invalid_request', [{ path: '/query/from', message: 'nothing happened' }])
  await choose('昨天')
  await page.getByText('这段时间里没有任何记录').waitFor()
  server.refuse('getFairness', 'preview_too_large')
  await choose('最近 30 天')
  await page.getByText('请缩短时段').waitFor()
  server.world.scopes = ['agents:read']
  await page.reload()
  await page.getByText('你没有查看这一页的权限').waitFor()
})
