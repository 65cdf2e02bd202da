import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { SessionSettings } from '@duoke/contract'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** Agents ann and bob, online in this order, in an organization that asks before it gives. */
async function offering(sessions: Partial<SessionSettings>) {
  const agents = [{ id: 'ann' }, { id: 'bob' }]
  const org = await server.organization({ agents, sessions })
  const tokens = { ann: await org.token('ann'), bob: await org.token('bob') }
  const presence = (token: string) =>
    ask(server.url, '/v1/me/presence', { token, method: 'PUT', body: { status: 'online' } })
  await presence(tokens.ann)
  await presence(tokens.bob)
  const call = (who: 'ann' | 'bob', path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, {
      token: tokens[who],
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    })
  return { org, call }
}

/** Asks until it is so: under load a timer may ring late. */
async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  const lastMs = Date.now() + 60_000
  for (;;) {
    const seen = await look()
    if (isSo(seen)) return seen
    assert.ok(Date.now() < lastMs, `it never became so: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('an offer is shown with its agent and end, declined with a reason, and accepted by the next', async () => {
  const reasons = [{ code: 'busy', label: '忙', for: ['decline' as const] }]
  const { org, call } = await offering({ offerForMs: 600_000, reasons })
  const id = await org.write('o1', '在吗')
  const first = await call('ann', `conversations/${id}`)
  assert.deepEqual([first.body.status, first.body.offer.agentId], ['waiting', 'ann'])
  assert.ok(Date.parse(first.body.offer.expiresAt) > Date.now())
  assert.equal((await call('ann', 'agents/ann')).body.load, 1, 'room is kept')

  const early = await call('bob', `conversations/${id}/accept`, {})
  assert.deepEqual([early.status, early.body.code, early.body.holder.kind], [409, 'offered_to_another', 'queue'])
  const unknown = await call('ann', `conversations/${id}/decline`, { reason: 'lunch' })
  assert.deepEqual([unknown.status, unknown.body.code], [422, 'reason_unknown'])
  const declined = await call('ann', `conversations/${id}/decline`, { reason: 'busy' })
  assert.deepEqual([declined.status, declined.body.offer.agentId], [200, 'bob'])
  const again = await call('ann', `conversations/${id}/decline`, {})
  assert.deepEqual([again.status, again.body.code], [409, 'not_offered'])

  const accepted = await call('bob', `conversations/${id}/accept`, {})
  assert.deepEqual([accepted.body.assignee, accepted.body.offer], ['bob', null])
  const why = await call('bob', `decisions/${accepted.body.decisionId}`)
  assert.ok(why.body.excluded.some(({ reason, agentIds }: Json) => reason === 'declined' && agentIds[0] === 'ann'))
  const late = await call('ann', `conversations/${id}/accept`, {})
  assert.deepEqual([late.body.code, late.body.holder.agentId], ['held_by_another', 'bob'])
  const loads = await call('ann', 'agents')
  assert.deepEqual(
    loads.body.items.map(({ load }: Json) => load),
    [0, 1],
  )
})

test('an offer that nobody answers goes to the next by itself; who missed it is away', async () => {
  const { org, call } = await offering({ offerForMs: 1_000 })
  const id = await org.write('o1', '在吗')
  await until(
    () => call('ann', `events?conversation=${id}&limit=200`),
    ({ body }) =>
      body.items.some(({ type, facts }: Json) => type === 'session.offered' && facts.agentId === 'bob') &&
      body.items.some(({ facts }: Json) => facts.outcome === 'timed-out' && facts.agentId === 'ann'),
  )
  assert.equal((await call('bob', 'agents/ann')).body.status, 'away')
})

test('F72: of two who accept one offer at the same instant one has it, the other is told who', async () => {
  const { org, call } = await offering({ offerForMs: 600_000 })
  const id = await org.write('o1', '在吗')
  const replies = await Promise.all(
    (['ann', 'bob', 'ann', 'bob'] as const).map((who) => call(who, `conversations/${id}/accept`, {})),
  )
  for (const { status, body } of replies) {
    if (status === 200) assert.equal(body.assignee, 'ann')
    else assert.ok(['held_by_another', 'offered_to_another'].includes(body.code) && body.holder !== undefined)
  }
  assert.deepEqual(replies.map(({ status }) => status).filter((status) => status === 200).length, 2)
  const { body } = await call('ann', `events?conversation=${id}&limit=200`)
  assert.equal(body.items.filter(({ type }: Json) => type === 'session.assigned').length, 1)
})

test('who may not pick is told so; the settings are in the configuration and come back from it', async () => {
  const { org, call } = await offering({ pickFromQueue: false })
  await call('ann', 'me/presence', { status: 'away' }, 'PUT')
  await call('bob', 'me/presence', { status: 'away' }, 'PUT')
  const id = await org.write('o1', '在吗')
  const picked = await call('bob', `conversations/${id}/accept`, {})
  assert.deepEqual([picked.status, picked.body.code], [403, 'not_permitted'])
  const configuration = await ask(server.url, '/v1/configuration', { token: await org.adminToken() })
  assert.equal(configuration.body.organization.sessions.pickFromQueue, false)
  assert.equal(configuration.body.organization.sessions.offerForMs, null)
})
