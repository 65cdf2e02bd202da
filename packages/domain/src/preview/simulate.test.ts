import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { LoggedEvent, RulesDocument } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { emptyOrganization } from '../organization/state.ts'
import { seededRandom } from '../random.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import { HistoryReader } from './read-history.ts'
import { Simulation } from './simulate.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/** What happened to whom and when. */
function lifeIn(event: LoggedEvent): string[] {
  const at = new Date(event.atMs).toISOString()
  switch (event.type) {
    case 'session.opened':
      return [`${at} ${event.facts.sessionId} opened`]
    case 'session.queued':
      return [`${at} ${event.facts.sessionId} queued ${event.facts.teamId} ${event.facts.cause}`]
    case 'session.assigned': {
      const { to } = event.facts
      return [`${at} ${event.facts.sessionId} assigned ${to.kind === 'agent' ? to.agentId : to.appId}`]
    }
    case 'session.offered':
      return [`${at} ${event.facts.sessionId} offered ${event.facts.agentId}`]
    case 'session.offer-ended':
      return [`${at} ${event.facts.sessionId} ${event.facts.outcome} ${event.facts.agentId}`]
    case 'session.closed':
      return [`${at} ${event.facts.sessionId} closed`]
    case 'session.parked':
    case 'session.resumed':
      return [`${at} ${event.facts.sessionId} ${event.type} ${event.facts.agentId}`]
    case 'agent.status-changed':
      return [`${at} ${event.facts.agentId} ${event.facts.status} ${event.facts.cause}`]
    default:
      return []
  }
}

function simulated(
  log: readonly LoggedEvent[],
  rules?: RulesDocument,
  seed = 1,
): { life: string[]; told: Simulation['told'] } {
  const start = emptyOrganization()
  const reader = new HistoryReader(start, log[0]?.atMs ?? 0)
  for (const event of log) reader.take(event)
  const life: string[] = []
  const simulation = new Simulation(start, reader.finish(log.at(-1)?.atMs ?? 0), {
    digest,
    random: seededRandom(seed),
    onEvent: (event) => life.push(...lifeIn(event)),
    ...(rules !== undefined && { rules }),
  })
  for (const _ of simulation.run());
  return { life, told: simulation.told }
}

test('under the rules of then the simulation is the history: the same to the same agents in the same milliseconds', () => {
  const chosen = process.env['DUOKE_SEED']
  const first = Number(chosen ?? 1)
  for (let seed = first; seed < first + (chosen === undefined ? proofSize('replayedWalks') : 1); seed++) {
    const { log } = rulesWalk(seed, { isTrueToLife: true })
    const { life, told } = simulated(log)
    const history = log.flatMap(lifeIn)
    const at = life.findIndex((line, place) => line !== history[place])
    const shown = (lines: string[]) => (at < 0 ? [] : lines.slice(Math.max(0, at - 2), at + 6))
    assert.deepEqual(shown(life), shown(history), `DUOKE_SEED=${seed} replays it`)
    assert.equal(life.length, history.length, `DUOKE_SEED=${seed} replays it`)
    assert.deepEqual(told, { merged: 0, drawn: 0, refused: 0 })
  }
})
