import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const refundsToBob = `version: 1
rules:
  - { id: refunds, when: "message.text.contains('退款')", then: { skills: [{ skill: refund }] } }
  - { id: closed, when: "message.text.contains('广告')", then: { refuse: { reason: spam } } }
  - { id: else, when: 'true', then: {} }
`

async function stage() {
  const org = await server.organization({
    agents: [
      { id: 'ann', capacity: 1 },
      { id: 'bob', capacity: 1 },
    ],
  })
  const token = await org.adminToken()
  const call = (path: string, body?: Json, method?: string) =>
    ask(server.url, `/v1/${path}`, {
      token,
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
    })
  await call('agents/bob', { skills: { refund: 4 } }, 'PATCH')
  const period = {
    from: new Date(Date.now() - 3_600_000).toISOString(),
    to: new Date(Date.now() + 3_600_000).toISOString(),
  }
  return { org, call, period }
}

async function online(org: TestOrganization, ...agents: string[]): Promise<void> {
  for (const agentId of agents) {
    const options = { token: await org.token(agentId), method: 'PUT', body: { status: 'online' } }
    await ask(server.url, '/v1/me/presence', options)
  }
}

const givenOf = ({ agents }: Json) => Object.fromEntries(agents.map(({ agentId, given }: Json) => [agentId, given]))

test('a period is derived again to the last decision, simulated as it was, and under other rules', async () => {
  const { org, call, period } = await stage()
  await online(org, 'ann', 'bob')
  const first = await org.write('o1', '我要退款')
  await org.write('o2', '你好')
  await org.write('o3', '广告')
  const preview = await call('rules/preview', { ...period, text: refundsToBob })
  assert.equal(preview.status, 200)
  const { conformity, history, simulated, candidate, told } = preview.body
  assert.deepEqual([conformity.decisions, conformity.rederived, conformity.deviations], [3, 3, []])
  const { body: conversation } = await call(`conversations/${first}`)
  assert.equal(conversation.assignee, 'ann')
  assert.deepEqual(givenOf(history), { ann: 1, bob: 1 })
  assert.deepEqual(givenOf(simulated), givenOf(history))
  assert.deepEqual([history.served, history.waiting, simulated.waiting], [2, 1, 1])
  // The refund goes to bob, so that ann serves the other one; who is refused waits for nobody.
  assert.deepEqual([candidate.served, candidate.refused, candidate.waiting], [2, 1, 0])
  assert.deepEqual(told, { merged: 0, drawn: 0, refused: 0 })
  const again = await call('rules/preview', { ...period, text: refundsToBob })
  assert.deepEqual(again.body, preview.body, 'the same seed tells the same')
})

test('what cannot be previewed is refused with what to do', async () => {
  const { call, period } = await stage()
  const cases: [Json, number, string][] = [
    [{ ...period, from: 'yesterday' }, 400, 'invalid_request'],
    [{ from: period.to, to: period.from }, 400, 'invalid_request'],
    [{ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, 400, 'invalid_request'],
    [{ ...period, text: 'version: 1\nrules: [{ id: x, when: "nobody > 1", then: {} }]' }, 400, 'invalid_configuration'],
    [{ ...period, seed: -1 }, 400, 'invalid_request'],
  ]
  for (const [body, status, code] of cases) {
    const answer = await call('rules/preview', body)
    assert.deepEqual([answer.status, answer.body.code], [status, code], JSON.stringify(body))
  }
})
