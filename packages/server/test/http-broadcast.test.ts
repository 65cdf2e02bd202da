import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RuleStrategy } from '@duoke/contract'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

/** Agents ann and bob, online in this order and with one place each, to whom everything is broadcast. */
async function grabbing(strategy: RuleStrategy) {
  const agents = [
    { id: 'ann', capacity: 1 },
    { id: 'bob', capacity: 1 },
  ]
  const org = await server.organization({ agents })
  const admin = await org.adminToken()
  const tokens = { ann: await org.token('ann'), bob: await org.token('bob'), admin }
  const call = (who: keyof typeof tokens, path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, {
      token: tokens[who],
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    })
  const rules = [{ id: 'all', when: 'true', then: { strategy } }]
  const published = await call('admin', 'rules', { document: { version: 1, rules }, reason: 'test' }, 'PUT')
  assert.equal(published.status, 200, JSON.stringify(published.body))
  for (const who of ['ann', 'bob'] as const) await call(who, 'me/presence', { status: 'online' }, 'PUT')
  return { org, call }
}

test('a broadcast is shown to all who are asked, taken by one, and the record says who was asked and who took it', async () => {
  const { org, call } = await grabbing({ broadcast: { offerMs: 600_000 } })
  const id = await org.write('o1', '在吗')
  const first = await call('ann', `conversations/${id}`)
  assert.deepEqual(
    [first.body.status, first.body.offer, first.body.broadcast.agentIds],
    ['waiting', null, ['ann', 'bob']],
  )
  assert.ok(Date.parse(first.body.broadcast.expiresAt) > Date.now())
  assert.deepEqual(
    (await call('ann', 'agents')).body.items.map(({ load }: Json) => load),
    [1, 1],
    'each keeps a place',
  )

  const declined = await call('ann', `conversations/${id}/decline`, {})
  assert.deepEqual([declined.status, declined.body.broadcast.agentIds], [200, ['bob']])
  const again = await call('ann', `conversations/${id}/accept`, {})
  assert.deepEqual([again.status, again.body.code, again.body.holder.kind], [409, 'offered_to_another', 'queue'])
  const taken = await call('bob', `conversations/${id}/accept`, {})
  assert.deepEqual([taken.status, taken.body.assignee, taken.body.broadcast], [200, 'bob', undefined])

  const { body: why } = await call('bob', `decisions/${taken.body.decisionId}`)
  assert.deepEqual([why.by.agentId, why.ruleId], ['bob', 'direct'])
  const { body: offered } = await call('bob', `decisions/${why.broadcastId}`)
  assert.deepEqual([offered.winner.kind, offered.candidates.length, offered.ruleId], ['queue', 2, 'all'])
  const { body: decisions } = await call('ann', `decisions?conversation=${id}&agent=ann`)
  assert.ok(decisions.items.some(({ agent }: Json) => agent.outcome === 'asked' && agent.place === 1))
  const { body: fairness } = await call('admin', `fairness?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z`)
  const bob = fairness.agents.find(({ agentId }: Json) => agentId === 'bob')
  assert.deepEqual([fairness.given, bob.given, bob.direct], [1, 1, 0])
})

test('a broadcast that nobody takes is given by the strategy that the rule names then', async () => {
  const { org, call } = await grabbing({ broadcast: { offerMs: 1_000, then: 'longest-idle' } })
  const id = await org.write('o1', '在吗')
  const lastMs = Date.now() + 60_000
  let seen: Json = null
  while (seen?.assignee == null && Date.now() < lastMs) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    seen = (await call('ann', `conversations/${id}`)).body
  }
  assert.equal(seen.assignee, 'ann')
  const { body: why } = await call('ann', `decisions/${seen.decisionId}`)
  assert.deepEqual([why.plan.strategy, why.plan.broadcast], ['longest-idle', undefined])
  const { body } = await call('admin', `events?conversation=${id}&limit=200`)
  const ended = body.items.find(({ type }: Json) => type === 'session.broadcast-ended')
  assert.deepEqual([ended.facts.outcome, ended.facts.agentIds], ['timed-out', ['ann', 'bob']])
  const conforming = await call('admin', 'rules/preview', {
    from: '2020-01-01T00:00:00Z',
    to: new Date().toISOString(),
  })
  assert.equal(conforming.body.rederived, conforming.body.decisions, JSON.stringify(conforming.body))
})

test('what is no strategy is refused with its place: a broadcast of no length, an order that does not exist', async () => {
  const { call } = await grabbing('broadcast')
  for (const strategy of [
    { broadcast: { offerMs: 0 } },
    { broadcast: { then: 'broadcast' } },
    { broadcast: 5 },
    { grab: {} },
    'fastest',
  ]) {
    const rules = [{ id: 'all', when: 'true', then: { strategy } }]
    const reply = await call('admin', 'rules/validate', { document: { version: 1, rules } })
    const finding = reply.body.findings?.find(({ severity }: Json) => severity === 'error')
    assert.ok(finding?.path.startsWith('/rules/0/then/strategy'), JSON.stringify([strategy, reply.status, reply.body]))
  }
})
