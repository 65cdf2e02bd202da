import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Stage } from './support/stage.ts'

const stage = await Stage.prepare()
after(() => stage[Symbol.asyncDispose]())

test('An account is connected step by step: what is wrong is told, what to paste is shown, and the first push turns green', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/accounts' })
  await desk.button('接入公众号').click()
  const dialog = desk.page.getByRole('dialog')
  await dialog.getByLabel('名称').fill('新服务号')
  await dialog.getByLabel(/^编号/).fill('new-oa')
  await dialog.getByLabel('原始 ID').fill('0a81e05b394f')
  await dialog.getByText('以 gh_ 开头，后面是字母和数字').waitFor()
  assert.equal(await dialog.getByRole('button', { name: '下一步' }).isDisabled(), true)
  await dialog.getByLabel('原始 ID').fill('gh_0a81e05b394f')
  await dialog.getByLabel('AppID').fill('wxba5fad812f8e6fba')
  await dialog.getByLabel('AppSecret').fill('s3cret')
  await dialog.getByRole('button', { name: '下一步' }).click()
  await dialog.getByText('https://kf.acme.example/wechat/new-oa').waitFor()
  const given = server.world.manage.applied.at(-1)?.document.accounts?.[0]
  assert.match(String(given?.token), /^[A-Za-z0-9]{32}$/)
  assert.match(String(given?.encodingAesKey), /^[A-Za-z0-9]{43}$/)
  assert.equal(given?.mode, 'safe')
  await dialog.getByText(String(given?.encodingAesKey)).waitFor()
  await dialog.getByRole('button', { name: '立即检查' }).click()
  await dialog.getByText('微信应答正常').waitFor()
  await dialog.getByText('收到后这里会变绿').waitFor()
  const made = server.world.accounts.findIndex(({ id }) => id === 'new-oa')
  const account = server.world.accounts[made]
  assert.ok(account)
  server.world.accounts[made] = { ...account, lastPushAt: server.world.at() }
  await dialog.getByText('已经收到微信的推送').waitFor()
  desk.assertNoTroubles()
  assert.deepEqual(server.strays, [])
})

test('Secrets are rotated: the new ones are shown with how long the old ones hold, and what is left empty is not sent', async () => {
  await using server = await stage.serve()
  await using desk = await stage.open(server, { path: '#/accounts' })
  await desk.button(/^更换密钥/).click()
  const dialog = desk.page.getByRole('dialog')
  assert.equal(await dialog.getByRole('button', { name: '更换' }).isDisabled(), true)
  await dialog.getByRole('switch').click()
  await dialog.getByRole('button', { name: '更换' }).click()
  await dialog.getByText('7 天内仍然有效').waitFor()
  const given = server.world.manage.applied.at(-1)?.document.accounts?.[0]
  assert.equal(given?.appSecret, undefined)
  await dialog.getByText(String(given?.token)).waitFor()
  desk.assertNoTroubles()
})

test('Who may not manage sees the accounts and no way to change them', async () => {
  await using server = await stage.serve()
  server.world.scopes = ['accounts:read']
  await using desk = await stage.open(server, { path: '#/accounts' })
  await desk.page.getByRole('heading', { name: 'Acme 服务号' }).waitFor()
  assert.equal(await desk.button('接入公众号').count(), 0)
  assert.equal(await desk.button(/^更换密钥/).count(), 0)
})
