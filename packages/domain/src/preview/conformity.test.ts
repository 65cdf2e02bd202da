import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { defaultSessionSettings, type LoggedEvent, type RulesDocument } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { emptyOrganization } from '../organization/state.ts'
import { byAgent, createDesk, type Desk, operator } from '../testing/desk.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import { account, agent, settings } from '../testing/world.ts'
import { Conformity } from './conformity.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

function conformityOf(log: readonly LoggedEvent[]): Conformity {
  const conformity = new Conformity(emptyOrganization(), { digest })
  for (const event of log) conformity.take(event)
  conformity.finish()
  return conformity
}

test('every decision of a log is derived again under the rules of its moment, to the same digest', () => {
  const chosen = process.env['DUOKE_SEED']
  const first = Number(chosen ?? 1)
  let decisions = 0
  for (let seed = first; seed < first + (chosen === undefined ? proofSize('replayedWalks') : 1); seed++) {
    const world = rulesWalk(seed, { digest, isTrueToLife: true, hasFirstSteps: seed % 2 === 0 })
    const conformity = conformityOf(world.log)
    assert.equal(conformity.decisions, world.records.length, `seed ${seed}: no decision is left out`)
    const missed = conformity.deviations.map(({ decisionId, position }) => [
      world.records.find(({ id }) => id === decisionId)?.cause,
      world.log.slice(position - 3, position + 1).map(({ type, facts }) => [type, facts]),
    ])
    assert.deepEqual(missed, [], `DUOKE_SEED=${seed} replays it`)
    decisions += conformity.decisions
  }
  assert.ok(decisions > 0)
})

function assertRederived({ log }: Desk, count: number): void {
  const { decisions, deviations } = conformityOf(log)
  assert.deepEqual([decisions, deviations], [count, []])
}

test('who is refused in the moment in which nobody had taken it was refused for the wait, not by the decision', () => {
  const desk = createDesk({ agents: [agent('ann')] }, { digest })
  const then = { strategy: { broadcast: { offerMs: 10_000 } }, queue: { maxWaitMs: 5_000, refusal: '请稍后再来' } }
  const document: RulesDocument = { version: 1, rules: [{ id: 'all', when: 'true', then }] }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'test', effectiveAtMs: null })
  desk.status('ann', 'online')
  const conversationId = desk.says('o1')
  desk.nowMs += 10_000
  for (const kind of ['offer', 'waiting'] as const) desk.must({ type: 'timer.fire', timer: { kind, conversationId } })
  const lived = desk.log.flatMap(({ type }) => (type.startsWith('session.') ? [type] : []))
  assert.deepEqual(lived.slice(-3), ['session.broadcast-ended', 'session.queued', 'session.closed'])
  assertRederived(desk, 2)
})

test('a place that was freed for who declined has its turn after that of who held the session', () => {
  const sessions = { ...defaultSessionSettings, offerForMs: 60_000 }
  const desk = createDesk(
    {
      organization: { ...settings, sessions },
      teams: ['shared', 'anns', 'dans'].map((teamId) => ({ teamId, name: teamId })),
      accounts: [account('oa', { teams: ['shared'] })],
      agents: [
        agent('ann', { teams: ['shared', 'anns'], capacity: 1 }),
        agent('dan', { teams: ['shared', 'dans'], capacity: 1 }),
      ],
    },
    { digest },
  )
  desk.status('ann', 'online')
  const first = desk.says('o1')
  desk.must({ type: 'session.decline', actor: byAgent('ann'), conversationId: first })
  desk.status('dan', 'online')
  desk.must({ type: 'session.accept', actor: byAgent('dan'), conversationId: first })
  for (const teamId of ['anns', 'dans']) {
    desk.nowMs += 1_000
    const conversationId = desk.says(`o ${teamId}`)
    desk.must({ type: 'session.transfer', actor: operator, conversationId, to: { teamId } })
  }
  const { events } = desk.must({ type: 'session.close', actor: byAgent('dan'), conversationId: first })
  const asked = events.flatMap((event) => (event.type === 'session.offered' ? [event.facts.agentId] : []))
  assert.deepEqual(asked, ['dan', 'ann'])
  assertRederived(desk, conformityOf(desk.log).decisions)
})
