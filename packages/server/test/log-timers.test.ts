import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startTimers } from '../src/conversation/timers-worker.ts'
import { noFailpoint } from '../src/events/failpoint.ts'
import { LogUnavailable } from '../src/events/outcome.ts'
import { testDatabase } from './support/database.ts'
import { assertSound } from './support/log-invariants.ts'
import {
  byAgent,
  configure,
  type Desk,
  documentOf,
  type LogServer,
  must,
  openDesk,
  readLog,
  says,
  startLogServer,
} from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }
const minute = 60_000

/** Servers that share a clock which the test turns. */
function startClock() {
  const clock = { nowMs: Date.UTC(2026, 2, 2, 12) }
  return {
    clock,
    server: () => startLogServer({ connection, batchTimeMs: () => clock.nowMs }),
    timers(server: Pick<LogServer, 'log' | 'database'>, errors: unknown[] = []) {
      const onError = (error: unknown) => errors.push(error)
      return startTimers({ ...server, failpoint: noFailpoint, nowMs: () => clock.nowMs, onError, pollMs: 3_600_000 })
    },
  }
}

async function timerRows(server: LogServer, org: string): Promise<{ key: string; due: number }[]> {
  const { rows } = await server.database.withOrganization(org, (tx) =>
    tx.query<{ key: string; due: number }>({ text: 'select key, due from timer order by key' }),
  )
  return rows
}

const count = async (server: LogServer, desk: Desk, type: string) =>
  (await readLog(server.database, desk.org)).filter((event) => event.type === type).length

test(
  'an idle session is warned once and closed once, though two servers look at the same timers',
  options,
  async () => {
    const { clock, server, timers } = startClock()
    await using one = server()
    await using two = server()
    await using first = timers(one)
    await using second = timers(two)
    const desk = await openDesk(one, { agents: 1 })
    const look = () => Promise.all([first.runOnce(), second.runOnce(), first.runOnce()])
    await must(one.log, desk.org, says(desk, 'o1'))
    await look()
    assert.equal(await count(one, desk, 'session.idle-warned'), 0)
    clock.nowMs += 25 * minute
    await look()
    await look()
    assert.equal(await count(one, desk, 'session.idle-warned'), 1)
    clock.nowMs += 5 * minute
    await look()
    await look()
    assert.equal(await count(one, desk, 'session.closed'), 1)
    assert.deepEqual(await timerRows(one, desk.org), [])
    await assertSound(one.database, desk.org, [one, two])
  },
)

test(
  'whoever writes in between is not warned: the timer rings, nothing happens, and it is set anew',
  options,
  async () => {
    const { clock, server, timers } = startClock()
    await using one = server()
    await using worker = timers(one)
    const desk = await openDesk(one, { agents: 1 })
    await must(one.log, desk.org, says(desk, 'o1'))
    const [before] = await timerRows(one, desk.org)
    clock.nowMs += 20 * minute
    await must(one.log, desk.org, says(desk, 'o1'))
    clock.nowMs += 5 * minute
    assert.equal(await worker.runOnce(), 1)
    assert.equal(await worker.runOnce(), 0, 'it is not due any more')
    const [set] = await timerRows(one, desk.org)
    assert.deepEqual(set, { key: before?.key, due: (before?.due ?? 0) + 20 * minute })
    assert.equal(await count(one, desk, 'session.idle-warned'), 0)
    clock.nowMs += 20 * minute
    await worker.runOnce()
    assert.equal(await count(one, desk, 'session.idle-warned'), 1)
  },
)

test(
  'F21: a server whose clock is ahead of the database rings too early and takes no timer away',
  options,
  async () => {
    const { clock, server, timers } = startClock()
    await using one = server()
    const desk = await openDesk(one, { agents: 1 })
    await must(one.log, desk.org, says(desk, 'o1'))
    const rows = await timerRows(one, desk.org)
    assert.equal(rows.length, 1)
    const ahead = startTimers({
      ...one,
      failpoint: noFailpoint,
      nowMs: () => clock.nowMs + 3_600_000,
      onError: assert.ifError,
    })
    await ahead.runOnce()
    await ahead.runOnce()
    await ahead[Symbol.asyncDispose]()
    assert.deepEqual(await timerRows(one, desk.org), rows)
    clock.nowMs += 25 * minute
    await using worker = timers(one)
    await worker.runOnce()
    assert.equal(await count(one, desk, 'session.idle-warned'), 1)
  },
)

test('a status that was set for a time ends with it, and one that was set again does not', options, async () => {
  const { clock, server, timers } = startClock()
  await using one = server()
  await using worker = timers(one)
  const desk = await openDesk(one, { agents: 2 })
  const online = { type: 'agent.set-status', status: 'online', cause: 'chosen', ttlMs: 10 * minute } as const
  for (const agentId of desk.agents) await must(one.log, desk.org, { ...online, actor: byAgent(agentId), agentId })
  clock.nowMs += 9 * minute
  await must(one.log, desk.org, { ...online, actor: byAgent('agent2'), agentId: 'agent2' })
  clock.nowMs += minute
  await worker.runOnce()
  const status = () => desk.agents.map((agentId) => one.log.state(desk.org)?.agents.get(agentId)?.status)
  assert.deepEqual(status(), ['offline', 'online'])
  clock.nowMs += 9 * minute
  await worker.runOnce()
  assert.deepEqual(status(), ['offline', 'offline'])
  assert.deepEqual(await timerRows(one, desk.org), [])
})

test('a timer that no longer applies is taken away by the decision that ignores it', options, async () => {
  const { clock, server, timers } = startClock()
  await using one = server()
  await using worker = timers(one)
  const desk = await openDesk(one, { agents: 1 })
  await must(one.log, desk.org, says(desk, 'o1'))
  const document = documentOf(desk, 3)
  const organization = { ...document.organization, idleWarningAfterMs: null, idleCloseAfterMs: null }
  await must(one.log, desk.org, configure({ ...document, organization }))
  clock.nowMs += 60 * minute
  await worker.runOnce()
  assert.deepEqual(await timerRows(one, desk.org), [])
  assert.equal(await count(one, desk, 'session.closed'), 0)
})

test(
  'F45: a timer whose command cannot be carried out is taken away, and the others of its page ring',
  options,
  async () => {
    const { clock, server, timers } = startClock()
    await using one = server()
    const errors: unknown[] = []
    await using worker = timers(one, errors)
    const desk = await openDesk(one, { agents: 1 })
    await must(one.log, desk.org, says(desk, 'o1'))
    await insertTimer(one, desk.org, 'broken', { type: 'nothing of ours' })
    await insertTimer(one, `${desk.org}-gone`, 'orphan', {
      type: 'timer.fire',
      timer: { kind: 'presence', agentId: 'a' },
    })
    clock.nowMs += 25 * minute
    await worker.runOnce()
    assert.equal(await count(one, desk, 'session.idle-warned'), 1)
    assert.equal(errors.length, 1)
    await worker.runOnce()
    assert.equal(errors.length, 1)
    const { rows } = await one.database.withWorker((tx) =>
      tx.query({ text: `select 1 from timer where key in ('broken', 'orphan')` }),
    )
    assert.deepEqual(rows, [])
  },
)

test('an organization whose log takes nothing does not keep the timers of others waiting', options, async () => {
  const { clock, server, timers } = startClock()
  await using one = server()
  const stuck = await openDesk(one, { agents: 0 })
  const desk = await openDesk(one, { agents: 1 })
  for (let at = 0; at < 200; at += 1) {
    await insertTimer(
      one,
      stuck.org,
      `presence:${at}`,
      { type: 'timer.fire', timer: { kind: 'presence', agentId: `${at}` } },
      clock.nowMs - 1,
    )
  }
  await must(one.log, desk.org, says(desk, 'o1'))
  clock.nowMs += 25 * minute
  const log: Pick<LogServer['log'], 'submit'> = {
    submit: (org, ...rest) =>
      org === stuck.org ? Promise.reject(new LogUnavailable('overloaded')) : one.log.submit(org, ...rest),
  }
  await using worker = timers({ database: one.database, log: log as LogServer['log'] })
  await worker.runOnce()
  await worker.runOnce()
  assert.equal(await count(one, desk, 'session.idle-warned'), 1)
  assert.equal((await timerRows(one, stuck.org)).length, 200, 'theirs are kept')
})

async function insertTimer(server: LogServer, org: string, key: string, command: unknown, due = 0): Promise<void> {
  await server.database.withWorker((tx) =>
    tx.query({
      text: `insert into timer (org_id, key, due, position, command) values ($1, $2, to_timestamp($3::double precision / 1000), 0, $4::json)`,
      values: [org, key, due, JSON.stringify(command)],
    }),
  )
}
