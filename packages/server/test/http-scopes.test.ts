import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { allScopes, errors, type OperationDeclaration, operationIds, operations, type Scope } from '@duoke/contract'
import { passingScopes } from '../src/channel/compatible/permission-sets.ts'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
let org: TestOrganization
let other: TestOrganization
let foreign: Readonly<Record<string, string>>
before(async () => {
  server = await startTestApp()
  const people = {
    agents: [
      { id: 'lili', role: 'admin' },
      { id: 'wu', role: 'agent' },
    ],
    apps: [{ id: 'crm', scopes: allScopes }],
  } as const
  org = await server.organization(people)
  other = await server.organization(people)
  const conversationId = await other.write('o-1', '别人的')
  const token = await other.token('lili')
  const conversation = await ask(server.url, `/v1/conversations/${conversationId}`, { token })
  const tokens = await ask(server.url, '/v1/tokens', { token })
  foreign = {
    conversationId,
    customerId: conversation.body.customer.id,
    accountId: other.accountId,
    tokenId: tokens.body.items[0].id,
    agentId: 'lili',
    decisionId: 'dc_of-another',
    mediaId: 'md_of-another',
  }
})
after(() => server[Symbol.asyncDispose]())

/** A body that every operation with one takes, so that what is refused is refused for the reason under test. */
const bodies: Partial<Record<(typeof operationIds)[number], unknown>> = {
  signIn: { agentId: 'nobody', password: 'x' },
  signInWithLink: { code: 'x'.repeat(30) },
  changePassword: { current: 'x', next: 'long enough for all' },
  confirmTotp: { code: '000000' },
  removeTotp: { password: 'x' },
  createToken: { holder: { kind: 'agent', id: 'nobody' } },
  setPresence: { status: 'away' },
  changeAgent: { nickname: 'x' },
  changeCustomerTags: { add: ['x'] },
  setCustomerOwner: { agentId: null },
  sendMessage: { type: 'text', text: 'x' },
  transferConversation: { to: { teamId: 'presale' } },
  controlConversation: { action: 'accept' },
  disposeSession: { code: null },
  forceTransfer: { to: { agentId: 'lili' } },
  whisper: { text: 'x' },
  writeNote: { text: 'x' },
  putDraft: { text: 'x', version: 0 },
  putPreferences: {},
  seeMentions: { upTo: 0 },
  setAgentStatus: { status: 'online' },
  setAgentCapacity: { capacity: 1 },
  closeConversation: {},
  readConversation: { upTo: 0 },
  createQuickReply: { owner: { kind: 'organization' }, title: 'x', parts: [{ type: 'text', text: 'x' }] },
  importQuickReplies: {
    owner: { kind: 'organization' },
    items: [{ title: 'x', parts: [{ type: 'text', text: 'x' }] }],
  },
  changeQuickReply: { title: 'x', parts: [{ type: 'text', text: 'x' }] },
  publishRules: { document: { version: 1, rules: [] }, reason: 'x' },
  validateRules: { text: 'x' },
  rejectRules: { reason: 'x' },
  overrideRules: { then: {}, reason: 'x', expiresAt: '2000-01-01T00:00:00Z' },
  previewRules: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
  revertRules: { version: 99, reason: 'x' },
  putApp: { name: 'x', scopes: [] },
  applyConfiguration: { document: { version: 1, organization: { id: 'nobody', name: 'x' } }, dryRun: true },
}

const request = (
  id: (typeof operationIds)[number],
  token?: string,
  ids: Readonly<Record<string, string>> = foreign,
) => {
  const declaration: OperationDeclaration = operations[id]
  const path = declaration.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none')
  const body = bodies[id]
  return ask(server.url, path, {
    method: declaration.method,
    ...(token !== undefined && { token }),
    ...(body !== undefined && { body }),
  })
}

for (const id of operationIds) {
  const { scope, errors: declared }: OperationDeclaration = operations[id]

  if (scope === null) {
    test(`${id} needs no token`, async () => {
      const answer = await request(id)
      assert.ok(answer.status < 300 || declared.includes(answer.body.code), JSON.stringify(answer.body))
    })
    continue
  }

  test(`${id} is refused without a token`, async () => {
    const answer = await request(id)
    assert.deepEqual(
      [answer.status, answer.body.code, answer.headers.get('www-authenticate')],
      [401, 'unauthenticated', 'Bearer'],
    )
  })

  test(`A3, I-1: ${id} is refused to a token that has every scope but ${scope}`, async () => {
    const token = await org.adminToken(allScopes.filter((one) => one !== scope))
    const answer = await request(id, token)
    assert.deepEqual([answer.status, answer.body.code, answer.body.detail], [403, 'insufficient_scope', scope])
  })

  test(`A3: ${id} is not refused for a scope to a token that has only ${scope}`, async () => {
    const answer = await request(id, await org.token('lili', [scope]))
    assert.notEqual(answer.body.code, 'unauthenticated')
    // A link gives the agent's whole role away, which asks for more than the operation's own scope.
    if (id === 'createSignInLink') return assert.notEqual(answer.body.detail, scope)
    const codes: readonly string[] = [...declared, 'invalid_request', 'not_permitted', 'unsupported_media_type']
    assert.ok(
      answer.status < 300 || codes.includes(answer.body.code),
      `${answer.status} ${JSON.stringify(answer.body)}`,
    )
  })
}

/** Agents and apps have ids that people choose, in each organization its own; an app is put where there is none. */
const withIds = operationIds.filter(
  (id) => /\{/.test(operations[id].path) && !operations[id].path.includes('{agentId}') && id !== 'putApp',
)
for (const id of withIds) {
  test(`T1, T4: ${id} with an id of another organization is the same 404 as with an id of nobody`, async () => {
    const token = await org.token('lili')
    const nobodys = Object.fromEntries(
      Object.entries(foreign).map(([name, value]) => [name, `${value.slice(0, 3)}nobody`]),
    )
    const [theirs, none] = [await request(id, token), await request(id, token, nobodys)]
    assert.equal(theirs.status, 404)
    const { traceId: _first, ...left } = theirs.body
    const { traceId: _second, ...right } = none.body
    assert.deepEqual(left, right)
  })
}

test('T1: nothing of another organization is in any list, search or stream page', async () => {
  const token = await org.token('lili')
  const lists = [
    '/v1/conversations',
    '/v1/conversations?text=别人的',
    '/v1/messages?text=别人的',
    `/v1/messages?text=别人的&conversation=${foreign['conversationId']}`,
    `/v1/conversations?ids=${foreign['conversationId']}`,
    '/v1/customers',
    '/v1/accounts',
    '/v1/tokens?limit=200',
    '/v1/events?limit=200',
    '/v1/configuration',
  ]
  for (const path of lists) {
    const answer = await ask(server.url, path, { token })
    assert.equal(answer.status, 200)
    const text = JSON.stringify(answer.body)
    for (const id of [
      foreign['conversationId'],
      foreign['customerId'],
      other.accountId,
      other.id,
      foreign['tokenId'],
      '别人的',
    ]) {
      assert.ok(!text.includes(id ?? '-'), `${path} shows ${id}`)
    }
  }
})

test('T1: with the filters of our statements taken away, the database still shows one organization only', async () => {
  const tables = [
    'event',
    'conversation',
    'customer',
    'account',
    'agent',
    'token',
    'organization',
    'credential',
    'outbox',
    'search_message',
  ]
  for (const table of tables) {
    const orgs = await server.app.ground.database.withOrganization(org.id, async (tx) => {
      const { rows } = await tx.query<{ org_id: string }>({ text: `select distinct org_id from ${table}` })
      return rows.map(({ org_id }) => org_id)
    })
    assert.ok(
      orgs.every((one) => one === org.id),
      `${table} shows ${orgs.join()}`,
    )
  }
})

test('T2: two organizations with the same openid, agent, app and retry key never meet', async () => {
  const [left, right] = [await org.write('o-same', '左'), await other.write('o-same', '右')]
  assert.notEqual(left, right)
  const send = (token: string, conversation: string) =>
    ask(server.url, `/v1/conversations/${conversation}/messages`, {
      token,
      body: { type: 'text', text: '答', clientId: 'same' },
      headers: { 'idempotency-key': 'same' },
    })
  const [first, second] = await Promise.all([
    org.token({ app: 'crm' }).then((token) => send(token, left)),
    other.token({ app: 'crm' }).then((token) => send(token, right)),
  ])
  assert.deepEqual([first?.status, second?.status], [202, 202])
  assert.deepEqual([first?.body.conversationId, second?.body.conversationId], [left, right])
})

test('a token cannot give away what it has not', async () => {
  const token = await org.token('lili', ['tokens:manage', 'agents:manage', 'agents:read'])
  const escalated = await ask(server.url, '/v1/tokens', { token, body: { holder: { kind: 'admin' } } })
  assert.deepEqual([escalated.status, escalated.body.code], [403, 'insufficient_scope'])
  const within = await ask(server.url, '/v1/tokens', {
    token,
    body: { holder: { kind: 'agent', id: 'wu' }, scopes: ['agents:read'] },
  })
  assert.equal(within.status, 201)
  const beyondHolder = await ask(server.url, '/v1/tokens', {
    token,
    body: { holder: { kind: 'agent', id: 'wu' }, scopes: ['agents:manage'] },
  })
  assert.deepEqual([beyondHolder.status, beyondHolder.body.code], [400, 'invalid_request'])
  const link = await ask(server.url, '/v1/agents/lili/sign-in-link', { token, method: 'POST' })
  assert.deepEqual([link.status, link.body.code], [403, 'insufficient_scope'])
})

test('every error that an operation declares is in the catalogue, and none of them is a fault', () => {
  for (const id of operationIds) {
    for (const code of operations[id].errors) assert.ok(errors[code].status < 500, `${id} ${code}`)
  }
})

test('every scope is needed by something', () => {
  const used = new Set<Scope | null>([...operationIds.map((id) => operations[id].scope), ...passingScopes])
  const laterOrEvents: readonly Scope[] = ['messages:send:any', 'quick-replies:manage', 'records:read']
  assert.deepEqual(
    allScopes.filter((scope) => !used.has(scope) && !laterOrEvents.includes(scope)),
    [],
  )
})
