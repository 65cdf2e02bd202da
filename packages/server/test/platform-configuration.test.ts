import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'
import { documentOf, unique } from './support/configuration-documents.ts'
import { openStream } from './support/stream.ts'

let server: TestApp
let folder: string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'duoke-configuration-'))
  server = await startTestApp({}, { env: { ACME_SECRET: 'canary-appsecret-from-env', EMPTY: '' } })
})
after(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const changesOf = async (document: Json, how = {}) => {
  const applied = await server.app.operator.apply(document, how)
  assert.ok(applied.ok, applied.ok ? '' : `${applied.sentence} ${applied.details.join(' ')}`)
  return applied.changes.map(({ kind, change, fields }) => [kind, change, fields.join()])
}
const detailsOf = async (document: Json) => {
  const applied = await server.app.operator.apply(document)
  assert.ok(!applied.ok, 'the document was applied')
  return applied.details.join('\n') || applied.sentence
}
const tokenOf = async (org: string) => {
  const made = await server.app.operator.createToken(org, { holder: { kind: 'admin' } })
  assert.ok(made.ok)
  return made.token
}

test('a document creates an organization, and the same again changes nothing', async () => {
  const document = documentOf()
  assert.deepEqual(new Set((await changesOf(document)).map(([, change]) => change)), new Set(['created']))
  assert.deepEqual(new Set((await changesOf(document)).map(([, change]) => change)), new Set(['unchanged']))
})

test('a dry run says what would be done and does nothing, for a new organization and for a known one', async () => {
  const document = documentOf()
  assert.deepEqual(
    new Set((await changesOf(document, { dryRun: true })).map(([, change]) => change)),
    new Set(['created']),
  )
  assert.ok(!(await server.app.operator.organizations()).includes(document.organization.id))
  await changesOf(document)
  const changed = { ...document, teams: [{ id: 'presale', name: '新名' }] }
  assert.deepEqual(
    (await changesOf(changed, { dryRun: true })).find(([kind]) => kind === 'team'),
    ['team', 'changed', 'name'],
  )
  assert.deepEqual(
    (await changesOf(document)).find(([kind]) => kind === 'team'),
    ['team', 'unchanged', ''],
  )
})

test('what a document leaves out stays, and goes only when pruning is asked for', async () => {
  const document = documentOf()
  await changesOf(document)
  const { apps: _, ...without } = document
  assert.deepEqual(
    (await changesOf(without)).find(([kind]) => kind === 'app'),
    ['app', 'left', ''],
  )
  const fewer = { ...document, agents: [] }
  assert.deepEqual(
    (await changesOf(fewer)).find(([kind]) => kind === 'agent'),
    ['agent', 'left', ''],
  )
  assert.deepEqual(
    (await changesOf(fewer, { prune: true })).find(([kind]) => kind === 'agent'),
    ['agent', 'removed', ''],
  )
})

test('a changed secret is seen as a change, without being shown', async () => {
  const document = documentOf()
  await changesOf(document)
  const rotated = structuredClone(document)
  rotated.accounts[0].token = 'canary-token-2'
  assert.deepEqual(
    (await changesOf(rotated)).find(([kind]) => kind === 'account'),
    ['account', 'changed', 'secretsDigest'],
  )
  const { encodingAesKey: _, ...withoutKey } = rotated.accounts[0]
  assert.deepEqual(
    (await changesOf({ ...rotated, accounts: [withoutKey] })).find(([kind]) => kind === 'account'),
    ['account', 'unchanged', ''],
  )
})

test('a changed password signs in and ends the sessions of before; the same one ends nothing', async () => {
  const document = documentOf()
  const organization = document.organization.id
  await changesOf(document)
  const signIn = (password: string) =>
    ask(server.url, '/v1/sign-in', { body: { organization, agentId: 'lili', password } })
  const cookie = ((await signIn('canary-password-1')).headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  await changesOf(document)
  assert.equal((await ask(server.url, '/v1/me', { headers: { cookie } })).status, 200)
  document.agents[0].password = 'canary-password-2'
  assert.deepEqual(
    (await changesOf(document)).find(([kind]) => kind === 'agent'),
    ['agent', 'changed', 'password'],
  )
  assert.equal((await ask(server.url, '/v1/me', { headers: { cookie } })).status, 401)
  assert.deepEqual([(await signIn('canary-password-1')).status, (await signIn('canary-password-2')).status], [401, 200])
})

test('secrets are read from the environment and from files by whoever runs the command', async () => {
  const file = join(folder, 'token')
  writeFileSync(file, 'from-a-file\n')
  const document = documentOf()
  document.accounts[0].appSecret = { env: 'ACME_SECRET' }
  document.accounts[0].token = { file }
  await changesOf(document)
  const found = await server.app.ground.database.withWorker((tx) =>
    tx.query<{ secrets: Uint8Array }>({
      text: 'select secrets from account where account_id = $1',
      values: [document.accounts[0].id],
    }),
  )
  const opened = server.app.ground.box.open(document.organization.id, found.rows[0]?.secrets ?? new Uint8Array())
  assert.match(opened, /canary-appsecret-from-env/)
  assert.match(opened, /"from-a-file"/)
  document.accounts[0].appSecret = { env: 'EMPTY' }
  document.accounts[0].token = { file: join(folder, 'none') }
  assert.match(
    await detailsOf(document),
    /\/accounts\/0\/appSecret: the environment variable EMPTY is missing[\s\S]*\/accounts\/0\/token: the file/,
  )
})

test("over the network a reference to the server's environment or files is refused", async () => {
  const document = documentOf()
  await changesOf(document)
  const token = await tokenOf(document.organization.id)
  for (const reference of [{ env: 'ACME_SECRET' }, { file: '/etc/passwd' }]) {
    document.accounts[0].appSecret = reference
    const answer = await ask(server.url, '/v1/configuration', { token, body: { document, dryRun: true } })
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.errors[0].path],
      [400, 'invalid_configuration', '/accounts/0/appSecret'],
    )
  }
})

const faulty: [string, (document: Json) => void, RegExp][] = [
  ['an unknown key', (document) => Object.assign(document, { colour: 1 }), /colour/],
  ['another version', (document) => Object.assign(document, { version: 2 }), /\/version/],
  ['an id with a slash', (document) => Object.assign(document.teams[0], { id: 'a/b' }), /\/teams\/0\/id/],
  [
    'a team that does not exist',
    (document) => Object.assign(document.agents[0], { teams: ['none'] }),
    /\/agents\/0\/teams\/0: there is no team none/,
  ],
  [
    'two agents of one id',
    (document) => document.agents.push(document.agents[0]),
    /\/agents\/1\/id: lili is there twice/,
  ],
  [
    'a key that is too short',
    (document) => Object.assign(document.accounts[0], { encodingAesKey: 'short' }),
    /\/accounts\/0\/encodingAesKey/,
  ],
  [
    'safe mode without a key',
    (document) => delete document.accounts[0].encodingAesKey,
    /\/accounts\/0\/encodingAesKey: is needed in safe mode/,
  ],
  [
    'a time zone that is none',
    (document) => Object.assign(document.organization, { timeZone: 'Mars/Base' }),
    /\/organization\/timeZone/,
  ],
  [
    'a warning behind the close',
    (document) => Object.assign(document.organization, { idleWarningAfterMs: 9000, idleCloseAfterMs: 5000 }),
    /\/organization\/idleWarningAfterMs/,
  ],
  [
    'an apiBase that is no address',
    (document) => Object.assign(document.accounts[0], { apiBase: 'file:///etc' }),
    /\/accounts\/0\/apiBase/,
  ],
  [
    'a scope that is none',
    (document) => Object.assign(document.apps[0], { scopes: ['everything'] }),
    /\/apps\/0\/scopes\/0/,
  ],
]
for (const [what, spoil, expected] of faulty) {
  test(`${what} is refused with its place, and nothing is changed`, async () => {
    const document = documentOf()
    spoil(document)
    assert.match(await detailsOf(document), expected)
    assert.ok(!(await server.app.operator.organizations()).includes(document.organization.id))
  })
}

test('routing is automatic until a document says manual, by command or over the network, and both are shown', async () => {
  const document = documentOf()
  const { id } = document.organization
  await changesOf(document)
  const token = await tokenOf(id)
  const shown = async () => {
    const [listed, exported] = await Promise.all(
      ['/v1/accounts', '/v1/configuration'].map((path) => ask(server.url, path, { token })),
    )
    return [listed?.body.items[0].routing, exported?.body.accounts[0].routing]
  }
  assert.deepEqual(await shown(), ['automatic', 'automatic'])
  document.accounts[0].routing = 'manual'
  assert.deepEqual(
    (await changesOf(document)).find(([kind]) => kind === 'account'),
    ['account', 'changed', 'routing'],
  )
  assert.deepEqual(await shown(), ['manual', 'manual'])
  delete document.accounts[0].routing
  assert.deepEqual(
    (await changesOf(document)).find(([kind]) => kind === 'account'),
    ['account', 'unchanged', ''],
    'left out, it stays',
  )
  document.accounts[0].routing = 'automatic'
  assert.equal((await ask(server.url, '/v1/configuration', { token, body: { document } })).status, 200)
  assert.deepEqual(await shown(), ['automatic', 'automatic'])
  document.accounts[0].routing = 'by mood'
  const refused = await ask(server.url, '/v1/configuration', { token, body: { document } })
  assert.equal(refused.status, 400)
  assert.match(JSON.stringify(refused.body.errors), /\/accounts\/0\/routing/)
  assert.match(await detailsOf(document), /\/accounts\/0\/routing/)
})

test('plain mode is taken when it is asked for, and needs no key', async () => {
  const document = documentOf()
  delete document.accounts[0].encodingAesKey
  document.accounts[0].mode = 'plain'
  await changesOf(document)
})

test('a token applies to its own organization only', async () => {
  const [own, other] = [documentOf(), documentOf()]
  await changesOf(own)
  await changesOf(other)
  const answer = await ask(server.url, '/v1/configuration', {
    token: await tokenOf(own.organization.id),
    body: { document: other },
  })
  assert.deepEqual([answer.status, answer.body.errors[0].path], [400, '/organization/id'])
})

test('I-11: no secret comes out again: not by export, list, event, error or log', async () => {
  const document = documentOf()
  await changesOf(document)
  const token = await tokenOf(document.organization.id)
  const paths = [
    '/v1/configuration',
    '/v1/accounts',
    '/v1/agents',
    '/v1/events?limit=200',
    `/v1/accounts/oa-${document.organization.id.slice(4)}`,
  ]
  const shown = await Promise.all(
    paths.map(async (path) => JSON.stringify((await ask(server.url, path, { token })).body)),
  )
  assert.doesNotMatch([...shown, ...server.logged].join(), /canary|KKKKK|argon2/)
  const exported = JSON.parse(shown[0] ?? '')
  assert.deepEqual(
    [exported.version, exported.accounts[0].id, exported.agents[0].nickname],
    [1, document.accounts[0].id, '莉莉'],
  )
})

test('I-11: nothing in the database itself can be read without the key', async () => {
  const document = documentOf()
  await changesOf(document)
  const tables = await server.app.ground.database.withWorker(async (tx) => {
    const texts: string[] = []
    for (const table of ['account', 'event', 'credential', 'seen_command', 'token', 'organization']) {
      const { rows } = await tx.query<{ text: string }>({ text: `select t::text as text from ${table} t` })
      texts.push(...rows.map(({ text }) => text))
    }
    return texts.join('\n')
  })
  assert.doesNotMatch(tables, /canary|KKKKKK/)
  assert.doesNotMatch(tables, new RegExp(Buffer.from('canary').toString('hex')))
})

test('the example goes with one key: its asker stays as administrator, its cursors and streams learn of it', async () => {
  const document = documentOf()
  const org = document.organization.id
  document.agents.push({ id: 'wu', nickname: '小吴' })
  await changesOf(document)
  const made = await server.app.operator.createToken(org, { holder: { kind: 'agent', id: 'lili' } })
  const others = await server.app.operator.createToken(org, { holder: { kind: 'agent', id: 'wu' } })
  assert.ok(made.ok && others.ok)
  const { token } = made
  const refused = await ask(server.url, '/v1/example/remove', { token, method: 'POST' })
  assert.deepEqual([refused.status, refused.body.code], [403, 'not_permitted'])

  await server.app.operator.markExample(org)
  assert.equal((await ask(server.url, '/v1/me', { token })).body.organization.example, true)
  const cursor = (await ask(server.url, '/v1/me', { token })).headers.get('duoke-cursor') ?? ''
  const stream = await openStream(server.url, { token })
  await stream.frame(({ type }) => type === 'ready')
  const removed = await ask(server.url, '/v1/example/remove', { token, method: 'POST' })
  assert.deepEqual(
    [removed.status, removed.body.holder.agent.role, removed.body.organization.example],
    [200, 'admin', false],
  )
  assert.equal((await stream.frame(({ type }) => type === 'reset')).reason, 'cursor_expired')
  assert.equal((await ask(server.url, `/v1/events?after=${cursor}`, { token })).body.code, 'cursor_expired')
  assert.deepEqual((await ask(server.url, '/v1/accounts', { token })).body.items, [])
  assert.deepEqual(
    (await ask(server.url, '/v1/agents', { token })).body.items.map(({ id }: Json) => id),
    ['lili'],
  )
  await new Promise((resolve) => setTimeout(resolve, 3100))
  assert.equal((await ask(server.url, '/v1/me', { token: others.token })).status, 401)
  // The account is free again, and the organization takes a new document.
  await changesOf({ ...document, organization: { id: org, name: 'New' } })
  await using again = await openStream(server.url, { token })
  await again.frame(({ type }) => type === 'ready')
})

test('the phone is shown beside example data only', async () => {
  await using phone = await startTestApp({ phoneUrl: 'http://127.0.0.1:7400' })
  const org = await phone.organization()
  const token = await org.token('lili')
  assert.deepEqual((await ask(phone.url, '/v1/example', { token })).body, { phoneUrl: null })
  await phone.app.operator.markExample(org.id)
  assert.deepEqual((await ask(phone.url, '/v1/example', { token })).body, { phoneUrl: 'http://127.0.0.1:7400' })
})

test('a password that is too short is refused with its place; one that is there already stays', async () => {
  const agents = (password: string) => ({ agents: [{ id: 'lili', nickname: '莉莉', role: 'admin', password }] })
  const id = unique()
  assert.match(await detailsOf(documentOf(id, agents('只有九个字符的密码'))), /\/agents\/0\/password/)
  assert.ok((await server.app.operator.apply(documentOf(id, agents('有十个字符的密码啊。')))).ok)
})

test('the document that is read back can be applied as it is: secrets that are left out stay', async () => {
  const document = documentOf()
  await changesOf(document)
  const org = document.organization.id
  const token = await tokenOf(org)
  const read = await ask(server.url, '/v1/configuration', { token })
  assert.ok(!JSON.stringify(read.body).includes('canary'), 'a secret is in it')
  const applied = await ask(server.url, '/v1/configuration', { token, body: { document: read.body, prune: true } })
  assert.equal(applied.status, 200, JSON.stringify(applied.body))
  const changes = new Set(applied.body.changes.map(({ change }: { change: string }) => change))
  assert.deepEqual(changes, new Set(['unchanged']))
})

test('a new account without its secrets is refused with the fields that it needs', async () => {
  const document = documentOf()
  const [account] = document.accounts
  const { appSecret: _, token: _token, ...bare } = account
  const details = await detailsOf({ ...document, accounts: [bare] })
  assert.match(details, /\/accounts\/0\/appSecret: is needed/)
  assert.match(details, /\/accounts\/0\/token: is needed/)
})
