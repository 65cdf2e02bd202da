// The house test "outbox": what a reader of the feed gets is the log, event by event, whatever happens around it.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import type { Database } from '../src/database/client.ts'
import { createFeed, type Feed, type WakeUps } from '../src/events/feed.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'
import { type Desk, type LogServer, must, openDesk, readLog, says, startLogServer } from './support/log-stage.ts'
import { type Trouble, unreliableReads } from './support/unreliable-database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }

const silent: WakeUps = { publish() {}, subscribe: () => () => {} }

/** Wake-ups between servers; each is lost with some likelihood. */
function losingWakeUps(random: Random, lost: number): () => WakeUps {
  const servers = new Set<(org: string, position: number) => void>()
  return () => {
    let own: ((org: string, position: number) => void) | undefined
    return {
      publish(org, position) {
        for (const listener of servers)
          if (listener !== own && !random.chance(lost)) setImmediate(listener, org, position)
      },
      subscribe(listener) {
        own = listener
        servers.add(listener)
        return () => servers.delete(listener)
      },
    }
  }
}

const pause = (ms: number) =>
  ms === 0 ? new Promise((resolve) => setImmediate(resolve)) : new Promise((resolve) => setTimeout(resolve, ms))

/** Follows until `last`, as slow as it likes, restarting now and then where it was; answers the positions it was given. */
async function readTo(last: Promise<number>, feed: Feed, org: string, random: Random): Promise<LoggedEvent[]> {
  const got: LoggedEvent[] = []
  let end = Number.POSITIVE_INFINITY
  let stop = new AbortController()
  last.then((position) => {
    end = position
    if ((got.at(-1)?.position ?? 0) >= end) stop.abort()
  }, assert.ifError)
  const slowness = random.pick([0, 0, 3, 15]) ?? 0
  while ((got.at(-1)?.position ?? 0) < end) {
    stop = new AbortController()
    for await (const events of feed.follow(org, got.at(-1)?.position ?? 0, { signal: stop.signal })) {
      got.push(...events)
      if ((got.at(-1)?.position ?? 0) >= end) break
      if (random.chance(0.1)) break
      if (slowness > 0) await pause(random.below(slowness))
    }
  }
  return got
}

async function write(desk: Desk, servers: readonly LogServer[], random: Random): Promise<void> {
  let number = 0
  for (let burst = 0; burst < 12; burst += 1) {
    const server = random.pick(servers)
    assert.ok(server !== undefined)
    const count = 1 + random.below(random.pick([2, 10, 40]) ?? 2)
    await Promise.all(
      Array.from({ length: count }, () => must(server.log, desk.org, says(desk, `o${random.below(5)}`, `${number++}`))),
    )
    await pause(random.below(8))
  }
}

test(
  'outbox: backfill, cutover while two servers write, slow readers, restarts, lost wake-ups: no gap, no double, in order',
  options,
  async () => {
    await forEachSeed('outbox', proofSize('outboxRuns'), async (_seed, random) => {
      await using one = startLogServer({ connection })
      await using two = startLogServer({ connection })
      const servers = [one, two]
      const desk = await openDesk(one, { agents: 1 })
      for (let at = random.below(30); at > 0; at -= 1) await must(one.log, desk.org, says(desk, 'o0', `before ${at}`))
      const trouble: Trouble = { chance: random.pick([0, 0.02]) ?? 0, met: 0 }
      const join = losingWakeUps(random, random.pick([0, 0.5, 1]) ?? 0)
      using first = createFeed({
        database: unreliableReads(one.database, random, trouble),
        log: one.log,
        wakeUps: join(),
        pollMs: 20,
      })
      using second = createFeed({ database: two.database, log: two.log, wakeUps: join(), pollMs: 20 })
      const written = Promise.withResolvers<number>()
      const readers = [first, first, second, second].map((feed) => readTo(written.promise, feed, desk.org, random))
      await Promise.all([write(desk, servers, random), write(desk, servers, random)])
      const log = await readLog(one.database, desk.org)
      written.resolve(log.length)
      const expected = plain(log)
      for (const got of await Promise.all(readers)) {
        assert.deepEqual(
          got.map(({ position }) => position),
          log.map(({ position }) => position),
        )
        assert.deepEqual(plain(got), expected, 'an event handed over in memory is the one that is stored')
      }
    })
  },
)

const plain = (events: readonly LoggedEvent[]): unknown =>
  JSON.parse(JSON.stringify(events.map((event) => Object.entries(event).sort())))

test(
  'a reader that another server’s event overtakes in memory reads that event from the table, not past it',
  options,
  async () => {
    await using one = startLogServer({ connection })
    await using two = startLogServer({ connection })
    const desk = await openDesk(one, { agents: 1 })
    using feed = createFeed({
      database: one.database,
      log: one.log,
      wakeUps: silent,
      pollMs: 60_000,
    })
    const stop = new AbortController()
    const start = (await readLog(one.database, desk.org)).length
    const reading = feed.follow(desk.org, start, { signal: stop.signal })[Symbol.asyncIterator]()
    const next = reading.next()
    await must(one.log, desk.org, says(desk, 'o1', 'one'))
    const got = [...((await next).value as LoggedEvent[])]
    // The reader is busy with the first while three more come, the middle one by the other server.
    await must(one.log, desk.org, says(desk, 'o1', 'two'))
    await must(two.log, desk.org, says(desk, 'o1', 'three'))
    await must(one.log, desk.org, says(desk, 'o1', 'four'))
    const log = await readLog(one.database, desk.org)
    while ((got.at(-1)?.position ?? 0) < log.length) got.push(...((await reading.next()).value as LoggedEvent[]))
    stop.abort()
    assert.deepEqual(
      got.map(({ position }) => position),
      log.slice(start).map(({ position }) => position),
    )
  },
)

test('an event that is appended while the reader looks, or just before it waits, wakes it', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  const head = (await readLog(server.database, desk.org)).length
  let looks = 0
  const overtaken: Database = {
    ...server.database,
    async withOrganization(org, work, how) {
      const found = await server.database.withOrganization(org, work, how)
      // What was found is out of date before the reader sees it.
      if (looks++ < 5) await must(server.log, desk.org, says(desk, 'o1', `${looks}`))
      return found
    },
  }
  // Nobody asks again for a minute: only the wake-up can help.
  using feed = createFeed({ database: overtaken, log: server.log, wakeUps: silent, pollMs: 60_000 })
  const got: LoggedEvent[] = []
  for await (const events of feed.follow(desk.org, head, { signal: AbortSignal.timeout(10_000) })) {
    got.push(...events)
    if (got.some(({ type }) => type === 'message.received')) break
  }
  assert.equal(got[0]?.position, head + 1)
})

test('a reader that keeps up is handed what is appended, and asks the table for none of it', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  const head = (await readLog(server.database, desk.org)).length
  let reads = 0
  const counted: Database = {
    ...server.database,
    withOrganization(org, work, how) {
      reads += 1
      return server.database.withOrganization(org, work, how)
    },
  }
  using feed = createFeed({ database: counted, log: server.log, wakeUps: silent, pollMs: 60_000 })
  const reading = feed.follow(desk.org, head, { signal: new AbortController().signal })[Symbol.asyncIterator]()
  const next = reading.next()
  // The first look finds nothing; from then on what comes, comes in memory.
  while (reads === 0) await pause(1)
  await pause(30)
  await must(server.log, desk.org, says(desk, 'o1'))
  assert.ok(((await next).value as LoggedEvent[]).length > 0)
  const before = reads
  for (let at = 0; at < 5; at += 1) {
    await must(server.log, desk.org, says(desk, 'o1'))
    assert.equal(((await reading.next()).value as LoggedEvent[]).length, 1)
  }
  assert.equal(reads, before)
})

test(
  'F18: a reader that stops taking holds a bounded number of events, and goes on from the table',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    using feed = createFeed({
      database: server.database,
      log: server.log,
      wakeUps: silent,
    })
    const stop = new AbortController()
    const reading = feed.follow(desk.org, 0, { signal: stop.signal })[Symbol.asyncIterator]()
    const got = [...((await reading.next()).value as LoggedEvent[])]
    for (let round = 0; round < 9; round += 1) {
      await Promise.all(
        Array.from({ length: 512 }, (_, at) => must(server.log, desk.org, says(desk, 'o1', `${round} ${at}`))),
      )
    }
    const sizes: number[] = []
    const last = (await readLog(server.database, desk.org)).length
    assert.ok(last > 4096 + got.length)
    while ((got.at(-1)?.position ?? 0) < last) {
      const events = (await reading.next()).value as LoggedEvent[]
      sizes.push(events.length)
      got.push(...events)
    }
    stop.abort()
    assert.deepEqual(
      got.map(({ position }) => position),
      Array.from({ length: last }, (_, at) => at + 1),
    )
    assert.ok(Math.max(...sizes) <= 500, 'it was read from the table')
  },
)

test(
  'a reader ends when it is told to, when its feed ends, and when it is abandoned; nothing of it stays',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    const feed = createFeed({
      database: server.database,
      log: server.log,
      wakeUps: silent,
    })
    const stop = new AbortController()
    const head = (await readLog(server.database, desk.org)).length
    const ends = async (signal: AbortSignal) => {
      for await (const _ of feed.follow(desk.org, head, { signal })) assert.fail('there is nothing to read')
    }
    const told = ends(stop.signal)
    const open = ends(new AbortController().signal)
    await pause(20)
    stop.abort()
    await told
    await ends(AbortSignal.abort())
    for await (const events of feed.follow(desk.org, 0, { signal: new AbortController().signal })) {
      assert.equal(events[0]?.position, 1)
      break
    }
    feed[Symbol.dispose]()
    await open
  },
)

test(
  'F25: a reader of a log that was begun anew ends, and does not wait for positions of the old one',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    using feed = createFeed({
      database: server.database,
      log: server.log,
      wakeUps: silent,
      pollMs: 10,
    })
    const head = (await readLog(server.database, desk.org)).length
    const follow = async (after: number, epoch?: string) => {
      for await (const _ of feed.follow(desk.org, after, { signal: new AbortController().signal, epoch }))
        assert.fail('nothing came')
    }
    const behind = follow(head, 'e1')
    await follow(head + 5)
    await follow(head, 'of long ago')
    await server.database.withWorker((tx) =>
      tx.query({ text: `update organization set epoch = 'e2' where org_id = $1`, values: [desk.org] }),
    )
    await behind
  },
)
