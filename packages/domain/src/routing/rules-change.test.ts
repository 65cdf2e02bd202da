import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Actor } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import type { Command } from '../commands.ts'
import { type Random, seededRandom } from '../random.ts'
import { Custody } from '../testing/custody.ts'
import { randomRules } from '../testing/random-rules.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import type { World } from '../testing/world.ts'

const operator: Actor = { kind: 'operator' }
const author: Actor = { kind: 'system' }

/** Publishing, reverting, overriding, and the end of an override. */
function change(random: Random, { state, nowMs }: World): Command {
  const teams = Array.from(state.teams.values(), ({ teamId }) => teamId)
  const document = randomRules(random, teams, { hasFirstSteps: false, box: null })
  const rule = document.rules.at(-1)
  const current = state.rules?.current
  const asked = { reason: 'F78', effectiveAtMs: random.chance(0.3) ? nowMs + random.below(600_000) : null }
  if (random.chance(0.2)) return { type: 'rules.end-override', actor: operator }
  if (random.chance(0.3) && rule !== undefined) {
    const expiresAtMs = nowMs + 1 + random.below(600_000)
    return { type: 'rules.override', actor: operator, when: rule.when, then: rule.then, reason: 'F78', expiresAtMs }
  }
  const reverts = current == null || random.chance(0.6) ? {} : { reverts: current.rulesVersion }
  const next = current == null || !('reverts' in reverts) ? document : current.document
  return { type: 'rules.publish', actor: author, document: next, ...asked, ...reverts }
}

function walk(seed: number, seen: Set<string>): void {
  const random = seededRandom(seed + 1_000_000)
  const custody = new Custody()
  let isChanging = false
  rulesWalk(seed, {
    onEvent: (event) => custody.take(event),
    afterStep(world) {
      if (isChanging || !random.chance(0.1)) return
      isChanging = true
      const open = [...world.state.conversations.values()].flatMap(({ id, sessionId, plan }) =>
        sessionId === null ? [] : [{ id, sessionId, plan: JSON.stringify(plan) }],
      )
      const decision = world.run(change(random, world))
      if (decision.accepted) for (const { type } of decision.events) seen.add(type)
      for (const { id, sessionId, plan } of open) {
        const now = world.state.conversations.get(id)
        assert.equal(now?.sessionId, sessionId, 'the session goes on')
        assert.equal(JSON.stringify(now?.plan), plan, 'by the plan that it had')
        assert.deepEqual(now?.holder, custody.holders.get(id))
      }
      isChanging = false
    },
  })
}

test('F78: rules that change while customers wait lose and double no session, and whoever waits keeps their plan', () => {
  const chosen = process.env['DUOKE_SEED']
  const count = proofSize('fairnessWalks')
  const seeds = chosen === undefined ? Array.from({ length: count }, (_, at) => at + 1) : [Number(chosen)]
  const seen = new Set<string>()
  for (const seed of seeds) {
    try {
      walk(seed, seen)
    } catch (error) {
      throw new Error(`change of rules failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  if (chosen !== undefined) return
  for (const type of ['rules.published', 'rules.took-effect', 'rules.overridden', 'rules.override-ended']) {
    assert.ok(seen.has(type), `${type} never happened`)
  }
})
