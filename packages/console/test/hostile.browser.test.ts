import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Content } from '@duoke/contract'
import { FakeWorld } from './support/fake-world.ts'
import { hostileTexts } from './support/hostile-texts.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

/** One payload in every place where a stranger's words can be. */
function contentsOf(text: string): Content[] {
  return [
    { type: 'text', text },
    { type: 'voice', mediaId: 'md_0', recognition: text },
    { type: 'location', latitude: 30, longitude: 120, label: text },
    { type: 'link', title: text, description: text, url: text },
    { type: 'mini-program', title: text, appId: 'wx1', pagePath: text },
    { type: 'file', name: text },
    { type: 'menu', head: text, items: [{ id: text, text }], tail: text },
    { type: 'news', articles: [{ title: text, description: text, url: text }] },
    { type: 'action', action: 'menu-click', key: text },
    { type: 'unknown', name: text },
  ]
}

test('What strangers write is shown as text everywhere and runs nowhere (U1, U2, U6, I-6)', async () => {
  const world = new FakeWorld()
  for (const [index, text] of hostileTexts.entries()) {
    const id = `cv_${index}`
    world.arrive(id, text)
    const content = contentsOf(text)[index % 10]
    if (content !== undefined) world.receive(id, content)
    world.receive(id, { type: 'text', text })
    world.assign(id, 'lili', 'transfer', text)
  }
  const agent = world.agent('wang')
  world.agents.set('wang', { ...agent, nickname: hostileTexts[0] ?? '' })
  await using server = await stage.serve(world)
  await using desk = await stage.open(server)
  await desk.tab(/我的/).click()
  await until(async () => (await desk.page.locator('a[href*="#/c/"]').count()) >= 20)
  for (const [index, text] of hostileTexts.entries()) {
    if (index % 3 !== 0) continue
    await desk.page.evaluate((id) => {
      location.hash = `#/c/cv_${id}`
    }, index)
    await desk.thread.locator('[data-index]').first().waitFor()
    const heading = await desk.page.getByRole('heading', { level: 1 }).evaluate((element) => element.textContent)
    assert.equal(heading, text, 'a name is what was written, letter by letter')
  }
  const foreign = await desk.page.evaluate(() => {
    const found = [
      ...document.querySelectorAll(
        'script:not([src*="/assets/"]), iframe, object, embed, base, svg script, [onerror], [onload]',
      ),
    ]
    const links = [...document.querySelectorAll('a[href]')].map((link) => (link as HTMLAnchorElement).protocol)
    return [
      ...found.map(({ outerHTML }) => outerHTML),
      ...links.filter((protocol) => !/^(https?|weixin):$/.test(protocol)),
    ]
  })
  assert.deepEqual(foreign, [])
  assert.equal(await desk.page.evaluate(() => (globalThis as { pwned?: boolean }).pwned), undefined)
  desk.assertNoTroubles()
})

test('Every kind of message is shown, each hostile link without an address to follow (U6)', async () => {
  const world = new FakeWorld()
  world.arrive('cv_1', '客户')
  const hostile = 'javascript:globalThis.pwned=true'
  for (const content of contentsOf(hostile)) world.receive('cv_1', content)
  await using server = await stage.serve(world)
  await using desk = await stage.open(server, { path: '#/c/cv_1', height: 2000 })
  await desk.thread.getByText('暂不支持显示的消息类型').waitFor()
  const hrefs = await desk.thread
    .locator('a[href]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  assert.deepEqual(
    hrefs.filter((href) => href?.startsWith('javascript')),
    [],
  )
  desk.assertNoTroubles()
})

test('The page itself refuses markup from a string: Trusted Types are enforced (U2)', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server)
  await desk.tab(/我的/).waitFor()
  const answer = await desk.page.evaluate(() => {
    try {
      document.body.innerHTML = '<b>x</b>'
      return 'took it'
    } catch (error) {
      return error instanceof TypeError ? 'refused' : String(error)
    }
  })
  assert.equal(answer, 'refused')
})
