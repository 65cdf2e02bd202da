import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { arbitrate } from './support/fake-arbitration.ts'
import { Stage } from './support/stage.ts'
import { until } from './support/until.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

test('A wrong password is told in words, the right one opens the desk, and signing out closes it', async () => {
  await using server = await stage.serve()
  server.signedIn = false
  await using desk = await stage.open(server)
  const { page } = desk
  await page.getByLabel('客服编号').fill('lili')
  await page.getByLabel('密码').fill('wrong')
  await desk.button('登录').click()
  await page.getByText('账号、密码或验证码不正确。').waitFor()
  await page.getByLabel('密码').fill('correct horse')
  await page.getByLabel('密码').press('Enter')
  await desk.tab(/我的/).waitFor()
  await page.goto(`${server.url}/#/me`)
  await desk.button('退出登录').click()
  await page.getByLabel('客服编号').waitFor()
  assert.equal(server.signedIn, false)
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('An agent with one-time codes is asked for one only then', async () => {
  await using server = await stage.serve()
  server.signedIn = false
  server.world.totp = true
  await using desk = await stage.open(server)
  const { page } = desk
  await page.getByLabel('客服编号').fill('lili')
  await page.getByLabel('密码').fill('correct horse')
  assert.equal(await page.getByLabel('动态验证码').count(), 0)
  await desk.button('登录').click()
  await page.getByLabel('动态验证码').fill('123456')
  await desk.button('登录').click()
  await desk.tab(/我的/).waitFor()
})

test('A one-time link signs in, and its code leaves the address and the history', async () => {
  await using server = await stage.serve()
  server.signedIn = false
  const code = '5f3759df5f3759df5f3759df'
  await using desk = await stage.open(server, { path: `#/welcome/${code}` })
  await desk.page.getByText('退出登录').waitFor()
  assert.equal(desk.page.url().includes(code), false)
  assert.equal(server.requests.filter((line) => line === 'POST /v1/sign-in/link').length, 1)
  assert.deepEqual(
    server.requests.filter((line) => line.includes(code)),
    [],
  )
  await desk.page.goBack()
  assert.equal(desk.page.url().includes(code), false)
})

test('A used link says so and leads to the password', async () => {
  await using server = await stage.serve()
  server.signedIn = false
  await using desk = await stage.open(server, { path: '#/welcome/used-used-used-used-used' })
  await desk.page.getByText('一次性链接已使用或已过期').waitFor()
  assert.equal(desk.page.url().includes('used-used'), false)
  await desk.button('用密码登录').click()
  await desk.page.getByLabel('客服编号').waitFor()
})

test('Accept, reply, end and go to the next take two chords and no click', async () => {
  await using server = await stage.serve()
  const { world } = server
  await using desk = await stage.open(server)
  await desk.tab(/待接入/).waitFor()
  await desk.row('晴朗的海豚').waitFor()
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.getByRole('heading', { name: '安静的山雀 0093' }).waitFor()
  await desk.page.waitForFunction(() => document.activeElement?.hasAttribute('data-composer'))
  await desk.page.keyboard.type('周末照常发货。')
  await desk.page.keyboard.press('Control+Shift+Enter')
  await desk.page.getByRole('heading', { name: '晴朗的海豚 4821' }).waitFor()
  assert.equal(world.conversation('cv_4').status, 'closed')
  const said = world.messages.get('cv_4')?.at(-1)?.content
  assert.deepEqual(said, { type: 'text', text: '周末照常发货。' })
  assert.deepEqual(server.strays, [])
  desk.assertNoTroubles()
})

test('What is typed right after accepting is in the field, not taken for commands', async () => {
  await using server = await stage.serve()
  server.slowMs = 300
  await using desk = await stage.open(server)
  await desk.row('晴朗的海豚').waitFor()
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.keyboard.press('n')
  await desk.page.keyboard.press('e')
  await desk.page.waitForFunction(() => document.activeElement?.hasAttribute('data-composer'))
  await desk.page.keyboard.type('next')
  assert.equal(await desk.composer.inputValue(), 'next')
  assert.equal(server.world.conversation('cv_4').status, 'open')
  assert.equal(server.world.conversation('cv_5').status, 'waiting')
})

test('An agent who is offline comes online by accepting', async () => {
  await using server = await stage.serve()
  server.world.setStatus('lili', 'offline')
  await using desk = await stage.open(server, { path: '#/c/cv_5' })
  await desk.page.getByText('3 位客户在等待，在线后会分配给你。').waitFor()
  await desk.button('接入').click()
  await desk.composer.waitFor()
  assert.equal(server.world.agent('lili').status, 'online')
  assert.equal(server.world.conversation('cv_5').assignee, 'lili')
})

test('A colleague who was faster is told in words', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_5' })
  await desk.thread.getByText('一直没有物流信息').waitFor()
  server.world.conversations.set('cv_5', {
    ...server.world.conversation('cv_5'),
    status: 'open',
    assignee: 'wang',
    holder: { kind: 'agent', agentId: 'wang', stintId: 'st_w', since: server.world.at() },
  })
  await desk.button('接入').click()
  await desk.page.getByText('该对话已由他人接待。').first().waitFor()
  await desk.page.getByText('由王强接待中，只能查看').waitFor()
})

test('A transfer goes to the colleague chosen, with its note, and the thread says so', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.button('转接').click()
  await desk.page.getByRole('radio', { name: /王强/ }).check()
  await desk.page.getByLabel('附言（只有同事能看到）').fill('已解决漏水，等换货单')
  await desk.page.getByRole('dialog').getByRole('button', { name: '转接', exact: true }).click()
  await desk.page.getByText('从左侧选择一个对话').waitFor()
  assert.equal(server.world.conversation('cv_1').assignee, 'wang')
  await desk.tab(/全部/).click()
  await desk.row('陈晓').click()
  await desk.page.getByText('已解决漏水，等换货单').waitFor()
  await desk.page.getByText('由王强接待中，只能查看').waitFor()
})

test('A message that arrives is seen at once, counted in the title and read when it is open', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  server.world.receive('cv_1', { type: 'text', text: '还有一个问题' })
  await desk.thread.getByText('还有一个问题').waitFor()
  await desk.page.waitForFunction(() => document.title === '(4) 多客')
  await until(() => server.world.conversation('cv_1').unread === 0)
  server.world.receive('cv_2', { type: 'text', text: '在吗' })
  await desk.page.waitForFunction(() => document.title === '(5) 多客')
  assert.match((await desk.page.locator('link[rel="icon"]').getAttribute('href')) ?? '', /unread/)
})

test('"Why did I get this?" reads the decision in plain words', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/c/cv_1' })
  await desk.composer.waitFor()
  await desk.button('为什么分给我？').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByText('在 2 位在线且有空余的客服中，你接待中的会话最少（1 个）。').waitFor()
  await dialog.getByText('赵敏').waitFor()
  await desk.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  const focused = await desk.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  assert.equal(focused, '为什么分给我？')
})

test('At a passive reply stands which app answered, why, and who was not heard', async () => {
  await using server = await stage.serve()
  arbitrate(server.world, 'cv_7', '周末照常发货，周一到。', [
    { appId: 'crm', outcome: 'silent', became: 'nothing' },
    { appId: 'faq', outcome: 'reply', became: 'sent', messageId: 'ms_x' },
    { appId: 'bot', outcome: 'reply', became: 'dropped', reason: 'not_chosen' },
  ])
  await using desk = await stage.open(server, { path: '#/c/cv_7' })
  const line = desk.thread.getByText('应用 faq 自动回复（排在前面的应用没有作答）；1 个应用的回复未采用')
  await line.waitFor()
  await desk.thread.getByRole('button', { name: '为什么？' }).last().click()
  await desk.thread.getByText('bot 回复未采用：已有应用回复').waitFor()
  await desk.thread.getByText('crm 没有回复').waitFor()
  // As it happens, too: the choice of a message that is written while the thread is open.
  arbitrate(server.world, 'cv_7', '已为您登记。', [
    { appId: 'crm', outcome: 'reply', became: 'sent', messageId: 'ms_y' },
  ])
  await desk.thread.getByText('应用 crm 自动回复（优先级最高）').waitFor()
  arbitrate(server.world, 'cv_7', '', [{ appId: 'crm', outcome: 'silent', became: 'nothing' }])
  arbitrate(server.world, 'cv_7', '', [{ appId: 'bot', outcome: 'reply', became: 'dropped', reason: 'agent_holds' }])
  await desk.thread.getByText('1 个应用的回复未采用', { exact: false }).last().waitFor()
  // The assignment, and three of the four choices: where all were silent there is nothing to tell.
  assert.equal(await desk.thread.getByRole('button', { name: /为什么？|收起/ }).count(), 4)
  assert.deepEqual(await desk.violations(), [])
  desk.assertNoTroubles()
})

test('The language changes without a reload, and stays', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/me' })
  await desk.page.evaluate(() => {
    document.body.dataset['mark'] = 'same page'
  })
  await desk.page.getByRole('combobox', { name: '语言' }).click()
  await desk.page.getByRole('option', { name: 'English' }).click()
  await desk.button('Sign out').waitFor()
  assert.equal(await desk.page.evaluate(() => document.body.dataset['mark']), 'same page')
  assert.equal(await desk.page.evaluate(() => document.documentElement.lang), 'en')
  await desk.page.reload()
  await desk.button('Sign out').waitFor()
})

test('The example is tried beside a phone and removed with its consequence in words', async () => {
  await using server = await stage.serve()
  server.world.example = true
  server.world.phoneUrl = `${server.url}/phone`
  await using desk = await stage.open(server, { path: '#/try' })
  const phone = desk.page.locator('iframe')
  assert.match((await phone.getAttribute('src')) ?? '', /embed=1/)
  assert.equal((await phone.boundingBox())?.width, 390)
  await desk.page.getByText('一位客户正在等待').waitFor()
  await desk.button(/清除示例数据/).click()
  await desk.page.getByText('不能恢复').waitFor()
  await desk.page.keyboard.press('Escape')
  await desk.page.getByRole('dialog').waitFor({ state: 'detached' })
  await desk.page.keyboard.press('x')
  await desk.page.getByText('不能恢复').waitFor()
  await desk.button('清除').click()
  await desk.page.getByRole('heading', { name: '开始使用' }).waitFor()
  assert.equal(server.world.example, false)
})
