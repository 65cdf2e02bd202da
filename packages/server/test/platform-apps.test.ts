import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp({}, { env: { CRM_SECRET: 'canary-from-env' } })
})
after(() => server[Symbol.asyncDispose]())

const unique = () => randomBytes(6).toString('hex')
const scopes = ['messages:read', 'messages:send']
const attachmentOf = (account: string, changes: Json = {}): Json => ({
  ...{ account, appId: `wx${unique()}`, appSecret: 'canary-appsecret', role: 'responder', priority: 10 },
  push: { url: 'http://127.0.0.1:9001/wx', token: 'canary-token', encodingAesKey: 'K'.repeat(43) },
  ...changes,
})
const appOf = (account: string, changes: Json = {}): Json => ({
  ...{ name: 'CRM', contact: '赵工', scopes, accounts: [attachmentOf(account)] },
  ...changes,
})
const documentOf = (org: TestOrganization, apps: Json[]): Json => ({
  version: 1,
  organization: { id: org.id, name: 'Acme' },
  apps,
})
const secretsIn = async (org: string) =>
  (
    await server.app.ground.database.withOrganization(org, (tx) =>
      tx.query<{ app_id: string; secrets: Uint8Array }>({ text: 'select app_id, secrets from app_attachment' }),
    )
  ).rows.map(({ app_id, secrets }): [string, Json] => [app_id, JSON.parse(server.app.ground.box.open(org, secrets))])

test('an app is attached, read, changed and removed over REST', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  const body = appOf(org.accountId)
  const put = await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body })
  assert.equal(put.status, 200, JSON.stringify(put.body))
  const attachment = body.accounts[0]
  // Nobody listens there: asked at once or a moment later.
  const { verification, ...shown } = put.body.accounts[0]
  assert.ok(['pending', 'failed'].includes(verification.status), verification.status)
  assert.deepEqual(
    { ...put.body, accounts: [shown] },
    {
      ...{ id: 'crm', name: 'CRM', contact: '赵工', scopes, rateLimit: null, allowedAddresses: [] },
      accounts: [
        {
          ...{ account: org.accountId, appId: attachment.appId, role: 'responder', priority: 10, when: null },
          ...{ lateReplies: 'drop', echo: false, agentNames: 'omit', suspended: null },
          push: { url: 'http://127.0.0.1:9001/wx', mode: 'safe', format: 'xml' },
        },
      ],
    },
  )
  const { items } = (await ask(server.url, '/v1/apps', { token })).body
  assert.deepEqual(
    items.map(({ id }: { id: string }) => id),
    ['crm'],
  )
  const { appSecret: _, push: _push, ...without } = attachment
  const changed = { ...body, rateLimit: 60, accounts: [{ ...without, role: 'observer' }] }
  const again = await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body: changed })
  assert.deepEqual([again.body.rateLimit, again.body.accounts[0]?.role], [60, 'observer'])
  assert.deepEqual(again.body.accounts[0]?.push, put.body.accounts[0]?.push, 'what is left out stays')
  const [kept] = await secretsIn(org.id)
  assert.deepEqual(kept, [
    'crm',
    { appSecret: 'canary-appsecret', token: 'canary-token', encodingAesKey: 'K'.repeat(43) },
  ])
  assert.equal((await ask(server.url, '/v1/apps/crm', { token, method: 'DELETE' })).status, 204)
  assert.equal((await ask(server.url, '/v1/apps/crm', { token })).status, 404)
  assert.equal((await ask(server.url, '/v1/apps/crm', { token, method: 'DELETE' })).status, 404)
  assert.deepEqual(await secretsIn(org.id), [])
})

test('who granted an app which scopes and accounts, and when, is told even after it was removed', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  const lili = await org.token('lili')
  const put = (by: string, body: Json) => ask(server.url, '/v1/apps/crm', { token: by, method: 'PUT', body })
  const body = appOf(org.accountId)
  await put(lili, body)
  await put(token, { ...body, name: 'Other name' })
  await put(token, { ...body, scopes: ['messages:read', 'records:read'], accounts: [] })
  await ask(server.url, '/v1/apps/crm', { token, method: 'DELETE' })
  const first = await ask(server.url, '/v1/apps/crm/consents?limit=2', { token })
  const rest = await ask(server.url, `/v1/apps/crm/consents?limit=2&after=${first.body.next}`, { token })
  const account = org.accountId
  assert.deepEqual(
    [...first.body.items, ...rest.body.items].map(({ by, granted, withdrawn, attached, detached }: Json) => [
      by.kind,
      ...[granted, withdrawn, attached, detached].map((list: string[]) => list.join()),
    ]),
    [
      ['operator', '', 'messages:read,records:read', '', ''],
      ['operator', 'records:read', 'messages:send', '', account],
      ['agent', 'messages:read,messages:send', '', account, ''],
    ],
  )
  assert.equal(rest.body.next, null)
  assert.equal((await ask(server.url, '/v1/apps/nobody/consents', { token })).status, 404)
})

test('a document attaches apps, the same again changes nothing, and a dry run does nothing', async () => {
  const org = await server.organization()
  const document = documentOf(org, [{ id: 'crm', ...appOf(org.accountId) }])
  document.apps[0].accounts[0].appSecret = { env: 'CRM_SECRET' }
  const apply = async (how = {}) => {
    const applied = await server.app.operator.apply(document, how)
    assert.ok(applied.ok, applied.ok ? '' : applied.details.join())
    return applied.changes.filter(({ kind }) => kind === 'app').map(({ change, fields }) => [change, fields.join()])
  }
  assert.deepEqual(await apply({ dryRun: true }), [['created', '']])
  assert.deepEqual(await secretsIn(org.id), [])
  assert.deepEqual(await apply(), [['created', '']])
  assert.deepEqual(await apply(), [['unchanged', '']])
  assert.equal((await secretsIn(org.id))[0]?.[1].appSecret, 'canary-from-env')
  document.apps[0].accounts[0].push.token = 'canary-token-2'
  assert.deepEqual(await apply(), [['changed', 'attachments']])
  const rotated = (await secretsIn(org.id))[0]?.[1]
  assert.deepEqual([rotated.token, rotated.previous?.token], ['canary-token-2', 'canary-token'], 'F42: an overlap')
})

test('an account that goes takes its apps’ places with it', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body: appOf(org.accountId) })
  const document = { ...documentOf(org, []), accounts: [], apps: undefined }
  delete document.apps
  assert.ok((await server.app.operator.apply(document, { prune: true })).ok)
  assert.deepEqual((await ask(server.url, '/v1/apps/crm', { token })).body.accounts, [])
  assert.deepEqual(await secretsIn(org.id), [])
})

test('T7: an appId that an account or app of another organization has is refused, also when both come at once', async () => {
  const [one, two] = [await server.organization(), await server.organization()]
  const [first, second] = [await one.adminToken(), await two.adminToken()]
  const put = (token: string, account: string, appId: string, id = 'crm') =>
    ask(server.url, `/v1/apps/${id}`, {
      token,
      method: 'PUT',
      body: appOf(account, { accounts: [attachmentOf(account, { appId })] }),
    })
  const accountAppId = `wx${one.accountId.slice(3)}`
  assert.deepEqual((await put(second, two.accountId, accountAppId)).body.code, 'taken')
  const appId = `wx${unique()}`
  assert.equal((await put(first, one.accountId, appId)).status, 200)
  assert.equal((await put(second, two.accountId, appId)).body.code, 'taken')
  const thief = await server.app.operator.apply({
    version: 1,
    organization: { id: `org-${unique()}`, name: 'Thief' },
    accounts: [
      {
        ...{ id: `oa-${unique()}`, kind: 'official-account', name: 'x', originalId: 'gh_1', appId },
        ...{ appSecret: 's', token: 't', mode: 'plain' },
      },
    ],
  })
  assert.ok(!thief.ok && /belongs to another organization/.test(thief.sentence))
  const shared = `wx${unique()}`
  const racing = await Promise.all([put(first, one.accountId, shared, 'a'), put(second, two.accountId, shared, 'b')])
  assert.deepEqual(racing.map(({ status }) => status).sort(), [200, 409])
})

const faulty: [string, (app: Json, org: TestOrganization) => void, string, RegExp][] = [
  [
    'an unknown account',
    (app) => Object.assign(app.accounts[0], { account: 'none' }),
    '/accounts/0/account',
    /no account/,
  ],
  [
    'an account twice',
    (app) => app.accounts.push(attachmentOf(app.accounts[0].account)),
    '/accounts/1/account',
    /twice/,
  ],
  [
    'the appId of the account itself',
    (app, org) => Object.assign(app.accounts[0], { appId: `wx${org.accountId.slice(3)}` }),
    '/accounts/0/appId',
    /belongs to account/,
  ],
  [
    'a condition on what there is not',
    (app) => Object.assign(app.accounts[0], { when: "message.colour == 'red'" }),
    '/accounts/0/when',
    /No such key: colour/,
  ],
  [
    'a condition that may run for ever',
    (app) => Object.assign(app.accounts[0], { when: "message.text.matches('(a+)+$')" }),
    '/accounts/0/when',
    /matches is not among/,
  ],
  ['no secret', (app) => delete app.accounts[0].appSecret, '/accounts/0/appSecret', /needed/],
  ['no token', (app) => delete app.accounts[0].push.token, '/accounts/0/push/token', /needed/],
  [
    'no key in safe mode',
    (app) => delete app.accounts[0].push.encodingAesKey,
    '/accounts/0/push/encodingAesKey',
    /safe/,
  ],
  [
    'a short key',
    (app) => Object.assign(app.accounts[0].push, { encodingAesKey: 'K' }),
    '/accounts/0/push/encodingAesKey',
    /43/,
  ],
  [
    'an address that is none',
    (app) => Object.assign(app, { allowedAddresses: ['10.0.0.0/33'] }),
    '/allowedAddresses/0',
    /no address/,
  ],
  [
    'a secret of the server’s environment',
    (app) => Object.assign(app.accounts[0], { appSecret: { env: 'CRM_SECRET' } }),
    '/accounts/0/appSecret',
    /in place/,
  ],
]
for (const [what, spoil, path, message] of faulty) {
  test(`an app with ${what} is refused with its place`, async () => {
    const org = await server.organization()
    const token = await org.adminToken()
    const body = appOf(org.accountId)
    spoil(body, org)
    const answer = await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body })
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.errors?.[0]?.path],
      [400, 'invalid_configuration', path],
    )
    assert.match(answer.body.errors[0].message, message)
    assert.equal((await ask(server.url, '/v1/apps/crm', { token })).status, 404)
  })
}

test('a form that nobody documented is refused: appIds, roles, addresses', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  const hostile = [
    { appId: 'no-wx' },
    { appId: `wx${'a'.repeat(41)}` },
    { role: 'boss' },
    { priority: 1e9 },
    { push: { url: 'file:///etc/passwd', token: 't', mode: 'plain' } },
    { when: 'x'.repeat(1001) },
    { lateReplies: 'perhaps' },
    { secretsDigest: 'x' },
  ]
  for (const changes of hostile) {
    const body = appOf(org.accountId, { accounts: [attachmentOf(org.accountId, changes)] })
    assert.equal(
      (await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body })).status,
      400,
      JSON.stringify(changes),
    )
  }
  for (const id of ['-x', 'a b', 'a'.repeat(65)]) {
    const path = `/v1/apps/${encodeURIComponent(id)}`
    const { status } = await ask(server.url, path, { token, method: 'PUT', body: appOf(org.accountId) })
    assert.ok(status === 400 || status === 404, id)
  }
})

test('I-11: no secret of an app comes out again: not by list, export, event, error or log', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  const body = appOf(org.accountId)
  await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body })
  const paths = ['/v1/apps', '/v1/apps/crm', '/v1/apps/crm/consents', '/v1/configuration', '/v1/events?limit=200']
  const shown = await Promise.all(
    paths.map(async (path) => JSON.stringify((await ask(server.url, path, { token })).body)),
  )
  assert.match(shown[3] ?? '', new RegExp(body.accounts[0].appId))
  assert.doesNotMatch([...shown, ...server.logged].join(), /canary|KKKKK/)
})

test('an app sees neither the other apps nor their addresses without the scope for it', async () => {
  const org = await server.organization({
    apps: [{ id: 'spy', scopes: ['events:read', 'accounts:read', 'agents:read'] }],
  })
  const token = await org.adminToken()
  await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body: appOf(org.accountId) })
  const spy = await org.token({ app: 'spy' })
  assert.equal((await ask(server.url, '/v1/apps', { token: spy })).status, 403)
  const events = await ask(server.url, '/v1/events?limit=200', { token: spy })
  assert.doesNotMatch(JSON.stringify(events.body), /127\.0\.0\.1:9001|app\.configured/)
})

test('T1: the rows of one organization’s apps are not there for another', async () => {
  const [one, two] = [await server.organization(), await server.organization()]
  const token = await one.adminToken()
  await ask(server.url, '/v1/apps/crm', { token, method: 'PUT', body: appOf(one.accountId) })
  const count = async (org: string) =>
    (
      await server.app.ground.database.withOrganization(org, (tx) =>
        tx.query({ text: 'select 1 from app_attachment where org_id = $1', values: [one.id] }),
      )
    ).rows.length
  assert.deepEqual([await count(one.id), await count(two.id)], [1, 0])
})

test('F65: the tokens of an app that is removed end within five seconds, and the organization keeps its data', async () => {
  const org = await server.organization()
  const token = await org.adminToken()
  await ask(server.url, '/v1/apps/crm', {
    token,
    method: 'PUT',
    body: appOf(org.accountId, {
      scopes: ['conversations:read', 'sessions:manage', 'messages:read'],
      accounts: [attachmentOf(org.accountId, { role: 'observer' })],
    }),
  })
  const crm = await org.token({ app: 'crm' })
  const conversation = await org.write('o1', '在吗')
  const accepted = await ask(server.url, `/v1/conversations/${conversation}/accept`, { token: crm, method: 'POST' })
  assert.deepEqual([accepted.status, accepted.body.holder.kind], [200, 'app'])
  await ask(server.url, '/v1/apps/crm', { token, method: 'DELETE' })
  const after = await ask(server.url, `/v1/conversations/${conversation}`, { token })
  assert.deepEqual([after.body.holder.kind, after.body.status], ['queue', 'waiting'], 'what it held goes to routing')
  await new Promise((resolve) => setTimeout(resolve, 3100))
  assert.equal((await ask(server.url, '/v1/conversations', { token: crm })).status, 401)
  const messages = await ask(server.url, `/v1/conversations/${conversation}/messages`, { token })
  assert.equal(messages.body.items.length, 1)
})
