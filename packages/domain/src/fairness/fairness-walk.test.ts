// The promises of docs/reference/routing.md on free agents and on turns, held against random histories under random rules.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LoggedEvent, RoutingPlan } from '@duoke/contract'
import { proofSize } from '../../../../test/proof-sizes.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { OrganizationState } from '../organization/state.ts'
import { Custody } from '../testing/custody.ts'
import { DeclineBook } from '../testing/decline-book.ts'
import {
  assertNobodyIdles,
  type Books,
  type Given,
  givenBy,
  lineSinceOf,
  mayServe,
  unplanned,
  waitingOf,
} from '../testing/may-serve.ts'
import { asIfTaken, couldTake, spareOf, weightOf, without } from '../testing/room.ts'
import { rulesWalk } from '../testing/rules-walk.ts'

/** As published: nobody is overtaken more often by whoever came later, is of no higher priority, and is given to an agent who may serve both. */
const mostOvertaken = 0

/** Each seed's history, or that of DUOKE_SEED; tells how many went in a second. */
function forEachHistory(name: string, walk: (seed: number) => void): void {
  const chosen = process.env['DUOKE_SEED']
  const seeds = chosen === undefined ? Array.from({ length: proofSize('fairnessWalks') }, (_, at) => at + 1) : [chosen]
  const startedMs = performance.now()
  for (const seed of seeds) {
    try {
      walk(Number(seed))
    } catch (error) {
      throw new Error(`${name} failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  const perSecond = ((seeds.length * 1000) / (performance.now() - startedMs)).toFixed(1)
  console.log(`${name}: ${seeds.length} seeds, ${perSecond} a second`)
}

test('no agent is free for anybody who waits, after no command and no timer, and for no moment between them', () => {
  let looked = 0
  forEachHistory('idle agents', (seed) => {
    rulesWalk(seed, {
      hasFirstSteps: seed % 2 === 0,
      afterStep(world) {
        looked += waitingOf(world.state).length
        assertNobodyIdles(world)
      },
    })
  })
  assert.ok(looked > 100, `customers waited ${looked} times only: the walk proves nothing`)
})

type Turn = { readonly given: Given; readonly waiting: ConversationState; readonly since: string }

/** Of those who wait, whom `given` came behind without being of a higher priority, in the ageing of the same document. */
function earlierThan(given: Given, state: OrganizationState, custody: Custody): Turn[] {
  const isBehind = (plan: Pick<RoutingPlan, 'priority' | 'ageingMs'>, since: string) =>
    plan.ageingMs === given.plan.ageingMs && plan.priority >= given.plan.priority && since < given.since
  return waitingOf(state).flatMap((waiting) => {
    if (waiting.holder.kind !== 'queue') return []
    const since = lineSinceOf(waiting.id, waiting.holder.since, custody)
    return isBehind(waiting.plan ?? unplanned, since) ? [{ given, waiting, since }] : []
  })
}

/** Same team, account, wishes and weight: whoever may serve the later one may serve the earlier one. */
function isSameLine(state: OrganizationState, { given, waiting }: Turn): boolean {
  const other = state.conversations.get(given.conversationId)
  const { holder } = waiting
  if (other === undefined || holder.kind !== 'queue' || other.accountId !== waiting.accountId) return false
  const teamId = other.holder.kind === 'queue' ? other.holder.teamId : (other.plan?.teamId ?? null)
  const isSamePlan = JSON.stringify(other.plan) === JSON.stringify(waiting.plan)
  return teamId === holder.teamId && isSamePlan && JSON.stringify(other.takes) === JSON.stringify(waiting.takes)
}

test('nobody is overtaken by who came later with no higher priority, but through agents who may not serve the earlier one', () => {
  const overtaken = new Map<string, number>()
  let passed = 0
  let through = 0
  const look = (state: OrganizationState, event: LoggedEvent, books: Books, seed: number) => {
    const given = givenBy(state, event, books).filter(({ isOwnPlace }) => !isOwnPlace)
    for (const turn of given.flatMap((one) => earlierThan(one, state, books.custody))) {
      const { given } = turn
      const { agentId }: Given['agent'] = given.agent
      const hasPassed = turn.waiting.passedBy.includes(agentId)
      if (hasPassed) passed++
      else through++
      if (isSameLine(state, turn)) assert.ok(hasPassed, `${agentId} served ${given.conversationId} before its line`)
      if (!mayServe(state, given.agent, turn.waiting, event.atMs)) continue
      const before = without(given.agent, given.conversationId)
      // Room that is taken by what the agent declined is nobody's.
      const isTaken = weightOf(turn.waiting) > spareOf(asIfTaken(before, turn.waiting))
      if (isTaken && weightOf(turn.waiting) <= spareOf(before)) continue
      if (!couldTake(state, before, turn.waiting)) continue
      const key = `${seed} ${turn.waiting.sessionId}`
      overtaken.set(key, (overtaken.get(key) ?? 0) + 1)
      assert.ok((overtaken.get(key) ?? 0) <= mostOvertaken, `${given.conversationId} overtook ${turn.waiting.id}`)
    }
  }
  forEachHistory('overtakings', (seed) => {
    const books = { custody: new Custody(), declines: new DeclineBook() }
    rulesWalk(seed, {
      hasFirstSteps: seed % 2 === 0,
      onEvent(event, state) {
        books.custody.take(event)
        look(state, event, books, seed)
        books.declines.take(event)
      },
    })
  })
  if (process.env['DUOKE_SEED'] !== undefined) return
  assert.ok(
    passed > 0 && through > 0,
    `later ones came through ${passed} and ${through} times: the walk proves nothing`,
  )
})
