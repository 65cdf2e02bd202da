import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

const minute = 60_000
const day = 1440 * minute
/** Monday 2 November 2026, 09:00 in Shanghai. */
const mondayMs = Date.UTC(2026, 10, 2, 1)

let server: TestApp
let nowMs = mondayMs
before(async () => {
  server = await startTestApp({}, { nowMs: () => nowMs, batchTimeMs: () => nowMs })
})
after(() => server[Symbol.asyncDispose]())

async function stage() {
  nowMs = mondayMs
  const org = await server.organization({ agents: [{ id: 'ann', capacity: 4 }] })
  const token = await org.adminToken()
  const forecast = (query: Record<string, string>) =>
    ask(server.url, `/v1/forecast?${new URLSearchParams(query)}`, { token })
  const submit = async (command: Parameters<typeof server.app.ground.log.submit>[1]) => {
    const outcome = await server.app.ground.log.submit(org.id, command, { lane: 'agents' })
    assert.ok(outcome.accepted)
  }
  const actor = { kind: 'agent', agentId: 'ann' } as const
  await submit({ type: 'agent.set-status', actor, agentId: 'ann', status: 'online', cause: 'chosen' })
  return { org, forecast, submit, actor }
}
type Stage = Awaited<ReturnType<typeof stage>>

/** So many come on a Monday from nine on, one each three minutes; each is served at once for five. */
async function morning({ org, submit, actor }: Stage, weeks: number, count: number): Promise<void> {
  const ends: { atMs: number; conversationId: string }[] = []
  const endUntil = async (atMs: number) => {
    for (let next = ends[0]; next !== undefined && next.atMs <= atMs; next = ends[0]) {
      ends.shift()
      nowMs = next.atMs
      await submit({ type: 'session.close', actor, conversationId: next.conversationId })
    }
    nowMs = atMs
  }
  const beginMs = mondayMs + weeks * 7 * day
  for (let nth = 0; nth < count; nth++) {
    await endUntil(Math.max(nowMs, beginMs + nth * 3 * minute))
    ends.push({ atMs: nowMs + 5 * minute, conversationId: await write(org, `o${nth}`) })
  }
  await endUntil(nowMs + 5 * minute)
}

const write = (org: TestOrganization, openid: string) => org.write(openid, '你好')

test('three Mondays name the agents that a fourth one needs', async () => {
  const staged = await stage()
  for (const weeks of [0, 1, 2]) await morning(staged, weeks, 15)
  const to = new Date(mondayMs + 21 * day - 540 * minute).toISOString()
  const period = { from: '2020-01-01T00:00:00Z', to }
  const { status, body } = await staged.forecast({ ...period, interval: '60', concurrency: '1', shrinkage: '0.3' })
  assert.equal(status, 200)
  assert.equal(body.from, new Date(mondayMs).toISOString(), 'before the log began nobody could come')
  assert.deepEqual(
    [body.arrivals, body.service, body.patience],
    [45, { sessions: 45, meanMs: 5 * minute }, { left: 0, meanMs: null }],
  )
  assert.deepEqual(body.history, { answeredShare: 1, abandonedShare: 0 })
  assert.deepEqual(body.target, { withinMs: 30_000, answeredShare: 0.8, abandonedShare: null })
  const [monday] = body.days
  assert.deepEqual([monday.kind, monday.days, monday.arrivals, monday.tooFewDays], ['mon', 3, 15, false])
  const { at, arrivals, agents, onShift, expected } = monday.intervals[9]
  // Fifteen an hour for five minutes are 1.25 at a time: by Erlang C 3 answer 88 % within half a minute, 2 do 60 %.
  assert.deepEqual([at, arrivals, agents, onShift], ['09:00', 15, 3, 5])
  assert.ok(expected.answeredShare > 0.8 && expected.abandonedShare === null)
  assert.deepEqual(body.coming.length, 14)

  const several = await staged.forecast({ ...period, interval: '60' })
  assert.deepEqual([several.body.concurrency, several.body.days[0].intervals[9].agents], [4, 1])
  const ofTeam = await staged.forecast({ ...period, team: 'presale', concurrency: '2' })
  assert.deepEqual([ofTeam.body.arrivals, ofTeam.body.lacks], [0, ['service']])
  const ofAccount = await staged.forecast({ ...period, account: staged.org.accountId })
  assert.equal(ofAccount.body.arrivals, 45)
  const abandoned = await staged.forecast({ ...period, abandoned: '0.05' })
  assert.deepEqual([abandoned.body.target.answeredShare, abandoned.body.lacks], [null, ['patience']])
})

test('a few customers say too little, and it says so', async () => {
  const staged = await stage()
  await morning(staged, 0, 2)
  const query = { from: new Date(mondayMs).toISOString(), to: new Date(mondayMs + day).toISOString() }
  const { body } = await staged.forecast(query)
  assert.deepEqual([body.arrivals, body.lacks], [2, ['service']])
  assert.deepEqual(
    body.days.map(({ tooFewDays }: { tooFewDays: boolean }) => tooFewDays),
    [true, true],
  )
  assert.equal(body.days[0].intervals[18].agents, null)
})

test('a period ends where it says: what comes in its last moment is not looked at', async () => {
  const staged = await stage()
  await morning(staged, 0, 3)
  const arrivalsUntil = async (ms: number) =>
    (await staged.forecast({ from: new Date(mondayMs).toISOString(), to: new Date(ms).toISOString() })).body.arrivals
  assert.equal(await arrivalsUntil(mondayMs + 3 * minute), 1)
  assert.equal(await arrivalsUntil(mondayMs + 3 * minute + 1), 2)
})

test('what makes no sense is refused with its place', async () => {
  const { forecast } = await stage()
  const good = { from: new Date(mondayMs - day).toISOString(), to: new Date(mondayMs + day).toISOString() }
  assert.equal((await forecast(good)).status, 200)
  const cases: [Record<string, string>, string][] = [
    [{ from: 'yesterday' }, '/query/from'],
    [{ to: "' or 1=1 --" }, '/query/to'],
    [{ to: '+275000-01-01T00:00:00Z' }, '/query/to'],
    [{ to: good.from }, '/query/to'],
    [{ from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }, '/query/from'],
    [{ team: 'nobody' }, '/query/team'],
    [{ account: "oa' --" }, '/query/account'],
    [{ team: 'presale' }, '/query/concurrency'],
    ...['7', '', 'half', '30.5'].map((interval): [Record<string, string>, string] => [{ interval }, '/query/interval']),
    ...['-0.1', '1', '2', 'NaN', 'Infinity', 'all'].map((answered): [Record<string, string>, string] => [
      { answered },
      '/query/answered',
    ]),
    ...['0', '-1', '1.5'].map((abandoned): [Record<string, string>, string] => [{ abandoned }, '/query/abandoned']),
    ...['0', '-3', '1e9', '0.01'].map((concurrency): [Record<string, string>, string] => [
      { concurrency },
      '/query/concurrency',
    ]),
    ...['1', '0.91', '-0.1'].map((shrinkage): [Record<string, string>, string] => [{ shrinkage }, '/query/shrinkage']),
    ...['-1', '1.5', '86400001'].map((withinMs): [Record<string, string>, string] => [{ withinMs }, '/query/withinMs']),
    [{ holidays: 'us' }, '/query/holidays'],
  ]
  for (const [query, path] of cases) {
    const { status, body } = await forecast({ ...good, ...query })
    const told = JSON.stringify([query, body])
    assert.deepEqual([status, body.code, body.errors?.[0]?.path], [400, 'invalid_request', path], told)
  }
  const { status, body } = await forecast({ ...good, agent: 'ann' })
  assert.deepEqual([status, body.code], [400, 'invalid_request'])
})

test('who may not read decisions gets no forecast', async () => {
  const { org } = await stage()
  const token = await org.adminToken(['conversations:read'])
  const query = new URLSearchParams({ from: '2026-11-01T00:00:00Z', to: '2026-11-08T00:00:00Z' })
  assert.equal((await ask(server.url, `/v1/forecast?${query}`, { token })).status, 403)
})
