import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Content } from '@duoke/contract'
import type { ConsolePage } from './support/console-page.ts'
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

/** Markup that is not ours, and links that lead nowhere a link may lead. */
function foreignMarkup(): string[] {
  const markup = document.querySelectorAll(
    'script:not([src*="/assets/"]), iframe, object, embed, base, svg script, foreignObject, [onerror], [onload], [onclick]',
  )
  const links = [...document.querySelectorAll('a[href]')].map((link) => (link as HTMLAnchorElement).protocol)
  return [
    ...[...markup].map(({ outerHTML }) => outerHTML),
    ...links.filter((protocol) => !/^(https?|weixin):$/.test(protocol)),
  ]
}

async function assertNothingRan(desk: ConsolePage): Promise<void> {
  assert.deepEqual(await desk.page.evaluate(foreignMarkup), [])
  assert.equal(await desk.page.evaluate(() => (globalThis as { pwned?: boolean }).pwned), undefined)
  desk.assertNoTroubles()
}

test('U1 What strangers write is shown letter by letter in every kind of message, and runs nowhere (U2, U6, I-6)', async () => {
  assert.ok(new Set(hostileTexts).size >= 300)
  const world = new FakeWorld()
  const inOneThread = 10
  for (const [index, text] of hostileTexts.entries()) {
    world.arrive(`cv_${index}`, text)
    const thread = `cv_${index - (index % inOneThread)}`
    world.receive(thread, { type: 'text', text })
    const content = contentsOf(text)[Math.floor(index / inOneThread + index) % contentsOf(text).length]
    if (content !== undefined) world.receive(thread, content)
  }
  for (const [index, text] of hostileTexts.entries()) world.assign(`cv_${index}`, 'lili', 'transfer', text)
  await using server = await stage.serve(world)
  await using desk = await stage.open(server, { height: 3000 })
  await desk.tab(/我的/).click()
  await until(async () => (await desk.page.locator('a[href*="#/c/"]').count()) >= 20)
  const heading = desk.page.getByRole('heading', { level: 1 })
  for (let index = 0; index < hostileTexts.length; index += inOneThread) {
    await desk.page.evaluate((id) => {
      location.hash = `#/c/cv_${id}`
    }, index)
    // A name is what was written, letter by letter.
    await until(async () => (await heading.evaluate((element) => element.textContent)) === hostileTexts[index])
    await desk.thread.locator('[data-index="0"]').waitFor()
    const shown = (await desk.thread.textContent()) ?? ''
    const [first = ''] = hostileTexts.slice(index)
    assert.ok(shown.includes(first.trim().slice(0, 20)), first)
    assert.deepEqual(await desk.page.evaluate(foreignMarkup), [], first)
  }
  await assertNothingRan(desk)
})

test('U1 What colleagues and administrators name is text on every page and in every dialog too (I-6)', async () => {
  const world = new FakeWorld()
  world.arrive('cv_1', '客户')
  world.receive('cv_1', { type: 'text', text: '你好' })
  world.assign('cv_1', 'lili', 'routing')
  const [account] = world.accounts
  // Pages draw all of their rows; a fifth of the texts keeps each page a page.
  const names = hostileTexts.filter((_, index) => index % 5 === 0)
  for (const [index, text] of names.entries()) {
    const agent = world.agent('wang')
    world.agents.set(`a${index}`, { ...agent, id: `a${index}`, nickname: text })
    world.teams.push({ id: `t${index}`, name: text })
    if (account !== undefined) world.accounts.push({ ...account, id: `o${index}`, name: text })
    const owner = { kind: 'organization' } as const
    const parts = [{ type: 'text' as const, text }]
    const reply = {
      id: `qr_x${index}`,
      owner,
      title: text,
      group: text,
      parts,
      pinyin: text,
      uses: 0,
      lastUsedAt: null,
    }
    world.quickReplies.push(reply)
  }
  await using server = await stage.serve(world)
  await using desk = await stage.open(server)
  for (const path of ['#/agents', '#/accounts', '#/quick-replies', '#/c/cv_1']) {
    await desk.page.evaluate((hash) => {
      location.hash = hash
    }, path)
    await desk.page.locator('main').waitFor()
    if (path !== '#/c/cv_1')
      await until(async () => ((await desk.page.locator('main').textContent()) ?? '').includes('onerror'))
    await assertNothingRan(desk)
  }
  for (const key of ['t', 'Control+k']) {
    await desk.page.locator('[data-composer]').waitFor()
    await desk.page.keyboard.press('Escape')
    await desk.page.keyboard.press(key)
    await desk.page.getByRole('dialog').waitFor()
    await assertNothingRan(desk)
    await desk.page.keyboard.press('Escape')
  }
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
