import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { systemClock } from '../src/clock.ts'
import type { NewAccount } from '../src/model/account.ts'
import { type Stage, setStage } from '../src/testing/fixtures.ts'
import { launchBrowser } from './browser.ts'

const MENU: Partial<NewAccount> = {
  menu: [
    { name: '服务', children: [{ name: '人工', type: 'click', key: 'HUMAN' }] },
    { name: '新品', type: 'click', key: 'NEW' },
  ],
}

let browser: Browser

before(async () => {
  browser = await launchBrowser()
})
after(() => browser.close())

interface OpenPhone {
  page: Page
  problems: string[]
}

async function openPhone(stage: Stage, query = 'account=shop&follower=wang', colorScheme: 'light' | 'dark' = 'light') {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', colorScheme })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('dialog', (dialog) => problems.push(dialog.message()))
  await page.goto(`${stage.simulator.url}/phone?${query}`)
  await page.waitForSelector('.dock, .profile')
  return { page, problems } satisfies OpenPhone
}

function realStage(account: Partial<NewAccount> = {}) {
  return setStage(account, { clock: systemClock })
}

test('what is typed on the phone reaches the server, and its answers the phone', async () => {
  await using stage = await realStage(MENU)
  stage.developer.behave = (push) =>
    push.kind === 'text' ? { kind: 'reply', reply: { type: 'text', content: '收到' } } : { kind: 'acknowledge' }
  const { page, problems } = await openPhone(stage)
  await page.click('.menu-bar .dock-button')
  await page.fill('.input', '你好[玫瑰]')
  await page.press('.input', 'Enter')
  await page.waitForSelector('.theirs .bubble')
  assert.deepEqual(await page.locator('.bubble').allTextContents(), ['你好🌹', '收到'])
  const [push] = stage.developer.pushes
  assert.ok(push?.kind === 'text' && push.content === '你好/:rose')
  const message = { msgtype: 'msgmenu', msgmenu: { head_content: '满意吗', list: [{ id: '101', content: '满意' }] } }
  assert.equal(await stage.send(message), 0)
  await page.click('.menu-bubble .text-link')
  await page.waitForSelector('.own:nth-last-child(2) .bubble')
  await page.click('.to-menu')
  await page.click('text=服务')
  await page.click('text=人工')
  await page.waitForSelector('[data-notice=menu]')
  await stage.simulator.idle()
  const kinds = stage.developer.pushes.map((got) => (got.kind === 'event' ? got.event : got.kind))
  assert.deepEqual(kinds, ['text', 'text', 'CLICK'])
  assert.deepEqual(problems, [])
})

test('typing shows in the title, an agent by name, and an unfollowed account shows its page', async () => {
  await using stage = await realStage({ agents: [{ account: 'lili@shop', nickname: '莉莉', id: '1001' }] })
  const { page, problems } = await openPhone(stage, 'account=shop&follower=wang&embed=1')
  await page.fill('.input', '在吗')
  await page.press('.input', 'Enter')
  await page.waitForSelector('.own')
  await stage.api('/cgi-bin/message/custom/typing', { touser: stage.openid, command: 'Typing' })
  await page.waitForSelector('.title:has-text("对方正在输入")')
  await stage.send({ msgtype: 'text', text: { content: '在' }, customservice: { kf_account: 'lili@shop' } })
  await page.waitForSelector('.agent:has-text("莉莉")')
  assert.equal(await page.textContent('.title'), '小店')
  assert.equal(await page.isVisible('#tabs'), false)
  await page.click('[aria-label="公众号资料"]')
  await page.click('.danger')
  await page.waitForSelector('.profile')
  await page.click('.profile .primary')
  await page.waitForSelector('[data-notice=followed]')
  assert.deepEqual(problems, [])
})

test('in a mini program the phone enters customer service and sends a page as a card', async () => {
  await using stage = await realStage({ kind: 'mini-program', format: 'json' })
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok(follower)
  follower.followingSinceMs = null
  const { page, problems } = await openPhone(stage)
  await page.click('.profile .primary')
  await page.fill('[name=sessionFrom]', 'cart')
  await page.press('[name=sessionFrom]', 'Enter')
  await page.waitForSelector('.dock')
  assert.equal(await page.isVisible('[aria-label="语音输入"]'), false)
  await page.click('[aria-label="更多功能"]')
  assert.deepEqual(await page.locator('.tile').allTextContents(), ['照片', '进入客服会话', '发送页面卡片'])
  await page.click('text=发送页面卡片')
  await page.fill('[name=title]', '购物车')
  await page.fill('[name=pagePath]', 'pages/cart?from=chat')
  await page.click('.sheet .primary')
  await page.waitForSelector('.own[data-kind=mini-program]')
  await page.click('[aria-label="公众号资料"]')
  await page.waitForSelector('.fact-line:has-text("发消息")')
  assert.equal(await page.locator('.sheet :is(.danger, .primary)').count(), 0)
  await stage.simulator.idle()
  const [entered, sent] = stage.developer.pushes
  assert.ok(entered?.kind === 'event' && entered.event === 'user_enter_tempsession')
  assert.equal(entered.fields['SessionFrom'], 'cart')
  assert.equal(sent?.fields['MsgType'], 'miniprogrampage')
  assert.equal(sent?.fields['PagePath'], 'pages/cart?from=chat')
  assert.deepEqual(problems, [])
})

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '<a href="javascript:alert(1)">免费</a>',
  '<a href="https://example.com/" onclick="alert(1)"><b>x</b></a>',
  '</div></article><h1>x',
  '\u202etxt.exe \u0301\u0301\u0301'.repeat(20),
]

test('nothing anybody writes becomes markup on the phone', async () => {
  await using stage = await realStage()
  const { page, problems } = await openPhone(stage)
  stage.simulator.act('shop', 'wang', { type: 'text', text: HOSTILE[0] ?? '' })
  const agents = { kf_account: 'a@shop', nickname: '<i>a</i>' }
  await stage.api('/customservice/kfaccount/add', agents)
  for (const content of HOSTILE.slice(1)) {
    assert.equal(await stage.send({ msgtype: 'text', text: { content }, customservice: { kf_account: 'a@shop' } }), 0)
  }
  const articles = [{ title: '<b>t</b>', url: 'javascript:alert(1)', picurl: 'https://elsewhere.example/x.png' }]
  stage.simulator.act('shop', 'wang', { type: 'text', text: 'again' })
  await stage.send({ msgtype: 'news', news: { articles } })
  await page.waitForSelector('.news-card')
  assert.deepEqual(await page.locator('.bubble').allTextContents(), [...HOSTILE, 'again'])
  const strange = '.log :is(img, script, h1, i, [onclick], [onerror], a[href^="javascript"])'
  assert.equal(await page.locator(strange).count(), 0)
  assert.deepEqual(problems, [])
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the phone is readable and operable by rule in the ${colorScheme} scheme`, async () => {
    await using stage = await realStage(MENU)
    stage.simulator.act('shop', 'wang', { type: 'text', text: '看这里 https://example.com/' })
    await stage.send({ msgtype: 'msgmenu', msgmenu: { list: [{ id: '1', content: '满意' }] } })
    const { page } = await openPhone(stage, 'account=shop&follower=wang', colorScheme)
    await page.waitForSelector('.menu-bubble')
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await page.evaluate(axe)
    for (const open of ['.menu-bar .dock-button', '[aria-label="更多功能"]', '.tile >> nth=3']) {
      await page.click(open)
      const found = await page.evaluate(
        'axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then((r) => r.violations.map((v) => v.id + " " + v.nodes[0].html))',
      )
      assert.deepEqual(found, [])
    }
  })
}
