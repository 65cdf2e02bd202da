import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { emptyOrganization } from '../organization/state.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
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
