import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { defaultSessionSettings, type LoggedEvent } from '@duoke/contract'
import { proofLevel, proofSize } from '../../../../test/proof-sizes.ts'
import { evolve } from '../evolve.ts'
import { emptyOrganization } from '../organization/state.ts'
import { seededRandom } from '../random.ts'
import { byAgent, createDesk } from '../testing/desk.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import { agent, settings } from '../testing/world.ts'
import { AskedBefore } from './asked-before.ts'
import { HistoryReader } from './read-history.ts'
import { Simulation } from './simulate.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** What happened to whom and when. */
function lifeIn(event: LoggedEvent): string[] {
  const at = new Date(event.atMs).toISOString()
  switch (event.type) {
    case 'session.opened':
      return [`${at} ${event.facts.sessionId} opened ${event.facts.reopens ?? ''}`]
    case 'session.queued':
      return [`${at} ${event.facts.sessionId} queued ${event.facts.teamId} ${event.facts.cause}`]
    case 'session.assigned': {
      const { to } = event.facts
      return [
        `${at} ${event.facts.sessionId} assigned ${to.kind === 'agent' ? to.agentId : to.appId} ${event.facts.cause}`,
      ]
    }
    case 'session.offered':
      return [`${at} ${event.facts.sessionId} offered ${event.facts.agentId}`]
    case 'session.offer-ended':
      return [`${at} ${event.facts.sessionId} ${event.facts.outcome} ${event.facts.agentId}`]
    case 'session.broadcast':
    case 'session.broadcast-joined':
      return [`${at} ${event.facts.sessionId} ${event.type} ${event.facts.agentIds.join()}`]
    case 'session.broadcast-left':
    case 'session.broadcast-ended':
      return [`${at} ${event.facts.sessionId} ${event.type} ${event.facts.outcome} ${event.facts.agentId ?? ''}`]
    case 'session.closed':
      return [`${at} ${event.facts.sessionId} closed ${event.facts.cause}`]
    case 'session.parked':
    case 'session.resumed':
      return [`${at} ${event.facts.sessionId} ${event.type} ${event.facts.agentId}`]
    case 'agent.status-changed':
      return [`${at} ${event.facts.agentId} ${event.facts.status} ${event.facts.cause}`]
    default:
      return []
  }
}

type Simulated = { readonly life: string[]; readonly history: string[]; readonly told: Simulation['told'] }

/** From the event at this place on; what happens in one millisecond is not taken apart. */
function simulated(log: readonly LoggedEvent[], place = 0): Simulated {
  const start = emptyOrganization()
  let first = place
  while (first > 0 && log[first - 1]?.atMs === log[first]?.atMs) first--
  const asked = new AskedBefore()
  for (const event of log.slice(0, first)) {
    evolve(start, event)
    asked.take(event)
  }
  const period = log.slice(first)
  const reader = new HistoryReader(start, period[0]?.atMs ?? 0, asked.messages)
  for (const event of period) reader.take(event)
  const life: string[] = []
  const simulation = new Simulation(start, reader.finish(log.at(-1)?.atMs ?? 0), {
    digest,
    random: seededRandom(1),
    onEvent: (event) => life.push(...lifeIn(event)),
  })
  for (const _ of simulation.run());
  return { life, history: period.flatMap(lifeIn), told: simulation.told }
}

function assertTheSame({ life, history, told }: Simulated, seed: number): void {
  const at = life.findIndex((line, place) => line !== history[place])
  const shown = (lines: string[]) => (at < 0 ? [] : lines.slice(Math.max(0, at - 2), at + 6))
  assert.deepEqual(shown(life), shown(history), `DUOKE_SEED=${seed} replays it`)
  assert.equal(life.length, history.length, `DUOKE_SEED=${seed} replays it`)
  assert.deepEqual(told, { merged: 0, drawn: 0, refused: 0 })
}

function* seeds(): Iterable<number> {
  const chosen = process.env['DUOKE_SEED']
  const first = Number(chosen ?? 1)
  const count = chosen === undefined ? proofSize('replayedWalks') : 1
  for (let seed = first; seed < first + count; seed++) yield seed
}

test('under the rules of then the simulation is the history: the same to the same agents in the same milliseconds', () => {
  for (const seed of seeds()) {
    const { log } = rulesWalk(seed, { isTrueToLife: true, isWithoutBox: true })
    assertTheSame(simulated(log), seed)
    // From any moment on, with what is offered, parked, wrapped up, paused and scheduled then.
    assertTheSame(simulated(log, seededRandom(seed).below(log.length)), seed)
  }
})

test('the same where sessions are broadcast: who grabbed, declined, joined and was silent', () => {
  for (const seed of seeds()) {
    assertTheSame(simulated(rulesWalk(seed, { isTrueToLife: true, hasFirstSteps: true, isWithoutBox: true }).log), seed)
  }
})

/**
 * At these seeds it once differed: an agent named for who waits was taken for part of the choice of a passive reply (236, 253, 385);
 * what ended for idleness could not be reopened (243, 379); what was done while it waited was done twice (265, 285); a timer set
 * anew for the same moment rang in its old place (286); a transfer to where it waits already left no trace (343). As the walk
 * draws them now; the long ones only where there is time.
 */
const once = [236, 243, 253, 265, 285, 379, 385, ...(proofLevel() === 'test' ? [] : [286, 343])]

test('so it is at the seeds at which it once was not', () => {
  for (const seed of once)
    assertTheSame(simulated(rulesWalk(seed, { isTrueToLife: true, isWithoutBox: true }).log), seed)
})

test('who is given by force what is being offered to them needs no more room than was kept for it', () => {
  const desk = createDesk({
    organization: { ...settings, sessions: { ...defaultSessionSettings, offerForMs: 60_000 } },
    agents: [agent('ann', { role: 'supervisor' }), agent('bob', { capacity: 1 })],
  })
  desk.status('bob', 'online')
  const conversationId = desk.says('o1')
  desk.nowMs += 1_000
  desk.must({ type: 'session.seize', actor: byAgent('ann'), conversationId, toAgentId: 'bob' })
  assert.equal(desk.holder(conversationId), 'agent:bob')
  assertTheSame(simulated(desk.log), 0)
})
