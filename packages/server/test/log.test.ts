import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Database } from '../src/database/client.ts'
import { LogUnavailable } from '../src/events/outcome.ts'
import { testDatabase } from './support/database.ts'
import { assertOnce, assertSound } from './support/log-invariants.ts'
import { byAgent, configure, documentOf, must, openDesk, readLog, says, startLogServer } from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }

test(
  'four writers on two servers make one sequence without gap, and nobody is ever over capacity',
  options,
  async () => {
    await using one = startLogServer({ connection })
    await using two = startLogServer({ connection })
    const desk = await openDesk(one, { agents: 3, capacity: 2 })
    const texts: string[] = []
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      const { log } = writer % 2 === 0 ? one : two
      for (let step = 0; step < 25; step += 1) {
        const text = `${writer}-${step}`
        texts.push(text)
        const { result } = await must(log, desk.org, says(desk, `o${writer}-${step % 5}`, text), { lane: 'pushes' })
        const { conversationId = '' } = result
        if (step % 3 === 0) {
          await log.submit(
            desk.org,
            { type: 'session.close', actor: byAgent('agent1'), conversationId },
            { lane: 'agents' },
          )
        }
      }
    })
    await Promise.all(writers)
    const { events } = await assertSound(one.database, desk.org, [one, two])
    assertOnce(events, texts)
  },
)

test(
  'F26, F27: one key submitted at the same instant on both servers is carried out once, with one result for all',
  options,
  async () => {
    await using one = startLogServer({ connection })
    await using two = startLogServer({ connection })
    const desk = await openDesk(one)
    for (const key of ['a', 'b', 'c']) {
      const same = Array.from({ length: 12 }, (_, at) =>
        must((at % 2 === 0 ? one : two).log, desk.org, says(desk, `o-${key}`, key), { lane: 'pushes', key }),
      )
      const outcomes = await Promise.all(same)
      const [first] = outcomes.filter((outcome) => !outcome.repeated)
      assert.ok(first !== undefined)
      assert.equal(outcomes.filter((outcome) => !outcome.repeated).length, 1)
      for (const { result, position } of outcomes)
        assert.deepEqual({ result, position }, { result: first.result, position: first.position })
      const later = await must(two.log, desk.org, says(desk, `o-${key}`, 'another text'), { lane: 'pushes', key })
      assert.deepEqual([later.repeated, later.result, later.events], [true, first.result, []])
    }
    const { events } = await assertSound(one.database, desk.org, [one, two])
    assertOnce(events, ['a', 'b', 'c'])
  },
)

test('commands that wait together are committed together, in the order of their lanes', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  const sizes: number[] = []
  server.log.onAppended((batch) => sizes.push(batch.accepted.length))
  await Promise.all(Array.from({ length: 300 }, (_, at) => must(server.log, desk.org, says(desk, `o${at}`, `${at}`))))
  assert.equal(
    sizes.reduce((sum, size) => sum + size),
    300,
  )
  assert.ok(sizes.length <= 4, `${sizes.length} batches for 300 commands`)
  const { events } = await assertSound(server.database, desk.org, [server])
  const received = events.flatMap((event) => (event.type === 'message.received' ? [event.personal?.content] : []))
  assert.deepEqual(
    received,
    received.map((_, at) => ({ type: 'text', text: `${at}` })),
  )
})

test('listeners hear every commit in order, and one that throws stops nobody', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  const heard: number[] = []
  server.log.onAppended(() => {
    throw new Error('a careless listener')
  })
  const stop = server.log.onAppended((batch) => heard.push(...batch.sealed.map(({ event }) => event.position)))
  for (let at = 0; at < 5; at += 1) await must(server.log, desk.org, says(desk, `o${at}`))
  stop()
  await must(server.log, desk.org, says(desk, 'o0'))
  const first = heard[0] ?? 0
  assert.deepEqual(
    heard,
    heard.map((_, at) => first + at),
  )
  assert.equal(server.errors.filter((error) => String(error).includes('careless')).length, 6)
})

test('a command for an organization that does not exist is refused', options, async () => {
  await using server = startLogServer({ connection })
  const outcome = await server.log.submit(
    'org-none',
    { type: 'timer.fire', timer: { kind: 'presence', agentId: 'a' } },
    { lane: 'timers' },
  )
  assert.equal(outcome.accepted, false)
  assert.equal(outcome.accepted ? '' : outcome.code, 'not_found')
  assert.equal(server.log.state('org-none'), null)
})

test('a server that stops finishes its batch, refuses what waits, and takes nothing more', options, async () => {
  const server = startLogServer({ connection })
  await using reader = startLogServer({ connection })
  const desk = await openDesk(server)
  const running = Array.from({ length: 600 }, (_, at) =>
    server.log.submit(desk.org, says(desk, `o${at}`, `${at}`), { lane: 'pushes' }),
  )
  const settled = Promise.allSettled(running)
  await new Promise((resolve) => setImmediate(resolve))
  await server[Symbol.asyncDispose]()
  const outcomes = await settled
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.ok(refused.length > 0 && refused.length < 600, `${refused.length} refused`)
  for (const { reason } of refused) assert.ok(reason instanceof LogUnavailable && reason.code === 'shutting_down')
  await assert.rejects(server.log.submit(desk.org, says(desk, 'o1'), { lane: 'pushes' }), LogUnavailable)
  const events = await readLog(reader.database, desk.org)
  const answered = outcomes.flatMap((outcome, at) => (outcome.status === 'fulfilled' ? [`${at}`] : []))
  assertOnce(events, answered)
})

test('F25: a server does not decide on what it had folded of a log that was begun anew', options, async () => {
  await using one = startLogServer({ connection })
  await using two = startLogServer({ connection })
  const desk = await openDesk(one, { agents: 1, capacity: 2 })
  await must(two.log, desk.org, says(desk, 'o1', 'of the old log'))
  const known = two.log.state(desk.org)?.position ?? 0
  await beginAnew(one.database, desk.org)
  await must(one.log, desk.org, configure(documentOf(desk, 2)))
  for (let at = 0; at <= known; at += 1) await must(one.log, desk.org, says(desk, `o${at}`, `${at}`))
  await must(two.log, desk.org, says(desk, 'o1', 'of the new log'))
  const { state } = await assertSound(one.database, desk.org, [one, two])
  assert.ok(state.position > known)
})

const written = ['conversation', 'customer', 'agent', 'account', 'team', 'app', 'decision', 'timer']

async function beginAnew(database: Database, org: string): Promise<void> {
  await database.withWorker(async (tx) => {
    for (const table of [...written, 'seen_command', 'event']) {
      await tx.query({ text: `delete from ${table} where org_id = $1`, values: [org] })
    }
    await tx.query({
      text: `update organization set head = 0, chain = null, config = null, epoch = 'e2' where org_id = $1`,
      values: [org],
    })
  })
}
