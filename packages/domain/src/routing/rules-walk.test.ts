import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { LoggedEvent, RoutingPlan } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { canonicalJson } from '../canonical-json.ts'
import { evolve } from '../evolve.ts'
import { emptyOrganization, type OrganizationState } from '../organization/state.ts'
import { Custody } from '../testing/custody.ts'
import { DeclineBook } from '../testing/decline-book.ts'
import { mismatchOf } from '../testing/evaluator.ts'
import {
  assertNobodyIdles,
  assertNoMessageLies,
  type Books,
  type Given,
  givenBy,
  lineSinceOf,
  mayServe,
  unplanned,
  waitingOf,
} from '../testing/may-serve.ts'
import { asIfTaken, isKindFree, spareOf, weightOf, without } from '../testing/room.ts'
import { rulesWalk } from '../testing/rules-walk.ts'
import { snapshotOf, type World } from '../testing/world.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Nobody is passed over by who asks for less by then, and so nobody is overtaken beyond the bound. */
function assertOrder(state: OrganizationState, event: LoggedEvent, books: Books): void {
  for (const given of givenBy(state, event, books)) {
    if (!given.isOwnPlace) assertTurn(state, event, books.custody, given)
  }
}

function assertTurn(state: OrganizationState, event: LoggedEvent, custody: Custody, given: Given): void {
  const { agent, plan, since, conversationId } = given
  const rank = ({ priority, ageingMs }: Pick<RoutingPlan, 'priority' | 'ageingMs'>, since: string) =>
    priority + (ageingMs === null ? 0 : Math.floor((event.atMs - Date.parse(since)) / ageingMs))
  const mine = rank(plan, since)
  const before = without(agent, conversationId)
  for (const waiting of waitingOf(state)) {
    if (waiting.holder.kind !== 'queue' || !mayServe(state, agent, waiting, event.atMs)) continue
    const busy = asIfTaken(before, waiting)
    if (weightOf(waiting) > spareOf(busy) || !isKindFree(state, busy, waiting)) continue
    const theirSince = lineSinceOf(waiting.id, waiting.holder.since, custody)
    const theirs = rank(waiting.plan ?? unplanned, theirSince)
    const isFair: boolean = mine > theirs || (mine === theirs && since <= theirSince)
    assert.ok(isFair, `${conversationId} (${mine}) overtook ${waiting.id} (${theirs})`)
  }
}

function walk(seed: number): World {
  const books = { custody: new Custody(), declines: new DeclineBook() }
  const world = rulesWalk(seed, {
    hasFirstSteps: true,
    digest: sha256,
    onEvent(event, state) {
      books.custody.take(event)
      assertOrder(state, event, books)
      books.declines.take(event)
    },
    afterStep(world) {
      assertNobodyIdles(world)
      assertNoMessageLies(world)
    },
  })
  for (const record of world.records) {
    assert.equal(mismatchOf(JSON.parse(JSON.stringify(record))), null, JSON.stringify(record))
    assert.equal(JSON.stringify(record), canonicalJson(record))
  }
  const again = emptyOrganization()
  for (const event of world.log) evolve(again, JSON.parse(JSON.stringify(event)))
  assert.deepEqual(snapshotOf(again), snapshotOf(world.state), 'the log replayed gives the same state')
  return world
}

const boxIn = ({ type, facts }: LoggedEvent): string => ('cause' in facts ? `${type} ${facts.cause}` : type)

test('rules walk: each choice derived again from its record, nobody idles, nobody is overtaken beyond the bound', () => {
  const chosen = process.env['DUOKE_SEED']
  const wanted = proofSize('derivedDecisions')
  let derived = 0
  const rules = new Set<string>()
  const boxes = new Set<string>()
  // One history may decide a thousand times while offers go around: so many reach every strategy.
  const fewest = 60
  const startedAt = performance.now()
  let seed = Number(chosen ?? 1)
  for (; derived < wanted || seed <= fewest; seed++) {
    try {
      const { records, log } = walk(seed)
      for (const event of log) if (event.type.startsWith('message-box.')) boxes.add(boxIn(event))
      derived += records.length
      for (const { plan, winner, refused, excluded, candidates, broadcastId } of records) {
        rules.add(`${plan?.strategy ?? 'none'} ${winner.kind} ${refused ?? ''}`)
        for (const { reason } of excluded) rules.add(`passed over: ${reason}`)
        if (plan?.broadcast !== undefined && candidates.length > 1) rules.add('broadcast to several')
        if (broadcastId !== undefined) rules.add('broadcast taken')
      }
    } catch (error) {
      throw new Error(`rules walk failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
    if (chosen !== undefined) return
  }
  const perSecond = ((seed - 1) * 1_000) / (performance.now() - startedAt)
  console.log(`rules walk: ${seed - 1} seeds, ${perSecond.toFixed(1)} a second`)
  const told = [...rules].join('\n')
  for (const strategy of ['least-loaded', 'longest-idle', 'round-robin', 'most-spare', 'skill-weighted']) {
    assert.match(told, new RegExp(`^${strategy} agent`, 'm'))
  }
  for (const outcome of ['to several', 'taken']) assert.match(told, new RegExp(`^broadcast ${outcome}$`, 'm'))
  const reached = [...boxes].filter((one) => !/taken (agent|app)/.test(one))
  assert.deepEqual(reached.sort(), [
    'message-box.expired',
    'message-box.left nobody-serves',
    'message-box.left waited',
    'message-box.reopened',
    'message-box.resolved',
    'message-box.taken rule',
  ])
  for (const refused of ['queue_full', 'closed']) assert.match(told, new RegExp(` ${refused}$`, 'm'))
})
