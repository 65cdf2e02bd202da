import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { projections } from '../src/conversation/projections.ts'
import type { Database, WritingTransaction } from '../src/database/client.ts'
import { DatabaseUnavailable } from '../src/database/trouble.ts'
import type { Projection } from '../src/events/batch.ts'
import { CommandParked, LogUnavailable } from '../src/events/outcome.ts'
import { startCutProxy } from './support/cut-proxy.ts'
import { testDatabase } from './support/database.ts'
import { assertOnce, assertSound, snapshotOf } from './support/log-invariants.ts'
import { byAgent, must, openDesk, readLog, says, startLogServer } from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }

/** Submits all of these at once, so that they go into one batch; answers the text of each or what went wrong. */
async function together(
  server: { log: ReturnType<typeof startLogServer>['log'] },
  org: string,
  commands: ReturnType<typeof says>[],
) {
  const settled = await Promise.allSettled(
    commands.map((command) => server.log.submit(org, command, { lane: 'pushes' })),
  )
  return settled.map((one) => (one.status === 'fulfilled' ? 'accepted' : (one.reason as Error).name))
}

const nul = String.fromCharCode(0)

test(
  'F45: a command whose data PostgreSQL refuses is parked alone, and the others of its batch are carried out',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server)
    const commands = Array.from({ length: 40 }, (_, at) =>
      says(desk, at === 17 || at === 30 ? `o${nul}` : `o${at}`, `${at}`),
    )
    const outcomes = await together(server, desk.org, commands)
    const expected = commands.map((_, at) => (at === 17 || at === 30 ? 'CommandParked' : 'accepted'))
    assert.deepEqual(outcomes, expected)
    assert.deepEqual([server.parked.length, server.log.parked.count], [2, 2])
    const { events } = await assertSound(server.database, desk.org, [server])
    assertOnce(
      events,
      Array.from({ length: 40 }, (_, at) => `${at}`).filter((text) => text !== '17' && text !== '30'),
    )
  },
)

test('F45: a key longer than an index holds is the fault of its command, not of the database', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  const key = Array.from({ length: 9000 }, (_, at) => at.toString(36)).join('')
  const long = server.log.submit(desk.org, says(desk, 'o1', 'long'), { lane: 'pushes', key })
  const others = ['a', 'b', 'c'].map((text) => must(server.log, desk.org, says(desk, 'o2', text)))
  await assert.rejects(long, CommandParked)
  await Promise.all(others)
  const { events } = await assertSound(server.database, desk.org, [server])
  assertOnce(events, ['a', 'b', 'c'])
})

test(
  'F45: a command whose decision throws is parked alone, before and after others that are carried out',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server)
    const broken = { type: 'customer.act', accountId: desk.accountId, openid: 'o1', act: 'message' } as ReturnType<
      typeof says
    >
    const outcomes = await together(server, desk.org, [
      says(desk, 'o1', 'a'),
      broken,
      says(desk, 'o1', 'b'),
      broken,
      says(desk, 'o2', 'c'),
    ])
    assert.deepEqual(outcomes, ['accepted', 'CommandParked', 'accepted', 'CommandParked', 'accepted'])
    const { events } = await assertSound(server.database, desk.org, [server])
    assertOnce(events, ['a', 'b', 'c'])
  },
)

test('F45: a projection that cannot write what one command led to parks that one only', options, async () => {
  const clumsy: Projection = (batch) => {
    const texts = batch.sealed.map(({ personal }) => personal ?? '')
    if (texts.some((text) => text.includes('"stumble"')))
      throw new TypeError('a fault of ours that only this text meets')
    return []
  }
  await using server = startLogServer({ connection, projections: [...projections, clumsy] })
  const desk = await openDesk(server)
  const outcomes = await together(
    server,
    desk.org,
    ['a', 'stumble', 'b'].map((text, at) => says(desk, `o${at}`, text)),
  )
  assert.deepEqual(outcomes, ['accepted', 'CommandParked', 'accepted'])
  const { events } = await assertSound(server.database, desk.org, [server])
  assertOnce(events, ['a', 'b'])
})

test(
  'what the database itself refuses is nobody’s fault: all are told to come again, and nothing is parked',
  options,
  async () => {
    let isMissing = false
    const projection: Projection = () =>
      isMissing ? [{ text: 'select 1 from a_table_that_a_migration_has_yet_to_make' }] : []
    await using server = startLogServer({ connection, projections: [...projections, projection] })
    const desk = await openDesk(server)
    isMissing = true
    assert.deepEqual(await together(server, desk.org, [says(desk, 'o1'), says(desk, 'o2')]), [
      'LogUnavailable',
      'LogUnavailable',
    ])
    isMissing = false
    await must(server.log, desk.org, says(desk, 'o1', 'now'))
    assert.equal(server.log.parked.count, 0)
    assertOnce((await assertSound(server.database, desk.org, [server])).events, ['now'])
  },
)

test('a state that cannot be read parks nobody', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  await using other = startLogServer({ connection })
  const { rows } = await server.database.withWorker((tx) =>
    tx.query<{ config: string }>({
      text: 'select config::text as config from account where org_id = $1',
      values: [desk.org],
    }),
  )
  const set = (config: string | undefined) =>
    server.database.withWorker((tx) =>
      tx.query({ text: 'update account set config = $2::json where org_id = $1', values: [desk.org, config] }),
    )
  await set('null')
  await assert.rejects(other.log.submit(desk.org, says(desk, 'o1'), { lane: 'pushes' }), LogUnavailable)
  await set(rows[0]?.config)
  await must(other.log, desk.org, says(desk, 'o1'))
  assert.equal(other.log.parked.count, 0)
})

test('a failed commit leaves nothing in memory that is not in the log', options, async () => {
  let fails = 0
  const disturb = (real: Database): Database => ({
    ...real,
    withOrganization(org, work, how) {
      if (how?.pool !== 'log' || fails === 0) return real.withOrganization(org, work, how)
      fails -= 1
      return real.withOrganization(
        org,
        async (tx) => {
          await work(tx)
          throw new DatabaseUnavailable('08006', new Error('cut before COMMIT'))
        },
        how,
      )
    },
  })
  await using server = startLogServer({ connection, disturb })
  const desk = await openDesk(server, { agents: 1, capacity: 1 })
  const before = await assertSound(server.database, desk.org, [server])
  fails = 1
  await assert.rejects(server.log.submit(desk.org, says(desk, 'o1', 'lost'), { lane: 'pushes' }), {
    code: 'database_unavailable',
  })
  assert.equal(server.log.state(desk.org), null, 'what was decided is forgotten')
  // Had the lost message stayed in memory, the only agent would be full and this one would wait.
  const { events } = await must(server.log, desk.org, says(desk, 'o2', 'kept'))
  assert.equal(events.at(-1)?.type, 'session.assigned')
  assert.equal(events[0]?.position, before.events.length + 1)
  assertOnce((await assertSound(server.database, desk.org, [server])).events, ['kept'])
})

test(
  'F08: a commit whose answer was lost is recognised by its key, and what was never committed is carried out',
  options,
  async () => {
    await using proxy = await startCutProxy(connection)
    await using server = startLogServer({ connection: proxy.connection })
    await using reader = startLogServer({ connection })
    const desk = await openDesk(reader)
    const texts: string[] = []
    for (const word of ['commit', 'log_append', 'commit', 'store_conversations', 'select set_config', 'commit']) {
      const text = `${texts.length} ${word}`
      texts.push(text)
      proxy.cutAfter(word)
      const command = says(desk, 'o1', text)
      const first = await server.log
        .submit(desk.org, command, { lane: 'pushes', key: text })
        .catch((error: unknown) => error)
      if (first instanceof Error) assert.equal((first as LogUnavailable).code, 'database_unavailable')
      await must(server.log, desk.org, command, { lane: 'pushes', key: text })
    }
    const { events } = await assertSound(reader.database, desk.org, [server, reader])
    assertOnce(events, texts)
  },
)

test(
  'F08: while the database is gone commands are refused in time, and afterwards it goes on without loss',
  options,
  async () => {
    await using reader = startLogServer({ connection })
    const desk = await openDesk(reader)
    const proxy = await startCutProxy(connection)
    await using server = startLogServer({ connection: proxy.connection })
    const acknowledged: string[] = []
    let isOver = false
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let step = 0; !isOver; step += 1) {
        const text = `${writer}-${step}`
        const command = says(desk, `o${writer}`, text)
        for (let isTaken = false; !isTaken; ) {
          const began = performance.now()
          const outcome = await server.log
            .submit(desk.org, command, { lane: 'pushes', key: text })
            .catch((error: unknown) => error)
          assert.ok(performance.now() - began < 3500, 'nobody waits longer than WeChat')
          if (outcome instanceof Error) assert.ok(outcome instanceof LogUnavailable, String(outcome))
          else isTaken = true
        }
        acknowledged.push(text)
      }
    })
    await new Promise((resolve) => setTimeout(resolve, 150))
    const { port } = proxy.connection
    await proxy[Symbol.asyncDispose]()
    await new Promise((resolve) => setTimeout(resolve, 600))
    const during = acknowledged.length
    await using again = await startCutProxy(connection, port)
    const backMs = performance.now()
    while (acknowledged.length < during + 8) await new Promise((resolve) => setTimeout(resolve, 10))
    assert.ok(performance.now() - backMs < 5000, 'ready within five seconds of the database')
    isOver = true
    await Promise.all(writers)
    assert.ok(again.connection.port === port)
    const { events } = await assertSound(reader.database, desk.org, [server, reader])
    assertOnce(events, acknowledged)
  },
)

test(
  'F10: while the database is silent every command gets its answer in time, and nothing acknowledged is lost',
  options,
  async () => {
    await using proxy = await startCutProxy(connection)
    await using server = startLogServer({ connection: proxy.connection })
    await using reader = startLogServer({ connection })
    const desk = await openDesk(reader)
    await must(server.log, desk.org, says(desk, 'o1', 'before'), { key: 'before' })
    proxy.fallSilent()
    const began = performance.now()
    const first = Array.from({ length: 5 }, (_, at) =>
      server.log.submit(desk.org, says(desk, 'o1', `${at}`), { lane: 'pushes' }),
    )
    const settledFirst = Promise.allSettled(first)
    await new Promise((resolve) => setTimeout(resolve, 50))
    const waiting = Array.from({ length: 5 }, (_, at) =>
      server.log.submit(desk.org, says(desk, 'o2', `${at}`), { lane: 'pushes' }),
    )
    const waited = await Promise.allSettled(waiting)
    assert.ok(
      performance.now() - began < 3000,
      'those who wait behind a batch that hangs are answered before WeChat hangs up',
    )
    for (const outcome of waited) assert.ok(outcome.status === 'rejected' && outcome.reason instanceof LogUnavailable)
    for (const outcome of await settledFirst)
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof LogUnavailable)
    assertOnce(await readLog(reader.database, desk.org), ['before'])
  },
)

test(
  'F10, F20: a command that has waited longer than anybody would is refused, by a clock that cannot be set',
  options,
  async () => {
    const held = Promise.withResolvers<void>()
    let monotonicMs = 1_000_000
    const texts: string[] = []
    const projection: Projection = (batch) => {
      texts.push(...batch.sealed.flatMap(({ event }) => (event.type === 'message.received' ? [event.facts.kind] : [])))
      return []
    }
    const holding = (real: Database): Database => ({
      ...real,
      async withOrganization(org, work, how) {
        const result = await real.withOrganization(org, work, how)
        await held.promise
        return result
      },
    })
    await using server = startLogServer({ connection })
    const desk = await openDesk(server)
    const odd = { projections: [projection], disturb: holding, monotonicMs: () => monotonicMs }
    await using slow = startLogServer({ connection, ...odd })
    const submit = (openid: string) => slow.log.submit(desk.org, says(desk, openid), { lane: 'agents' })
    const running = assert.rejects(submit('o1'), { code: 'database_unavailable' })
    while (texts.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const waiting = assert.rejects(submit('o2'), { code: 'overloaded' })
    monotonicMs += 2301
    await Promise.all([running, waiting])
    const late = submit('o3').catch((error: unknown) => error)
    monotonicMs += 2301
    held.resolve()
    assert.ok((await late) instanceof LogUnavailable)
    assert.equal(texts.length, 1, 'what nobody waits for any more is not begun')
  },
)

test(
  'a batch that holds the lock for too long is given up, so that no server stops an organization',
  options,
  async () => {
    let monotonicMs = 0
    let costMs = 0
    const slowly = (real: Database): Database => ({
      ...real,
      withOrganization: (org, work, how) =>
        real.withOrganization(
          org,
          (tx) => {
            const slow: WritingTransaction = {
              query(statement) {
                monotonicMs += costMs
                return tx.query(statement)
              },
              last: tx.last,
            }
            return work(slow)
          },
          how,
        ),
    })
    await using server = startLogServer({ connection, disturb: slowly, monotonicMs: () => monotonicMs })
    const desk = await openDesk(server)
    costMs = 2100
    const outcomes = await together(server, desk.org, [says(desk, 'o1', 'slow'), says(desk, 'o2', 'slow')])
    assert.deepEqual(outcomes, ['LogUnavailable', 'LogUnavailable'])
    costMs = 0
    await must(server.log, desk.org, says(desk, 'o1', 'quick'))
    assertOnce((await assertSound(server.database, desk.org, [server])).events, ['quick'])
  },
)

test('F11: a lane that is full refuses at once, and the pushes keep theirs', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  const read = { type: 'conversation.read', actor: byAgent('agent1'), conversationId: 'none', upTo: 0 } as const
  const flood = Array.from({ length: 4300 }, () => server.log.submit(desk.org, read, { lane: 'app:noisy' }))
  const settled = Promise.allSettled(flood)
  await must(server.log, desk.org, says(desk, 'o1', 'in time'), { lane: 'pushes' })
  const outcomes = await settled
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.equal(refused.length, 300)
  for (const { reason } of refused)
    assert.ok(reason instanceof LogUnavailable && reason.code === 'overloaded' && reason.retryAfterSeconds === 1)
  const { events } = await assertSound(server.database, desk.org, [server])
  assertOnce(events, ['in time'])
})

test('F20, F21: the time of the log never goes back, whatever the clocks of its servers say', options, async () => {
  const noon = Date.UTC(2026, 2, 2, 12)
  const clock = [0, 3_600_000, -3_600_000, 60_000, -86_400_000, 86_400_000, 1]
  let at = 0
  const batchTimeMs = () => noon + (clock[at % clock.length] ?? 0) + at * 0.4
  await using one = startLogServer({ connection, batchTimeMs })
  await using two = startLogServer({ connection, batchTimeMs })
  const desk = await openDesk(one)
  for (at = 1; at < 20; at += 1) await must((at % 3 === 0 ? two : one).log, desk.org, says(desk, `o${at % 4}`, `${at}`))
  const { events } = await assertSound(one.database, desk.org, [one, two])
  assert.equal(events.at(-1)?.atMs, noon + 86_400_000 + Math.trunc(19 * 0.4))
})

test('two servers that fail in turn still know the same', options, async () => {
  await using one = startLogServer({ connection })
  await using two = startLogServer({ connection, coldLimit: 2 })
  const desk = await openDesk(one, { capacity: 1 })
  for (let at = 0; at < 12; at += 1) {
    const { log } = at % 2 === 0 ? one : two
    const { result } = await must(log, desk.org, says(desk, `o${at % 7}`, `${at}`))
    const { conversationId = '' } = result
    await must(log, desk.org, { type: 'session.close', actor: byAgent('agent1'), conversationId })
    await together({ log }, desk.org, [says(desk, `o${nul}`)])
  }
  await assertSound(one.database, desk.org, [one, two])
  const [left, right] = [one.log.state(desk.org), two.log.state(desk.org)]
  assert.ok(left !== null && right !== null)
  assert.deepEqual(snapshotOf(left), snapshotOf(right))
  assert.ok(right.conversations.size <= 5, 'a small server lets go of what nobody holds')
})
