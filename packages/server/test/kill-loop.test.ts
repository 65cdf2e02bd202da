// Real processes under steady load, killed at every named failpoint and at any moment, on every kind of database.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type Random, seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { type FailpointName, failpointNames } from '../src/events/failpoint.ts'
import type { GroundName } from './support/kill-ground.ts'
import type { KillServer } from './support/kill-server.ts'
import { type KillStage, setKillStage } from './support/kill-stage.ts'

type Way = FailpointName | 'the server' | 'the database' | 'the database and the server'

/** A phone keeps two thousand bubbles: longer runs are made of several stages. */
const killsOfStage = 24
const reachedWithinMs = 30_000
/** A machine that is busy with other things answers late; that it answers again is what counts, and how late is told. */
const answersWithinMs = 45_000

/** On each of the two databases. */
const kills = Math.max(3, proofSize('processKills'))
const firstSeed = Number(process.env.DUOKE_SEED ?? Date.now() % 1_000_000)

const grounds: Record<Exclude<GroundName, 'own'>, string> = {
  embedded: 'the embedded PostgreSQL',
  separate: 'a separate PostgreSQL',
}

describe('a server that is killed again and again under load', () => {
  for (const [ground, title] of Object.entries(grounds) as [GroundName, string][]) {
    // Object.entries loses the key type.
    test(`F01 F02 F03 F08 F26 F27 F46 F49: on ${title}, every push answered is in the log once`, async (t) => {
      for (let done = 0, seed = firstSeed; done < kills; done += killsOfStage, seed += 1) {
        const count = Math.min(killsOfStage, kills - done)
        t.diagnostic(`${count} kills on ${title}; DUOKE_SEED=${seed} replays them`)
        t.diagnostic(await killRepeatedly(ground, seed, count))
      }
    })
  }
})

async function killRepeatedly(ground: GroundName, seed: number, count: number): Promise<string> {
  const random = seededRandom(seed)
  await using stage = await setKillStage({ ground, load: { followers: 8, seed } })
  const ways = shuffled([...failpointNames, 'the server', 'the database', 'the database and the server'], random)
  const recoveries: number[] = []
  let server: KillServer | null = null
  try {
    for (let round = 0; round < count; round += 1) {
      const way = ways[round % ways.length] ?? assert.fail()
      server = await killOnce(stage, { way, server, random })
      if (server !== null || round === count - 1) recoveries.push(await answersAgain(stage))
    }
    const summary = await stage.check(server)
    return `${JSON.stringify(summary)}; answers again after at most ${Math.max(0, ...recoveries).toFixed(0)} ms`
  } catch (error) {
    throw new Error(`DUOKE_SEED=${seed} replays it (${ways.join(', ')})`, { cause: error })
  }

  async function answersAgain({ load, start }: KillStage): Promise<number> {
    server ??= await start()
    assert.ok(server !== null)
    const late = wait(answersWithinMs, null, { ref: false })
    const took = await Promise.race([load.nextAnswer(), late])
    assert.ok(
      took !== null,
      `no push is answered ${answersWithinMs} ms after a kill; the server said last:\n${lastWords(server)}`,
    )
    return took
  }
}

/** The newest of what it said, each line once and without its stack: the reason, not a flood. */
function lastWords(server: KillServer): string {
  const words = server
    .said()
    .split('\n')
    .map((line) => /"msg":"[^"]*"|"message":"[^"]*"/g[Symbol.match](line)?.join(' ') ?? line.slice(0, 300))
  return [...new Set(words.toReversed())].slice(0, 12).toReversed().join('\n')
}

type Round = { readonly way: Way; readonly server: KillServer | null; readonly random: Random }

/** Answers the server when it has survived: the one whose database was taken away. */
async function killOnce(stage: KillStage, { way, server, random }: Round): Promise<KillServer | null> {
  if (way !== 'the server' && way !== 'the database' && way !== 'the database and the server') {
    if (server !== null) assert.equal((await stage.stop(server)).code, 0)
    const isRare = way === 'timer_fired' || way === 'media_fetched'
    const dying = await stage.start({ at: way, after: 1 + random.below(isRare ? 2 : 6) })
    if (dying === null) return null
    const ended = await Promise.race([dying.ended, wait(reachedWithinMs, null, { ref: false })])
    assert.equal(ended?.signal, 'SIGKILL', `${way} is never reached: ${dying.said()}`)
    return null
  }
  const running = server ?? (await stage.start())
  assert.ok(running !== null)
  await wait(random.below(700))
  if (way !== 'the server') await stage.ground.strikeDatabase()
  if (way === 'the database') return running
  await wait(random.below(30))
  running.signal('SIGKILL')
  await running.ended
  return null
}

function shuffled(ways: readonly Way[], random: Random): Way[] {
  return ways
    .map((way) => ({ way, at: random.next() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ way }) => way)
}
