import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../random.ts'
import { createDesk } from '../testing/desk.ts'
import { agent } from '../testing/world.ts'
import { expectedBy, serversNeeded } from './erlang-a.ts'

const close = (actual: number | undefined, expected: number, tolerance: number) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

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
  close(waitShare, 1 - poisson, 1e-9)
})

test('where more come than can be served, nobody can say without impatience, and those who leave balance it with it', () => {
  const crowd = { arrivalRate: 1, serviceSeconds: 100, servers: 20 }
  assert.equal(expectedBy({ ...crowd, patienceSeconds: null }, 20), null)
  close(expectedBy({ ...crowd, patienceSeconds: 60 }, 20)?.abandonShare, 0.8, 0.001)
})

test('one server fewer than needed misses the target', () => {
  const model = { arrivalRate: 0.2, serviceSeconds: 240, patienceSeconds: 120 }
  const target = { share: 0.8, withinSeconds: 20 }
  const servers = serversNeeded(model, target)
  assert.ok(servers !== null)
  assert.ok((expectedBy({ ...model, servers }, 20)?.serviceLevel ?? 0) >= 0.8)
  assert.ok((expectedBy({ ...model, servers: servers - 1 }, 20)?.serviceLevel ?? 1) < 0.8)
  assert.equal(serversNeeded({ ...model, arrivalRate: 0 }, target), 0)
  assert.equal(serversNeeded({ ...model, arrivalRate: 1000 }, target, 50), null)
})

type Due = { readonly atMs: number; readonly openid: string; readonly what: 'comes' | 'leaves' | 'ends' }

/** The domain itself at work: random arrivals, lengths and patience; who has waited long enough stops following. */
function simulated(
  seed: number,
  customers: number,
  model: { rate: number; serviceMs: number; patienceMs: number; capacity: number },
) {
  const random = seededRandom(seed)
  const exponential = (meanMs: number) => Math.max(1, Math.round(-Math.log(1 - random.next()) * meanMs))
  const agents = ['ann', 'bob'].map((agentId) => agent(agentId, { capacity: model.capacity / 2 }))
  const desk = createDesk({ agents })
  const due: Due[] = []
  const add = (one: Due) => {
    const at = due.findIndex(({ atMs }) => atMs > one.atMs)
    due.splice(at < 0 ? due.length : at, 0, one)
  }
  for (const { agentId } of agents) desk.status(agentId, 'online')
  const came = new Map<string, { atMs: number; conversationId: string; served: boolean }>()
  const result = { waits: 0, left: 0, inTime: 0, waitedMs: 0 }
  let comesMs = desk.nowMs
  for (let n = 0; n < customers; n++) {
    comesMs += exponential(1000 / model.rate)
    add({ atMs: comesMs, openid: `o${n}`, what: 'comes' })
  }
  const look = () => {
    for (const [openid, one] of came) {
      if (one.served || desk.conversation(one.conversationId).holder.kind !== 'agent') continue
      one.served = true
      const waitedMs = desk.nowMs - one.atMs
      result.waitedMs += waitedMs
      if (waitedMs > 0) result.waits++
      if (waitedMs <= 20_000) result.inTime++
      add({ atMs: desk.nowMs + exponential(model.serviceMs), openid, what: 'ends' })
    }
  }
  for (let next = due.shift(); next !== undefined; next = due.shift()) {
    const { openid, what, atMs } = next
    desk.nowMs = atMs
    const known = came.get(openid)
    if (what === 'comes') {
      came.set(openid, { atMs, conversationId: desk.says(openid), served: false })
      add({ atMs: atMs + exponential(model.patienceMs), openid, what: 'leaves' })
    } else if (what === 'leaves' && known !== undefined && !known.served) {
      desk.does(openid, 'unfollow')
      result.waits++
      result.left++
      result.waitedMs += atMs - known.atMs
      came.delete(openid)
    } else if (what === 'ends' && known !== undefined) {
      desk.must({ type: 'session.close', actor: { kind: 'operator' }, conversationId: known.conversationId })
      came.delete(openid)
    }
    look()
  }
  return {
    waitShare: result.waits / customers,
    abandonShare: result.left / customers,
    serviceLevel: result.inTime / customers,
    meanWaitSeconds: result.waitedMs / customers / 1000,
  }
}

test('the domain at work waits, serves and loses as many as the formula says', () => {
  const model = { rate: 0.1, serviceMs: 90_000, patienceMs: 60_000, capacity: 8 }
  const simulation = simulated(7, 6_000, model)
  const expected = expectedBy({ arrivalRate: 0.1, serviceSeconds: 90, patienceSeconds: 60, servers: 8 }, 20)
  close(simulation.waitShare, expected?.waitShare ?? -1, 0.04)
  close(simulation.abandonShare, expected?.abandonShare ?? -1, 0.02)
  close(simulation.serviceLevel, expected?.serviceLevel ?? -1, 0.03)
  close(simulation.meanWaitSeconds, expected?.meanWaitSeconds ?? -1, 1.5)
})
