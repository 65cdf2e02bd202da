import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { consoleFolder } from '../src/index.ts'
import type { ConsolePage } from './support/console-page.ts'
import { hadSaid } from './support/fake-session.ts'
import { fullDay } from './support/full-day.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'
import { leave, show, views } from './support/views.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

for (const options of [
  { theme: 'light', locale: 'zh-CN', width: 1280, height: 720 },
  { theme: 'dark', locale: 'en', width: 1280, height: 720 },
  { theme: 'light', locale: 'en', width: 390, height: 844 },
  { theme: 'dark', locale: 'zh-CN', width: 390, height: 844 },
] as const) {
  const { theme, locale, width } = options
  test(`On no page and in no dialog axe finds anything, and nothing scrolls sideways: ${theme}, ${locale}, ${width} px`, async () => {
    const world = fullDay()
    await using server = await stage.serve(world)
    world.phoneUrl = `${server.url}/phone`
    await using desk = await stage.open(server, options)
    await desk.tab(/./).first().waitFor()
    for (const view of views) {
      await show(desk, world, view)
      assert.deepEqual(await desk.violations(), [], view.name)
      assert.equal(await desk.scrollsSideways(), false, view.name)
      await leave(desk, world, view)
    }
    desk.assertNoTroubles()
    assert.deepEqual(server.strays, [])
  })
}

test('On the sign-in page axe finds nothing, in both themes', async () => {
  await using server = await stage.serve()
  server.signedIn = false
  for (const theme of ['light', 'dark'] as const) {
    await using desk = await stage.open(server, { theme })
    await desk.page.locator('form').waitFor()
    assert.deepEqual(await desk.violations(), [])
  }
})

test('At 1280x720 there is room for eight conversations, six messages, the composer and the end of the session', async () => {
  await using server = await stage.serve()
  const { world } = server
  for (let index = 0; index < 12; index += 1) {
    world.arrive(`cv_m${index}`, `客户 ${index}`)
    world.receive(`cv_m${index}`, { type: 'text', text: '在吗' })
    world.assign(`cv_m${index}`, 'lili', 'routing')
    world.receive('cv_2', { type: 'text', text: `第 ${index} 句` })
  }
  await using desk = await stage.open(server, { path: '#/c/cv_2' })
  await desk.composer.waitFor()
  await desk.thread.getByText('第 11 句').waitFor()
  const inView = (selector: string) =>
    desk.page.locator(selector).evaluateAll(
      (elements) =>
        elements.filter((element) => {
          const { top, bottom } = element.getBoundingClientRect()
          const frame = element.closest('.overflow-y-auto')?.getBoundingClientRect()
          return top >= (frame?.top ?? 0) && bottom <= (frame?.bottom ?? innerHeight)
        }).length,
    )
  assert.ok((await inView('a[href*="#/c/"]')) >= 8)
  assert.ok((await inView('[data-index]')) >= 6)
  assert.equal(await desk.button('结束会话').isVisible(), true)
})

test('At 390 px one pane is shown at a time, with a way back', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { width: 390, height: 844 })
  await desk.row('陈晓').click()
  await desk.composer.waitFor()
  assert.equal(await desk.tab(/我的/).isVisible(), false)
  await desk.button('客户资料').click()
  await desk.page.getByRole('dialog').getByText('OpenID').waitFor()
  await desk.page.keyboard.press('Escape')
  await desk.page.getByRole('link', { name: '返回列表' }).click()
  await desk.tab(/我的/).waitFor()
})

test('At 200 % zoom the messages are read, the answer is written and sent, and the session ended, without scrolling sideways', async () => {
  await using server = await stage.serve()
  // 1280x720 with every pixel twice as large.
  await using desk = await stage.open(server, { path: '#/c/cv_1', width: 640, height: 360 })
  await desk.composer.waitFor()
  assert.equal(await desk.scrollsSideways(), false)
  const visible = async (selector: string) => {
    const box = await desk.page.locator(selector).first().boundingBox()
    assert.ok(box, selector)
    return {
      height: Math.min(360, box.y + box.height) - Math.max(0, box.y),
      width: Math.min(640, box.x + box.width) - box.x,
    }
  }
  assert.ok((await visible('[role=log]')).height >= 80, 'a message is seen')
  assert.ok((await visible('[data-composer]')).height >= 24, 'the line being written is seen')
  await desk.say('放大也能回复')
  await desk.thread.getByText('放大也能回复').waitFor()
  await desk.page.keyboard.press('Escape')
  assert.deepEqual(await desk.violations(), [])
  await desk.page.keyboard.press('e')
  await until(() => server.world.conversations.get('cv_1')?.status === 'closed')
})

test('An account asks WeChat now, and says in words what to do about the answer', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server, { path: '#/accounts', width: 390, height: 844 })
  const cases = [
    [{}, '微信应答正常，密钥有效，时钟一致。'],
    [{ clockDifferenceMs: -61_000 }, '相差 61 秒'],
    [{ tokenError: '40164 invalid ip' }, '微信没有给出 access_token：40164 invalid ip。'],
    [{ unreachable: 'connect ECONNREFUSED' }, '连不上微信接口：connect ECONNREFUSED。'],
  ] as const
  const asked = world.check
  for (const [change, words] of cases) {
    world.check = { ...asked, ...change }
    await desk.button('立即检查').click()
    await desk.page.getByRole('status').getByText(words).waitFor()
  }
  assert.equal(await desk.scrollsSideways(), false)
  desk.assertNoTroubles()
})

test('The first load is at most 200 KB gzipped', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  const loaded = await desk.page.evaluate(() => {
    const [idle] = performance.getEntriesByName('duoke-idle')
    const first = performance
      .getEntriesByType('resource')
      .filter(({ startTime }) => startTime < (idle?.startTime ?? Infinity))
    return first.map(({ name }) => name)
  })
  const files = loaded.map((name) => new URL(name).pathname).filter((path) => /\.(js|css)$/.test(path))
  const size = (path: string) => gzipSync(readFileSync(join(fileURLToPath(consoleFolder), path))).length
  const bytes = ['/index.html', ...files].reduce((sum, path) => sum + size(path), 0)
  console.log(`first load: ${files.length} files, ${(bytes / 1000).toFixed(0)} KB gzipped`)
  assert.ok(bytes <= 200_000, `${bytes} bytes`)
})

test('Ten thousand messages are a few rows in the page, and reading back does not jump', async () => {
  await using server = await stage.serve()
  const { world } = server
  for (let index = 0; index < 10_000; index += 1) hadSaid(world, 'cv_2', `第 ${index} 条消息`)
  await using desk = await stage.open(server, { path: '#/c/cv_2' })
  await desk.thread.getByText('第 9999 条消息').waitFor()
  const rows = () => desk.thread.locator('[data-index]').count()
  assert.ok((await rows()) < 80, `${await rows()} rows`)
  for (let page = 0; page < 4; page += 1) {
    const before = server.requests.filter((line) => line.endsWith('/cv_2/messages')).length
    await desk.thread.evaluate((log) => log.scrollTo(0, 300))
    await desk.page.waitForTimeout(100)
    const anchor = await firstVisible(desk)
    for (let wait = 0; wait < 40; wait += 1) {
      if (server.requests.filter((line) => line.endsWith('/cv_2/messages')).length > before) break
      await desk.page.waitForTimeout(25)
    }
    await desk.page.waitForTimeout(150)
    const moved = await topOf(desk, anchor.text)
    assert.ok(moved !== undefined && Math.abs(moved - anchor.top) <= 1, `moved by ${(moved ?? 0) - anchor.top} px`)
  }
  assert.ok((await rows()) < 80)
})

async function firstVisible(desk: ConsolePage): Promise<{ text: string; top: number }> {
  return desk.thread.evaluate((log) => {
    const frame = log.getBoundingClientRect()
    for (const row of log.querySelectorAll('[data-index]')) {
      const { top } = row.getBoundingClientRect()
      const text = /第 \d+ 条消息/.exec(row.textContent ?? '')?.[0]
      if (top >= frame.top && text !== undefined) return { text, top }
    }
    throw new Error('no message is visible')
  })
}

async function topOf(desk: ConsolePage, text: string): Promise<number | undefined> {
  const box = await desk.thread.locator('[data-index]').filter({ hasText: text }).boundingBox()
  return box?.y
}
