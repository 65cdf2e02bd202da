import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { App, AppDelivery } from '@duoke/contract'
import type { FakeWorld } from './support/fake-world.ts'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

const bot = (world: FakeWorld): App => ({
  ...{ id: 'bot', name: '快递机器人', contact: 'ops@vendor.example', rateLimit: null, allowedAddresses: [] },
  scopes: ['messages:read', 'messages:send'],
  accounts: [
    {
      ...{ account: 'acme-oa', appId: 'wx00c0ffee00c0ffee', role: 'responder', priority: 10, echo: false },
      ...{ when: "message.type == 'text'", lateReplies: 'drop', agentNames: 'omit' },
      push: { url: 'https://vendor.example/wx', mode: 'safe', format: 'xml' },
      suspended: { reason: 'HTTP 502', failures: 20, since: world.at(-60_000) },
      verification: { status: 'verified', at: world.at(-90_000) },
    },
  ],
})

const delivery = (world: FakeWorld, index: number): AppDelivery => ({
  ...{
    id: `dl_${index}`,
    account: 'acme-oa',
    at: world.at(-index * 1000),
    kind: 'ask',
    name: 'text',
    role: 'responder',
  },
  ...{ conversationId: 'cv_1', messageId: null, position: index, attempt: 1, tookMs: 40 + index, status: 200 },
  ...{ outcome: 'reply', reason: null, reply: 'text', became: 'dropped', becameReason: 'held by an agent' },
})

function withBot(world: FakeWorld): void {
  world.apps.push(bot(world))
  for (let index = 0; index < 60; index += 1) world.deliveries.push(delivery(world, index))
  const by = { kind: 'agent', agentId: 'lili' } as const
  const given = { granted: ['messages:read', 'messages:send'], withdrawn: [], attached: ['acme-oa'], detached: [] }
  world.consents.push({ position: 7, at: world.at(-3_600_000), by, ...given })
}

test('An administrator sees what an app may do, why it was suspended, and lets it go on', async () => {
  await using server = await stage.serve()
  withBot(server.world)
  await using desk = await stage.open(server, { path: '#/apps' })
  await desk.page.getByRole('heading', { name: '快递机器人' }).waitFor()
  await desk.page.getByText('可应答 · 优先级 10').waitFor()
  await desk.page.getByText('权限（2）').click()
  await desk.page.getByText('在自己接待的对话中回复客户').waitFor()
  await desk.page.getByText('授权经过').click()
  await desk.page.getByText('接入公众号').waitFor()
  await desk.page.getByText('连续失败 20 次').waitFor()
  await desk.button('立即恢复').click()
  await desk.page.getByText('连续失败 20 次').waitFor({ state: 'detached' })
  await desk.page.getByText('地址已验证').waitFor()
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('What became of each push is told in words, page by page, and leads to its conversation', async () => {
  await using server = await stage.serve()
  withBot(server.world)
  await using desk = await stage.open(server, { path: '#/apps' })
  await desk.button('推送记录').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('已应答 · 未采用').first().waitFor()
  await dialog.getByText('held by an agent').first().waitFor()
  assert.equal(await dialog.getByRole('listitem').count(), 50)
  await dialog.getByRole('button', { name: '更早的记录' }).click()
  await dialog.getByText('99 ms').waitFor()
  await dialog.getByRole('link', { name: '查看对话' }).first().click()
  await desk.composer.waitFor()
  assert.equal(await dialog.count(), 0)
  desk.assertNoTroubles()
})

for (const options of [
  { theme: 'light', locale: 'zh-CN', width: 1280, height: 720 },
  { theme: 'dark', locale: 'en', width: 390, height: 844 },
] as const) {
  test(`On the page of apps axe finds nothing, and nothing scrolls sideways: ${options.width} px`, async () => {
    await using server = await stage.serve()
    await using desk = await stage.open(server, { ...options, path: '#/apps' })
    await desk.page.getByText(/还没有接入应用|No app is attached yet/).waitFor()
    assert.deepEqual(await desk.violations(), [], 'empty')
    withBot(server.world)
    await desk.page.getByRole('heading', { name: '快递机器人' }).waitFor()
    await desk.page.locator('summary').first().click()
    assert.deepEqual(await desk.violations(), [])
    assert.equal(await desk.scrollsSideways(), false)
    await desk.page.getByRole('button', { name: /推送记录|Deliveries/ }).click()
    await desk.page.getByRole('dialog').getByRole('listitem').first().waitFor()
    assert.deepEqual(await desk.violations(), [], 'deliveries')
    if (process.env.DUOKE_SHOTS !== undefined)
      await desk.page.screenshot({ path: `${process.env.DUOKE_SHOTS}/apps-${options.width}.png` })
  })
}
