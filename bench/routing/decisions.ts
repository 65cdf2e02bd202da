// (1): decisions a second in a busy house, beside the floor, which must choose the same.

import { seededRandom } from '../load/random.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { createFloor, type Floor } from './floor.ts'
import type { Filling, House } from './house.ts'
import { openHouse } from './house.ts'
import { agentIdsOf, type Crew, closes, says, skillsOf } from './organization.ts'

export type DecisionRates = {
  /** Decisions a second. */
  readonly duoke: Spread
  readonly floor: Spread
  /** Duoke's time over the floor's, for the same choices. */
  readonly overFloor: Spread
  /** Milliseconds of Duoke for each step of a turn. */
  readonly steps: Readonly<Record<Step, Spread>>
  /** Choices that both made, all of them the same. */
  readonly choices: number
}

/**
 * A turn leaves the house as full as it was: somebody comes who is served at once, and goes; a busy agent closes and is given who has
 * waited longest of those they can serve; the one who went comes back with something else, and waits.
 */
type Step = 'served at once' | 'closed, nobody waits' | 'closed, the next is given' | 'has to wait'
const decisionsOfTurn = 3

type Turn = { readonly newcomer: string; readonly asks: string; readonly agentId: string; readonly asksThen: string }
/** What both programs have to agree on, in order. */
type Chosen = string[]
type Took = Record<Step, number>

export function measureDecisions(
  crew: Crew,
  filling: Filling,
  { rounds, turns }: { readonly rounds: number; readonly turns: number },
): DecisionRates {
  const house = openHouse(crew, filling)
  const floor = createFloor(house.state, (conversationId) => house.openidOf(conversationId))
  const random = seededRandom(4)
  const times = { duoke: [] as number[], floor: [] as number[], ratios: [] as number[], steps: [] as Took[] }
  let choices = 0
  // The first round warms both up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const script = drawTurns(crew, turns, random)
    const startMs = house.nowMs
    const ofDuoke = () => playDuoke(house, script)
    const ofFloor = () => playFloor(floor, script, startMs)
    const [duoke, least] = round % 2 === 0 ? [ofDuoke(), ofFloor()] : [ofFloor(), ofDuoke()].reverse()
    if (duoke === undefined || least === undefined) throw new Error('A program did not play.')
    choices += compare(duoke.chosen, least.chosen)
    if (round === 0) continue
    const count = turns * decisionsOfTurn
    times.duoke.push((count / duoke.tookMs) * 1000)
    times.floor.push((count / least.tookMs) * 1000)
    times.ratios.push(duoke.tookMs / least.tookMs)
    if (duoke.steps !== undefined) times.steps.push(duoke.steps)
  }
  const step = (name: Step) => spreadOf(times.steps.map((took) => took[name] / turns))
  return {
    duoke: spreadOf(times.duoke),
    floor: spreadOf(times.floor),
    overFloor: spreadOf(times.ratios),
    steps: {
      'served at once': step('served at once'),
      'closed, nobody waits': step('closed, nobody waits'),
      'closed, the next is given': step('closed, the next is given'),
      'has to wait': step('has to wait'),
    },
    choices,
  }
}

function drawTurns(crew: Crew, turns: number, random: () => number): Turn[] {
  const one = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? ''
  const [spare, busy, agents] = [skillsOf(crew, true), skillsOf(crew, false), agentIdsOf(crew, false)]
  return Array.from({ length: turns }, (_, index) => ({
    newcomer: `newcomer-${index % 100}`,
    asks: one(spare),
    agentId: one(agents),
    asksThen: one(busy),
  }))
}

type Played = { readonly tookMs: number; readonly chosen: Chosen; readonly steps?: Took }

function playDuoke(house: House, script: readonly Turn[]): Played {
  const steps = { 'served at once': 0, 'closed, nobody waits': 0, 'closed, the next is given': 0, 'has to wait': 0 }
  const chosen: Chosen = []
  const timed = (step: Step, command: Parameters<House['run']>[0]) => {
    const beganMs = performance.now()
    const { events } = house.run(command)
    steps[step] += performance.now() - beganMs
    house.nowMs += 1
    const given = events.find(({ type }) => type === 'session.assigned')
    return given?.type === 'session.assigned' && given.facts.to.kind === 'agent' ? given.facts : null
  }
  for (const { newcomer, asks, agentId, asksThen } of script) {
    const given = timed('served at once', says(newcomer, asks, house.nowMs))
    const winner = given?.to.kind === 'agent' ? given.to.agentId : ''
    const left = timed('closed, nobody waits', closes(winner, house.conversationAt(newcomer)))
    const oldest = house.state.agents.get(agentId)?.held[0] ?? ''
    const closed = house.openidOf(oldest)
    const next = timed('closed, the next is given', closes(agentId, oldest))
    const waits = timed('has to wait', says(closed, asksThen, house.nowMs))
    const openidOf = (facts: { conversationId: string } | null) =>
      facts === null ? '' : house.openidOf(facts.conversationId)
    chosen.push(winner, openidOf(left), closed, openidOf(next), waits?.to.kind === 'agent' ? waits.to.agentId : '')
  }
  const tookMs = Object.values(steps).reduce((sum, took) => sum + took, 0)
  return { tookMs, chosen, steps }
}

function playFloor(floor: Floor, script: readonly Turn[], startMs: number): Played {
  const chosen: Chosen = []
  let nowMs = startMs
  const beganMs = performance.now()
  for (const { newcomer, asks, agentId, asksThen } of script) {
    const winner = floor.arrives(newcomer, asks, nowMs)
    const left = floor.closes(winner, nowMs + 1, newcomer)
    const { closed, next } = floor.closes(agentId, nowMs + 2)
    chosen.push(winner, left.next, closed, next, floor.arrives(closed, asksThen, nowMs + 3))
    nowMs += 4
  }
  return { tookMs: performance.now() - beganMs, chosen }
}

function compare(duoke: Chosen, floor: Chosen): number {
  const place = duoke.findIndex((one, index) => one !== floor[index])
  if (place === -1 && duoke.length === floor.length) return duoke.length
  throw new Error(`Choice ${place}: Duoke has ${duoke[place]}, the floor ${floor[place]}.`)
}
