import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../random.ts'
import { byChain } from '../testing/erlang-chain.ts'
import { exponential, serve } from '../testing/service-line.ts'
import { startMs } from '../testing/world.ts'
import { expectedBy, serversNeeded } from './erlang-a.ts'

const close = (actual: number | undefined, expected: number, tolerance: number, told = '') =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ${told}`)

test('without impatience it is Erlang C: 10 servers under 8 Erlangs let 40.9 % wait, 20.5 s on average', () => {
  const expected = expectedBy({ arrivalRate: 8 / 100, serviceSeconds: 100, patienceSeconds: null, servers: 10 }, 20)
  close(expected?.waitShare, 0.4092, 0.0001)
  close(expected?.meanWaitSeconds, 20.46, 0.01)
  close(expected?.serviceLevel, 1 - 0.4092 * Math.exp(-(10 - 8) * 0.2), 0.0001)
  close(expected?.occupancy, 0.8, 1e-9)
})

test('as impatient as served, the number in the system is that of infinitely many servers (Poisson)', () => {
  const { waitShare } =
    expectedBy({ arrivalRate: 0.05, serviceSeconds: 100, patienceSeconds: 100, servers: 4 }, 20) ?? {}
  const poisson = [0, 1, 2, 3].reduce((sum, k) => sum + (Math.exp(-5) * 5 ** k) / ([1, 1, 2, 6][k] ?? 1), 0)
  close(waitShare, 1 - poisson, 1e-7)
})

test('where more come than can be served, nobody can say without impatience, and those who leave balance it with it', () => {
  const crowd = { arrivalRate: 1, serviceSeconds: 100, servers: 20 }
  assert.equal(expectedBy({ ...crowd, patienceSeconds: null }, 20), null)
  close(expectedBy({ ...crowd, patienceSeconds: 60 }, 20)?.abandonShare, 0.8, 0.001)
})

test('one server fewer than needed misses the target', () => {
  const model = { arrivalRate: 0.2, serviceSeconds: 240, patienceSeconds: 120 }
  const target = { answered: { share: 0.8, withinSeconds: 20 } }
  const servers = serversNeeded(model, target)
  assert.ok(servers !== null)
  assert.ok((expectedBy({ ...model, servers }, 20)?.serviceLevel ?? 0) >= 0.8)
  assert.ok((expectedBy({ ...model, servers: servers - 1 }, 20)?.serviceLevel ?? 1) < 0.8)
  assert.equal(serversNeeded({ ...model, arrivalRate: 0 }, target), 0)
  assert.equal(serversNeeded({ ...model, arrivalRate: 1000 }, target, 50), null)
})

test('whether counted state by state or by the time that one would have to wait, the figures are the same', () => {
  const random = seededRandom(11)
  for (let count = 0; count < 60; count++) {
    const serviceSeconds = 30 + random.below(900)
    const patienceSeconds = random.chance(0.2) ? null : 20 + random.below(600)
    const load = 0.2 + random.next() * 40
    const servers = Math.max(1, Math.round(load * (patienceSeconds === null ? 1.05 : 0.6) + random.next() * 8 + 0.5))
    const model = { arrivalRate: load / serviceSeconds, serviceSeconds, patienceSeconds, servers }
    const within = random.below(120)
    const expected = expectedBy(model, within)
    if (expected === null) continue
    const { serviceLevel, abandonShare, meanWaitSeconds } = byChain(model, within)
    const told = `${JSON.stringify(model)} within ${within}`
    close(expected.serviceLevel, serviceLevel, 1e-4, told)
    close(expected.abandonShare, abandonShare, 1e-4, told)
    close(expected.meanWaitSeconds, meanWaitSeconds, 1e-3 * Math.max(1, meanWaitSeconds), told)
  }
})

test('a crowd that no sum of states can hold is counted all the same', () => {
  const crowd = { arrivalRate: 50, serviceSeconds: 600, patienceSeconds: 36_000, servers: 15_000 }
  close(expectedBy(crowd, 30)?.abandonShare, 0.5, 1e-3)
  close(expectedBy({ ...crowd, servers: 40_000 }, 30)?.serviceLevel, 1, 1e-9)
})

test('a share that may leave is a target of its own, and both have to be met', () => {
  const model = { arrivalRate: 0.2, serviceSeconds: 240, patienceSeconds: 120 }
  const answered = { share: 0.8, withinSeconds: 20 }
  const alone = serversNeeded(model, { abandonShare: 0.02 })
  assert.ok(alone !== null)
  assert.ok((expectedBy({ ...model, servers: alone }, 0)?.abandonShare ?? 1) <= 0.02)
  assert.ok((expectedBy({ ...model, servers: alone - 1 }, 0)?.abandonShare ?? 0) > 0.02)
  const answeredAlone = serversNeeded(model, { answered }) ?? 0
  assert.equal(serversNeeded(model, { answered, abandonShare: 0.02 }), Math.max(alone, answeredAlone))
})

test('the domain at work waits, serves and loses as many as the formula says', () => {
  const random = seededRandom(7)
  let atMs = startMs
  const arrivals = Array.from({ length: 6_000 }, () => {
    atMs += Math.max(1, Math.round(exponential(random, 10_000)))
    return atMs
  })
  const { came } = serve(random, { arrivals, serviceMs: 90_000, patienceMs: 60_000, agents: 2, capacity: 4 })
  const share = (is: (one: (typeof came)[number]) => boolean) => came.filter(is).length / came.length
  const expected = expectedBy({ arrivalRate: 0.1, serviceSeconds: 90, patienceSeconds: 60, servers: 8 }, 20)
  assert.equal(came.length, arrivals.length)
  close(
    share(({ waitedMs }) => waitedMs > 0),
    expected?.waitShare ?? -1,
    0.04,
  )
  close(
    share(({ isServed }) => !isServed),
    expected?.abandonShare ?? -1,
    0.02,
  )
  close(
    share(({ isServed, waitedMs }) => isServed && waitedMs <= 20_000),
    expected?.serviceLevel ?? -1,
    0.03,
  )
  const waitedMs = came.reduce((sum, one) => sum + one.waitedMs, 0) / came.length
  close(waitedMs / 1000, expected?.meanWaitSeconds ?? -1, 1.5)
})
