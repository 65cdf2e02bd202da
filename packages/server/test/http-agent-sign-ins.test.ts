import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { TOTP } from 'otpauth'
import { ask, type Json, type Reply, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const password = 'correct horse battery'
const people = [
  { id: 'boss', role: 'admin', password },
  { id: 'sue', role: 'supervisor', password },
  { id: 'wu', password },
] as const

async function stage() {
  const org = await server.organization({ agents: people })
  const signIn = async (agentId: string, more: Json = {}) => {
    const reply = await ask(server.url, '/v1/sign-in', {
      body: { organization: org.id, agentId, password, ...more },
    })
    return { reply, headers: { cookie: cookieOf(reply) } }
  }
  const token = await org.token('boss')
  const boss = (path: string, method = 'GET') => ask(server.url, `/v1/${path}`, { token, method })
  return { org, signIn, boss, token }
}

const cookieOf = (reply: Reply) => (reply.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
const statusOf = async (headers: Record<string, string>) => (await ask(server.url, '/v1/me', { headers })).status

test('an administrator sees where an agent is signed in, ends one device or all at once, and the log says who did it', async () => {
  const { signIn, boss, token } = await stage()
  const [phone, desk] = [await signIn('wu'), await signIn('wu')]
  const { body } = await boss('agents/wu/sign-ins')
  assert.deepEqual([body.items.length, body.totp, body.items[0].kind, body.next], [2, false, 'sign-in', null])
  assert.equal((await boss(`agents/wu/sign-ins/${body.items[0].id}`, 'DELETE')).status, 204)
  assert.deepEqual([await statusOf(phone.headers), await statusOf(desk.headers)], [200, 401], 'the newest one ended')
  assert.equal((await boss(`agents/wu/sign-ins/${body.items[0].id}`, 'DELETE')).body.code, 'not_found')
  assert.equal((await boss('agents/wu/sign-ins', 'DELETE')).status, 204)
  assert.equal(await statusOf(phone.headers), 401)
  assert.equal((await boss('agents/wu/sign-ins', 'DELETE')).status, 204, 'nobody is signed in any more')
  const events = await ask(server.url, '/v1/events?types=agent.secured', { token })
  assert.deepEqual(
    events.body.items.slice(-2).map((event: Json) => [event.actor.agentId, event.facts.agentId, event.facts.change]),
    [
      ['boss', 'wu', 'sign-in-ended'],
      ['boss', 'wu', 'sign-in-ended'],
    ],
  )
})

test('a second factor that was lost is reset: the password alone signs in, and the sign-ins that are there stay', async () => {
  const { signIn, boss } = await stage()
  const { headers } = await signIn('wu')
  const { body } = await ask(server.url, '/v1/me/totp', { method: 'POST', headers })
  const code = new TOTP({ secret: body.secret }).generate()
  assert.equal((await ask(server.url, '/v1/me/totp', { method: 'PUT', headers, body: { code } })).status, 204)
  assert.equal((await signIn('wu')).reply.body.code, 'second_factor_required')
  assert.equal((await boss('agents/wu/sign-ins')).body.totp, true)
  assert.equal((await boss('agents/wu/totp', 'DELETE')).status, 204)
  assert.equal((await boss('agents/wu/totp', 'DELETE')).status, 204, 'there is nothing to reset any more')
  assert.equal((await signIn('wu')).reply.status, 200)
  assert.equal(await statusOf(headers), 200)
})

test('nobody reaches whose role may more, another organization, a token that is no sign-in, or without the scope', async () => {
  const { org, signIn, boss } = await stage()
  const { headers } = await signIn('boss')
  const token = await org.adminToken(['agents:manage', 'agents:read'])
  const weak = (path: string, method = 'GET') => ask(server.url, `/v1/${path}`, { token, method })
  for (const [path, method] of [
    ['agents/boss/sign-ins', 'GET'],
    ['agents/boss/sign-ins', 'DELETE'],
    ['agents/boss/totp', 'DELETE'],
  ] as const) {
    assert.equal((await weak(path, method)).body.code, 'insufficient_scope', `${method} ${path}`)
  }
  assert.equal(await statusOf(headers), 200)
  const sue = await org.token('sue')
  assert.equal((await ask(server.url, '/v1/agents/wu/sign-ins', { token: sue })).body.code, 'insufficient_scope')
  for (const nobody of ['nobody', "' or 1=1 --", '%00']) {
    assert.ok([400, 404].includes((await boss(`agents/${encodeURIComponent(nobody)}/sign-ins`)).status), nobody)
  }
  const other = await stage()
  const theirs = (await other.signIn('wu')) && (await other.boss('agents/wu/sign-ins')).body.items[0].id
  assert.equal((await boss(`agents/wu/sign-ins/${theirs}`, 'DELETE')).body.code, 'not_found')
  const own = await boss('tokens')
  const api = own.body.items.find(({ kind }: Json) => kind === 'api').id
  assert.equal((await boss(`agents/boss/sign-ins/${api}`, 'DELETE')).body.code, 'not_found')
})

test('holidays of a year are told, and a year that is none is refused', async () => {
  const { boss } = await stage()
  const { body } = await boss('holidays?year=2026')
  assert.equal(body.known, true)
  assert.deepEqual(
    body.days.find(({ date }: Json) => date === '2026-10-01'),
    {
      ...{ date: '2026-10-01', name: '国庆节', works: false },
    },
  )
  for (const year of ['', '1999', '2101', '2026.5', 'x', '2026&year=2027']) {
    assert.equal((await boss(`holidays?year=${year}`)).body.code, 'invalid_request', year)
  }
})
