import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

const around = () => ({
  from: new Date(Date.now() - 3_600_000).toISOString(),
  to: new Date(Date.now() + 3_600_000).toISOString(),
})

async function stage() {
  const org = await server.organization({
    agents: [
      { id: 'ann', capacity: 1 },
      { id: 'bob', capacity: 1 },
    ],
  })
  const token = await org.adminToken()
  const report = (query: Record<string, string>) =>
    ask(server.url, `/v1/fairness?${new URLSearchParams(query)}`, { token })
  return { org, report }
}

test('the report of a period tells who got what they were entitled to', async () => {
  const { org, report } = await stage()
  for (const agentId of ['ann', 'bob']) {
    const options = { token: await org.token(agentId), method: 'PUT', body: { status: 'online' } }
    await ask(server.url, '/v1/me/presence', options)
  }
  await org.write('o1', '你好')
  await org.write('o2', '你好')
  await org.write('o3', '你好')
  const { status, body } = await report(around())
  assert.equal(status, 200)
  assert.deepEqual([body.given, body.overtakings], [2, { total: 0, most: 0 }])
  const shares = body.agents.map(({ agentId, given, entitled }: Record<string, unknown>) => [agentId, given, entitled])
  // Both could take the first, bob alone the second.
  assert.deepEqual(shares, [
    ['ann', 1, 0.5],
    ['bob', 1, 1.5],
  ])
  assert.ok(body.waitMs.longest > 0, 'the third still waits')
  assert.equal(body.waitMs.median, null)
})

test('what is no period is refused with its place', async () => {
  const { report } = await stage()
  const { from, to } = around()
  const cases: [Record<string, string>, string][] = [
    [{ from: 'yesterday', to }, '/query/from'],
    [{ from, to: "' or 1=1 --" }, '/query/to'],
    [{ from, to: '+275000-01-01T00:00:00Z' }, '/query/to'],
    [{ from: to, to: from }, '/query/to'],
    [{ from, to: from }, '/query/to'],
    [{ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, '/query/from'],
  ]
  for (const [query, path] of cases) {
    const { status, body } = await report(query)
    assert.deepEqual([status, body.code, body.errors?.[0]?.path], [400, 'invalid_request', path], JSON.stringify(query))
  }
  for (const query of [{}, { from }, { from, to, agent: 'ann' }, { from: 'x'.repeat(41), to }]) {
    const { status, body } = await report(query as Record<string, string>)
    assert.deepEqual([status, body.code], [400, 'invalid_request'], JSON.stringify(query))
  }
})
