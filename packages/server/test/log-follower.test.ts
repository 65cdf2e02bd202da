import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import type { Database } from '../src/database/client.ts'
import { createFeed, type WakeUps } from '../src/events/feed.ts'
import { advance, type FollowerDefinition, startFollower } from '../src/events/follower.ts'
import { searchFollower } from '../src/platform/search.ts'
import { testDatabase } from './support/database.ts'
import { type Desk, type LogServer, must, openDesk, readLog, says, startLogServer } from './support/log-stage.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database
const options = { timeout: 60_000 }
const silent: WakeUps = { publish() {}, subscribe: () => () => {} }

/** Notes each event in a table that refuses a second note: an effect that happens twice is an error. */
function noting(version = 1, onApply: (events: readonly LoggedEvent[]) => void = () => {}): FollowerDefinition {
  return {
    name: 'notes',
    version,
    async clear(tx, org, kept) {
      const { rowCount } = await tx.query({
        text: `delete from search_message where ctid in (
          select ctid from search_message where org_id = $1 and build <> all ($2::int[]) limit 3)`,
        values: [org, kept],
      })
      return rowCount < 3 ? 'empty' : 'more'
    },
    async apply(tx, org, events) {
      onApply(events)
      for (const { position } of events) {
        await tx.query({
          text: `insert into search_message (org_id, build, position, conversation_id, keys) values ($1, $2, $3, 'cv', '{}')`,
          values: [org, version, position],
        })
      }
    },
  }
}

async function notes(server: { readonly database: Database }, org: string, version = 1): Promise<number[]> {
  const { rows } = await server.database.withOrganization(org, (tx) =>
    tx.query<{ position: number }>({
      text: 'select position from search_message where build = $1 order by position',
      values: [version],
    }),
  )
  return rows.map(({ position }) => position)
}

const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1)

async function writeSome(server: LogServer, desk: Desk, count: number): Promise<number> {
  for (let at = 0; at < count; at += 1)
    await must(server.log, desk.org, says(desk, `o${at % 3}`, `第${at}句 word${at}`))
  return (await readLog(server.database, desk.org)).length
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('a follower of two servers has one effect for each event, while both write', options, async () => {
  await using one = startLogServer({ connection })
  await using two = startLogServer({ connection })
  const desk = await openDesk(one, { agents: 1 })
  const errors: unknown[] = []
  const onError = (_name: string, error: unknown) => errors.push(error)
  using firstFeed = createFeed({ database: one.database, log: one.log, wakeUps: silent, pollMs: 20 })
  using secondFeed = createFeed({ database: two.database, log: two.log, wakeUps: silent, pollMs: 20 })
  await using first = startFollower(noting(), { database: one.database, feed: firstFeed, onError })
  await using second = startFollower(noting(), { database: two.database, feed: secondFeed, onError })
  for (const follower of [first, second, first]) follower.add(desk.org)
  await Promise.all([writeSome(one, desk, 30), writeSome(two, desk, 30)])
  const last = (await readLog(one.database, desk.org)).length
  await eventually(async () => (await notes(one, desk.org)).length === last)
  assert.deepEqual(await notes(one, desk.org), upTo(last))
  assert.deepEqual(errors, [])
})

test('the position is committed with the effect: what fails half-way is done again, once', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  const last = await writeSome(server, desk, 20)
  using feed = createFeed({ database: server.database, log: server.log, wakeUps: silent, pollMs: 20 })
  let fails = 3
  const errors: unknown[] = []
  const definition = noting(1, () => {
    fails -= 1
  })
  const halfWay: FollowerDefinition = {
    ...definition,
    async apply(tx, org, events, build) {
      await definition.apply(tx, org, events, build)
      if (fails >= 0) throw new Error('stopped behind its effect')
    },
  }
  const onError = (_name: string, error: unknown) => errors.push(error)
  await using follower = startFollower(halfWay, { database: server.database, feed, onError, retryMs: 5 })
  follower.add(desk.org)
  await eventually(async () => (await notes(server, desk.org)).length === last)
  assert.deepEqual(await notes(server, desk.org), upTo(last))
  assert.equal(errors.length, 3)
})

test('newer code begins anew from the first event, and older code that still runs keeps away', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  const last = await writeSome(server, desk, 5)
  const ports = { database: server.database }
  assert.equal(await advance(noting(1), ports, desk.org), last)
  assert.equal(await advance(noting(2), ports, desk.org), last)
  assert.deepEqual([await notes(server, desk.org, 1), await notes(server, desk.org, 2)], [[], upTo(last)])
  const later = await writeSome(server, desk, 1)
  assert.equal(await advance(noting(1), ports, desk.org), last, 'older code sees how far the newer came')
  assert.deepEqual(await notes(server, desk.org, 1), [])
  assert.equal(await advance(noting(2), ports, desk.org), later)
  assert.deepEqual(await notes(server, desk.org, 2), upTo(later))
})

test(
  'newer code builds beside what is read, which older code keeps fresh, and swaps when it is there',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    await Promise.all(Array.from({ length: 700 }, (_, at) => must(server.log, desk.org, says(desk, 'o1', `${at}`))))
    const before = await advance(noting(1), { database: server.database }, desk.org)
    const stop = new AbortController()
    const signal = stop.signal
    assert.equal(
      await advance(
        noting(2, () => stop.abort()),
        { database: server.database, signal },
        desk.org,
      ),
      0,
    )
    assert.deepEqual(await notes(server, desk.org, 2), upTo(500), 'half of the new build')
    assert.deepEqual(await buildOf(server, desk.org), { version: 1, building: 2 })
    const last = await writeSome(server, desk, 3)
    assert.equal(await advance(noting(1), { database: server.database }, desk.org), last)
    assert.deepEqual(await notes(server, desk.org, 1), upTo(last), 'whole and fresh while the other is built')
    assert.ok(last > before)
    assert.equal(await advance(noting(2), { database: server.database }, desk.org), last)
    assert.deepEqual(await buildOf(server, desk.org), { version: 2, building: null })
    assert.deepEqual([await notes(server, desk.org, 1), await notes(server, desk.org, 2)], [[], upTo(last)])
  },
)

test(
  'a build that nobody completed is cleared away before the next one begins, and no part of what is read',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    await Promise.all(Array.from({ length: 700 }, (_, at) => must(server.log, desk.org, says(desk, 'o1', `${at}`))))
    const last = await advance(noting(1), { database: server.database }, desk.org)
    const stop = new AbortController()
    await advance(
      noting(2, () => stop.abort()),
      { database: server.database, signal: stop.signal },
      desk.org,
    )
    const read: number[] = []
    const watched: FollowerDefinition = {
      ...noting(3),
      async clear(tx, org, kept) {
        read.push((await notes(server, org, 1)).length)
        return noting(3).clear(tx, org, kept)
      },
    }
    assert.equal(await advance(watched, { database: server.database }, desk.org), last)
    assert.ok(read.slice(0, 500 / 3).every((count) => count === last))
    const counts = await Promise.all([1, 2, 3].map(async (version) => (await notes(server, desk.org, version)).length))
    assert.deepEqual(counts, [0, 0, last])
    assert.equal(await advance(noting(2), { database: server.database }, desk.org), last, 'its code keeps away')
  },
)

test('clearing away that is interrupted goes on, while new events are worked up', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  const before = await writeSome(server, desk, 10)
  await advance(noting(1), { database: server.database }, desk.org)
  const stop = new AbortController()
  const interrupted: FollowerDefinition = {
    ...noting(2),
    async clear(tx, org, kept) {
      stop.abort()
      return noting(2).clear(tx, org, kept)
    },
  }
  await advance(interrupted, { database: server.database, signal: stop.signal }, desk.org)
  assert.equal((await notes(server, desk.org, 1)).length, before - 3, 'one bounded part is gone')
  const last = await writeSome(server, desk, 2)
  await advance(noting(2), { database: server.database }, desk.org)
  assert.deepEqual([await notes(server, desk.org, 1), await notes(server, desk.org, 2)], [[], upTo(last)])
})

async function buildOf(server: LogServer, org: string): Promise<unknown> {
  const { rows } = await server.database.withOrganization(org, (tx) =>
    tx.query({ text: `select version, building from follower where name = 'notes'` }),
  )
  return rows[0]
}

test(
  'a follower that is stopped in the middle of a rebuild stops, and its successor ends with the same',
  options,
  async () => {
    await using server = startLogServer({ connection })
    const desk = await openDesk(server, { agents: 1 })
    await Promise.all(
      Array.from({ length: 700 }, (_, at) => must(server.log, desk.org, says(desk, `o${at % 3}`, `${at}`))),
    )
    const last = (await readLog(server.database, desk.org)).length
    assert.ok(last > 500, 'more than a page')
    const stop = new AbortController()
    const reached = await advance(
      noting(1, () => stop.abort()),
      { database: server.database, signal: stop.signal },
      desk.org,
    )
    assert.equal(reached, 500)
    assert.deepEqual(await notes(server, desk.org), upTo(500))
    assert.equal(await advance(noting(1), { database: server.database }, desk.org), last)
    assert.deepEqual(await notes(server, desk.org), upTo(last))
  },
)

test('the search rebuilt from the log is the search kept beside it', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  using feed = createFeed({ database: server.database, log: server.log, wakeUps: silent, pollMs: 20 })
  const errors: unknown[] = []
  const onError = (_name: string, error: unknown) => errors.push(error)
  await using follower = startFollower(searchFollower, { database: server.database, feed, onError })
  follower.add(desk.org)
  const last = await writeSome(server, desk, 25)
  const at = () => positionOf(server, desk.org, 'search')
  await eventually(async () => (await at()) === last)
  const kept = await found(server, desk.org)
  assert.equal(kept.length, 25, 'a row for each message')
  await follower[Symbol.asyncDispose]()
  await advance({ ...searchFollower, version: searchFollower.version + 1 }, { database: server.database }, desk.org)
  assert.deepEqual(await found(server, desk.org), kept)
  assert.deepEqual(errors, [])
})

async function found(server: LogServer, org: string): Promise<unknown[]> {
  const { rows } = await server.database.withOrganization(org, (tx) =>
    tx.query({ text: 'select position, conversation_id, keys::text from search_message order by position' }),
  )
  return rows
}

test('a follower that rests works up together what came meanwhile, and stops at once', options, async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server, { agents: 1 })
  using feed = createFeed({ database: server.database, log: server.log, wakeUps: silent, pollMs: 20 })
  const pages: number[] = []
  const resting = { ...noting(1, (events) => pages.push(events.length)), pauseMs: 200 }
  const errors: unknown[] = []
  const onError = (_name: string, error: unknown) => errors.push(error)
  const follower = startFollower(resting, { database: server.database, feed, onError })
  follower.add(desk.org)
  await eventually(async () => pages.length > 0)
  const last = await writeSome(server, desk, 30)
  await eventually(async () => (await notes(server, desk.org)).length === last)
  assert.deepEqual(await notes(server, desk.org), upTo(last))
  assert.ok(pages.length < 30, `${pages}`)
  const idle: FollowerDefinition = { ...resting, name: 'idle', pauseMs: 1_000_000, apply: async () => {} }
  await using endless = startFollower(idle, { database: server.database, feed, onError })
  endless.add(desk.org)
  await writeSome(server, desk, 2)
  await Promise.all([endless[Symbol.asyncDispose](), follower[Symbol.asyncDispose]()])
  assert.deepEqual(errors, [])
})

async function positionOf(server: LogServer, org: string, name: string): Promise<number | undefined> {
  const { rows } = await server.database.withOrganization(org, (tx) =>
    tx.query<{ position: number }>({ text: 'select position from follower where name = $1', values: [name] }),
  )
  return rows[0]?.position
}

test('many organizations at once leave connections for readers', options, async () => {
  await using server = startLogServer({ connection, client: { poolSizes: { read: 4 } } })
  const desks: Desk[] = []
  for (let at = 0; at < 12; at += 1) desks.push(await openDesk(server, { agents: 0 }))
  using feed = createFeed({ database: server.database, log: server.log, wakeUps: silent, pollMs: 20 })
  let [busy, most] = [0, 0]
  const slow: FollowerDefinition = {
    ...noting(),
    async apply(tx, org, events, build) {
      busy += 1
      most = Math.max(most, busy)
      await new Promise((resolve) => setTimeout(resolve, 20))
      await noting().apply(tx, org, events, build)
      busy -= 1
    },
  }
  const errors: unknown[] = []
  const onError = (_name: string, error: unknown) => errors.push(error)
  await using follower = startFollower(slow, { database: server.database, feed, onError })
  for (const { org } of desks) follower.add(org)
  for (const { org } of desks) await eventually(async () => (await notes(server, org)).length > 0)
  assert.deepEqual([most <= 3, errors], [true, []])
})
