import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SessionSettings } from '@duoke/contract'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const dispositions = [{ code: 'solved', label: '已解决' }]

/** Ann has room for one, and serves it. */
async function serving(sessions: Partial<SessionSettings>) {
  const org = await server.organization({ agents: [{ id: 'ann', capacity: 1 }, { id: 'bob' }], sessions })
  const token = await org.token('ann')
  const call = (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, { token, ...(body !== undefined && { body }), ...(method && { method }) })
  await call('me/presence', { status: 'online' }, 'PUT')
  const id = await org.write('o1', '在吗')
  return { org, call, id }
}

test('a wrap-up keeps the place until the session is disposed, and the record tells of it', async () => {
  const { org, call, id } = await serving({ wrapUpMs: 600_000, dispositions })
  const { sessionId } = (await call(`conversations/${id}`)).body
  const waiting = await org.write('o2', '有人吗')
  const closed = await call(`conversations/${id}/close`, {})
  assert.deepEqual([closed.body.status, closed.body.lastClose.agentId], ['closed', 'ann'])
  assert.ok(Date.parse(closed.body.lastClose.wrapUpUntil) > Date.now())
  assert.equal((await call('agents/ann')).body.load, 1)
  assert.equal((await call(`conversations/${waiting}`)).body.status, 'waiting')
  const path = `conversations/${id}/sessions/${sessionId}/disposition`
  const disposed = await call(path, { code: 'solved', note: '已补发' })
  assert.deepEqual(
    [disposed.status, disposed.body.lastClose.disposition, disposed.body.lastClose.wrapUpUntil],
    [200, 'solved', null],
  )
  assert.equal((await call(`conversations/${waiting}`)).body.assignee, 'ann', 'the place is free again')
  const told = await ask(server.url, `/v1/records?conversation=${id}`, { token: await org.adminToken() })
  const session = told.body.items.filter(({ kind }: Json) => kind === 'session')
  assert.deepEqual(
    session.slice(-3).map(({ event, cause, note }: Json) => [event, cause, note]),
    [
      ['closed', 'agent', null],
      ['wrap-up-began', null, null],
      ['disposed', 'given', '已补发'],
    ],
  )
})

test('a wrap-up whose time is over ends by itself: none was given', async () => {
  const { call, id } = await serving({ wrapUpMs: 1_000 })
  await call(`conversations/${id}/close`, {})
  const lastMs = Date.now() + 60_000
  for (;;) {
    const { items } = (await call(`events?conversation=${id}&limit=200`)).body
    const disposed = items.find(({ type }: Json) => type === 'session.disposed')
    if (disposed !== undefined) {
      assert.deepEqual([disposed.facts.cause, disposed.facts.disposition], ['time', null])
      assert.equal((await call('agents/ann')).body.load, 0)
      return
    }
    assert.ok(Date.now() < lastMs, 'it never ended')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})

test('a close without what it needs, with codes that are not known, or by somebody else is refused in words', async () => {
  const { org, call, id } = await serving({ dispositions, dispositionNeeded: true })
  const { sessionId } = (await call(`conversations/${id}`)).body
  const tries: [Json, number, string][] = [
    [{}, 422, 'disposition_needed'],
    [{ disposition: { code: 'nonsense' } }, 422, 'disposition_unknown'],
    [{ disposition: { code: '' } }, 400, 'invalid_request'],
    [{ disposition: 'solved' }, 400, 'invalid_request'],
    [{ disposition: { code: 'solved', note: 'x'.repeat(2001) } }, 400, 'invalid_request'],
    [{ reason: '../..' }, 400, 'invalid_request'],
  ]
  for (const [body, status, code] of tries) {
    const answer = await call(`conversations/${id}/close`, body)
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body))
  }
  const path = `conversations/${id}/sessions/${sessionId}/disposition`
  assert.equal((await call(path, { code: 'solved' })).status, 404, 'it is still open')
  assert.equal((await call(`conversations/${id}/close`, { disposition: { code: 'solved' } })).status, 200)
  const bob = await org.token('bob')
  const byBob = await ask(server.url, `/v1/${path}`, { token: bob, body: { code: 'solved' } })
  assert.deepEqual([byBob.status, byBob.body.code], [403, 'not_permitted'])
  assert.equal((await call(`conversations/${id}/sessions/nonsense/disposition`, { code: 'solved' })).status, 404)
  assert.equal((await call(path, {})).status, 400)
})

test('a customer who writes soon after the close comes back to the agent, and the decision says why', async () => {
  const { org, call, id } = await serving({ reopenWithinMs: 600_000 })
  await call(`conversations/${id}/close`, {})
  const closed = (await call(`conversations/${id}`)).body.lastClose
  assert.ok(Date.parse(closed.reopenableUntil) > Date.now())
  await org.write('o1', '还有一个问题')
  const { assignee, decisionId } = (await call(`conversations/${id}`)).body
  assert.equal(assignee, 'ann')
  const decision = await ask(server.url, `/v1/decisions/${decisionId}`, { token: await org.adminToken() })
  assert.deepEqual([decision.body.cause, decision.body.winner.agentId], ['reopened', 'ann'])
  assert.match(decision.body.rule, /goes on with the agent who held the session/)
})

test('settings of closing that make no sense are refused before anything is changed', async () => {
  for (const sessions of [
    { reopenWithinMs: -1 },
    { wrapUpMs: 3_600_001 },
    { closeWords: [''] },
    { closeReply: '' },
    { dispositions: [{ code: 'a b', label: 'x' }] },
  ]) {
    await assert.rejects(server.organization({ sessions }), JSON.stringify(sessions))
  }
})
