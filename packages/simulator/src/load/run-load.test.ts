import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../clock.ts'
import type { OutboundHttp } from '../ports.ts'
import { seededRandom } from '../random.ts'
import { DeveloperServer } from '../testing/developer.ts'
import { ACCOUNT, START_MS, setStage } from '../testing/fixtures.ts'
import { Latencies } from './histogram.ts'
import { formatLoadReport, runLoad } from './run-load.ts'

const account = { ...ACCOUNT, pushUrl: 'http://127.0.0.1:9/wechat' }

/** A server that answers after 10 ms, except that nothing leaves it in the first second. */
function stallingHttp(clock: ManualClock): OutboundHttp {
  return {
    request: () =>
      new Promise((resolve) => {
        const readyMs = Math.max(clock.nowMs(), START_MS + 1_000) + 10
        clock.after(readyMs - clock.nowMs(), () => resolve({ status: 200, contentType: '', body: new Uint8Array() }))
      }),
    close() {},
  }
}

test('a server that stalls for a second is charged for every push that was due meanwhile', async () => {
  const clock = new ManualClock(START_MS)
  const options = { account, followers: 10, ratePerSecond: 100, durationMs: 2_000, clock, random: seededRandom('load') }
  const running = runLoad({ ...options, http: stallingHttp(clock) })
  await clock.advance(3_000)
  const report = await running
  assert.deepEqual([report.scheduled, report.answered], [200, 200])
  assert.equal(report.latencyMs.max, 1_010)
  assert.ok(report.latencyMs.p99 >= 980, `p99 ${report.latencyMs.p99}`)
  // Half of all pushes were due during the stall: the median sits at its end.
  assert.ok(report.latencyMs.p50 <= 30, `p50 ${report.latencyMs.p50}`)
  assert.ok(report.latencyMs.p90 >= 780, `p90 ${report.latencyMs.p90}`)
})

test('failures are counted by kind and are not latencies', async () => {
  const clock = new ManualClock(START_MS)
  let count = 0
  const http: OutboundHttp = {
    async request({ signal }) {
      count += 1
      if (count % 3 === 0) return { status: 503, contentType: '', body: new Uint8Array() }
      if (count % 3 === 1) throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    },
    close() {},
  }
  const running = runLoad({ account, followers: 2, ratePerSecond: 10, durationMs: 900, clock, http })
  await clock.advance(7_000)
  const report = await running
  assert.deepEqual(report.errors, { ECONNREFUSED: 3, timeout: 3, 'status 503': 3 })
  assert.equal(report.answered, 0)
  assert.match(formatLoadReport(report), /answered 0, failed 9/)
})

test('the pushes are genuine, of distinct followers with distinct ids, and open their windows', async () => {
  await using stage = await setStage()
  const { world } = stage.simulator
  const settings = world.account('shop')?.settings
  assert.ok(settings)
  const report = await runLoad({ account: settings, followers: 5, ratePerSecond: 200, durationMs: 100, world })
  assert.deepEqual([report.answered, stage.developer.refusals.length], [20, 0])
  const ids = stage.developer.pushes.map((push) => ('msgId' in push ? push.msgId : ''))
  assert.equal(new Set(ids).size, 20)
  assert.equal(new Set(stage.developer.pushes.map((push) => push.fromUser)).size, 5)
  assert.equal(world.follower('shop', 'load-3')?.quota.length, 1)
})

test('a percentile is a value that was measured', () => {
  const latencies = new Latencies()
  assert.ok(Number.isNaN(latencies.percentile(0.5)))
  for (let value = 2_000; value >= 1; value--) latencies.add(value)
  assert.deepEqual(
    [0.5, 0.9, 0.99, 0.999, 1].map((share) => latencies.percentile(share)),
    [1000, 1800, 1980, 1998, 2000],
  )
  latencies.add(0)
  assert.equal(latencies.percentile(0), 0)
})

test('a server that is not there is an error of its own', async () => {
  const developer = await DeveloperServer.start(ACCOUNT)
  const { url } = developer
  await developer.close()
  const report = await runLoad({
    account: { ...ACCOUNT, pushUrl: url },
    followers: 1,
    ratePerSecond: 20,
    durationMs: 100,
  })
  assert.deepEqual(report.errors, { ECONNREFUSED: 2 })
})
