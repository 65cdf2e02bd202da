// The ledger against the simulator's own count of allowances, which was written apart from it (F51).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Random, seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { QuotaLine, type Trigger, type Way } from './support/quota-line.ts'

const stepsOfSeed = 400
const acts: readonly Trigger[] = ['message', 'message', 'message', 'menu', 'menu', 'scan', 'follow']

const newLine = (random: Random) => new QuotaLine(Date.UTC(2026, 2, 2) + random.below(1_000))

/** Time stands still, creeps, or jumps: within an allowance, to the end of one, over all of them. */
function pauseMs(random: Random): number {
  const dice = random.next()
  if (dice < 0.15) return 0
  if (dice < 0.7) return random.below(2_500)
  if (dice < 0.95) return random.below(40_000)
  return random.chance(0.9) ? random.below(600_000) : random.below(50 * 3_600_000)
}

/** As the network has it: mostly quick, now and then slow, overtaken, refused, or cut where nobody knows. */
function wayOf(random: Random): Way {
  const dice = random.next()
  const leg = random.chance(0.8) ? random.below(120) : random.below(990)
  const back = random.chance(0.8) ? random.below(120) : random.below(6_000)
  if (dice < 0.88) return { leg, back, fate: 'accepted' }
  if (dice < 0.94) return { leg, back, fate: 'refused' }
  return { leg: random.chance(0.7) ? leg : random.below(990), back, fate: random.chance(0.5) ? 'lost' : 'half' }
}

function assertCautious(line: QuotaLine): void {
  for (const window of line.ours()) {
    const theirs = line.theirs.usedOf(window)
    // In its last second we leave a window alone: what took from it then is counted in another one.
    if (theirs === undefined || Date.parse(window.expiresAt) <= line.time.nowMs + 1_000) continue
    assert.ok(window.used <= window.limit)
    if (line.underWay() === 0)
      assert.ok(window.used >= theirs, `${window.trigger}: ${window.used} here, ${theirs} there`)
  }
  assert.deepEqual(line.theirs.refused, [], 'WeChat is never asked for what it does not allow')
}

test('F51 quota model: whatever crosses whatever, WeChat never refuses what the ledger allowed', (t) => {
  let [overcautious, asked] = [0, 0]
  const { sends, seeds } = runSeeds((random) => {
    const line = newLine(random)
    line.act('message', 0)
    line.time.pass(0)
    for (let step = 0; step < stepsOfSeed; step++) {
      const arrivesAfterMs = random.chance(0.8) ? random.below(400) : random.below(15_000)
      if (random.chance(0.3)) line.act(random.pick(acts) ?? 'message', arrivesAfterMs)
      else for (let count = random.below(4); count >= 0; count--, asked++) line.submit(wayOf(random))
      line.time.pass(pauseMs(random))
      assertCautious(line)
    }
    line.time.pass(60_000)
    assertCautious(line)
    overcautious += line.overcautious
    return line.theirs.sends
  })
  t.diagnostic(
    `${sends} sends in ${seeds} runs, 0 refused; ${overcautious} of ${asked} wishes were refused out of caution`,
  )
})

test('F51 quota model: where nothing crosses, the ledger and WeChat count and refuse alike', (t) => {
  const { sends, seeds } = runSeeds((random) => {
    const line = newLine(random)
    line.act('message', 0)
    line.time.pass(2_000)
    for (let step = 0; step < stepsOfSeed; step++) {
      if (random.chance(0.2)) line.act(random.pick(acts) ?? 'message', random.below(900))
      else if (!endsSoon(line)) {
        line.submit({
          leg: random.below(400),
          back: random.below(400),
          fate: random.chance(0.95) ? 'accepted' : 'refused',
        })
      }
      line.time.pass(2_000)
      assertAlike(line)
      if (random.chance(0.5)) line.time.pass(pauseMs(random))
    }
    return line.theirs.sends
  })
  t.diagnostic(`${sends} sends in ${seeds} runs`)
})

/** In its last moments a window is left alone here, and not there. */
const endsSoon = (line: QuotaLine) =>
  line.ours().some(({ expiresAt }) => Date.parse(expiresAt) <= line.time.nowMs + 2_000)

function assertAlike(line: QuotaLine): void {
  assert.equal(line.underWay(), 0)
  for (const window of line.ours()) assert.equal(window.used, line.theirs.usedOf(window), window.trigger)
  assert.equal(line.overcautious, 0, 'WeChat would have taken what was refused here')
  assert.deepEqual(line.theirs.refused, [])
}

/** As many seeds as it takes for half of the sends. */
function runSeeds(run: (random: Random) => number): { sends: number; seeds: number } {
  const chosen = process.env.DUOKE_SEED
  const wanted = proofSize('quotaSends') / 2
  let [sends, seeds] = [0, 0]
  for (let seed = Number(chosen ?? 1); sends < wanted && (chosen === undefined || seeds === 0); seed++, seeds++) {
    try {
      sends += run(seededRandom(seed))
    } catch (error) {
      throw new Error(`DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  return { sends, seeds }
}
