// What an app's owner sees over REST: the delivery log, suspension and verification.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { say, startStubApp } from '../src/channel/testing/stub-app.ts'
import { ask, startTestApp, type TestApp } from './support/app.ts'
import { eventually } from './support/channel-stage.ts'

const server: TestApp = await startTestApp({ egressAllow: '127.0.0.0/8' })
after(() => server[Symbol.asyncDispose]())
const options = { timeout: 60_000 }

async function attach(url: string, settings: { wechatAppId: string; token: string; encodingAesKey: string }) {
  const org = await server.organization()
  const admin = await org.adminToken()
  const push = { url, token: settings.token, encodingAesKey: settings.encodingAesKey }
  const attachment = {
    account: org.accountId,
    appId: settings.wechatAppId,
    appSecret: 's'.repeat(32),
    role: 'observer',
    push,
  }
  const body = { name: 'CRM', scopes: ['messages:read'], accounts: [attachment] }
  const put = await ask(server.url, '/v1/apps/crm', { method: 'PUT', token: admin, body })
  assert.equal(put.status, 200, JSON.stringify(put.body))
  return { org, admin }
}

/** A customer writes, as WeChat tells it. */
async function write(org: { id: string; accountId: string }, msgId: string): Promise<void> {
  const raw = `<xml><ToUserName>gh_x</ToUserName><FromUserName>o1</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content>你好</Content><MsgId>${msgId}</MsgId></xml>`
  const { accountId } = org
  const content = { type: 'text', text: '你好' } as const
  const act = {
    type: 'customer.act',
    accountId,
    openid: 'o1',
    act: 'message',
    kind: 'text',
    content,
    raw,
    sentAtMs: 0,
  } as const
  const outcome = await server.app.ground.log.submit(org.id, act, { lane: 'pushes' })
  assert.ok(outcome.accepted)
}

test('an app reads its own delivery log page by page; what it said is not in it (A4)', options, async () => {
  await using app = await startStubApp()
  app.behave = () => say('geheim')
  const { org, admin } = await attach(app.url, app.settings)
  for (const id of ['1', '2', '3']) await write(org, id)
  await eventually(() => (app.pushes.length === 3 ? true : null))
  const own = await org.token({ app: 'crm' })
  const all = await eventually(async () => {
    const { status, body } = await ask(server.url, '/v1/apps/crm/deliveries', { token: own })
    assert.equal(status, 200)
    return body.items.length === 4 ? body.items : null
  })
  assert.equal(JSON.stringify(all).includes('geheim'), false)
  const pushes = all.filter(({ kind }: { kind: string }) => kind === 'push')
  const { name, role, attempt, status, outcome, reply, became, becameReason, account } = pushes[0]
  assert.deepEqual(
    { name, role, attempt, status, outcome, reply, became, becameReason, account },
    {
      ...{ name: 'text', role: 'standby', attempt: 1, status: 200, outcome: 'reply', reply: 'text' },
      ...{ became: 'dropped', becameReason: 'not_asked', account: org.accountId },
    },
  )
  const ids: string[] = []
  for (let after = ''; ids.length < 10; ) {
    const page = await ask(server.url, `/v1/apps/crm/deliveries?limit=1${after}`, { token: admin })
    ids.push(...page.body.items.map(({ id }: { id: string }) => id))
    if (page.body.next === null) break
    after = `&after=${page.body.next}`
  }
  assert.deepEqual(
    ids,
    all.map(({ id }: { id: string }) => id),
  )
  const elsewhere = await ask(server.url, `/v1/apps/crm/deliveries?account=other`, { token: own })
  assert.deepEqual(elsewhere.body.items, [])
})

test('nobody reads the delivery log of another app', options, async () => {
  await using app = await startStubApp()
  const { org, admin } = await attach(app.url, app.settings)
  await ask(server.url, '/v1/apps/other', {
    method: 'PUT',
    token: admin,
    body: { name: 'O', scopes: ['messages:read'] },
  })
  const other = await org.token({ app: 'other' })
  assert.equal((await ask(server.url, '/v1/apps/crm/deliveries', { token: other })).status, 404)
  const agent = await org.token('lili', ['messages:read'])
  assert.equal((await ask(server.url, '/v1/apps/crm/deliveries', { token: agent })).status, 404)
  assert.equal((await ask(server.url, '/v1/apps/nobody/deliveries', { token: admin })).status, 404)
  assert.equal((await ask(server.url, '/v1/apps/other/deliveries', { token: other })).status, 200)
})

test('the app resource says whether its address was verified, and the figures count its pushes', options, async () => {
  await using app = await startStubApp()
  const { org, admin } = await attach(app.url, app.settings)
  const verification = (status: string) =>
    eventually(async () => {
      const { body } = await ask(server.url, '/v1/apps/crm', { token: admin })
      const [account] = body.accounts
      return account.verification.status === status ? account.verification : null
    })
  assert.match((await verification('verified')).at, /^20\d\d-.*Z$/)
  await write(org, '9')
  await eventually(async () => {
    const metrics = await ask(server.url, '/metrics')
    return /duoke_app_pushes_total\{outcome="silent"\} \d/.test(String(metrics.body)) ? true : null
  })
  const moved = { url: 'http://127.0.0.1:1/wx' }
  const accounts = [{ account: org.accountId, appId: app.settings.wechatAppId, role: 'observer', push: moved }]
  await ask(server.url, '/v1/apps/crm', {
    method: 'PUT',
    token: admin,
    body: { name: 'CRM', scopes: ['messages:read'], accounts },
  })
  await verification('failed')
})
