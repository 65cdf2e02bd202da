// Declining never improves what one gets: docs/reference/routing.md says exactly what holds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proofSize } from '../../../../test/proof-sizes.ts'
import type { Command } from '../commands.ts'
import { decide } from '../decide.ts'
import { evolve } from '../evolve.ts'
import { layerOver, type OrganizationState } from '../organization/state.ts'
import { byAgent, type Desk, operator } from '../testing/desk.ts'
import { type Kind, kinds, type Policy, randomShift, type Worked, work } from '../testing/shift.ts'

const customers = 120
const chosen = process.env['DUOKE_SEED']
const seeds =
  chosen === undefined ? Array.from({ length: proofSize('declinedShifts') }, (_, at) => at + 1) : [Number(chosen)]

const context = (atMs: number) => ({ atMs, ids: { draw: (kind: string) => `${kind}-later` }, digest: () => '' })

/** The state after the command, beside the one that goes on. */
function after(below: OrganizationState, command: Command, atMs: number): OrganizationState {
  const decision = decide(below, command, context(atMs))
  assert.ok(decision.accepted, `${command.type} was refused`)
  const state = layerOver(below)
  for (const event of decision.events) evolve(state, { ...event, position: state.position + 1, version: 1, atMs })
  return state
}

/** Who could be given a customer of that kind, in their order, by the record of the decision. */
function orderFor(state: OrganizationState, kind: Kind, atMs: number): string[] {
  const content = { type: 'text', text: kind } as const
  const whose = { accountId: 'oa', openid: 'somebody new', sentAtMs: atMs } as const
  const decision = decide(
    state,
    { type: 'customer.act', act: 'message', kind: 'text', content, ...whose },
    context(atMs),
  )
  assert.ok(decision.accepted)
  // Who is asked first is in the first record; later ones are of what the queue was given besides.
  return decision.records[0]?.candidates.map(({ agentId }) => agentId) ?? []
}

/** Whoever stood before her, had she taken it, still does so if there; and she is there only if she would have been. */
function assertNoBetterPlaced(taken: OrganizationState, declined: OrganizationState, atMs: number, taker = '') {
  for (const kind of kinds) {
    const [ifTaken, ifDeclined] = [orderFor(taken, kind, atMs), orderFor(declined, kind, atMs)]
    const place = ifDeclined.indexOf('ann')
    if (place === -1) continue
    assert.ok(ifTaken.includes('ann'), `declining leaves room for ${kind} that taking does not`)
    const ahead = ifTaken.slice(0, ifTaken.indexOf('ann')).filter((id) => id !== taker && ifDeclined.includes(id))
    for (const id of ahead)
      assert.ok(ifDeclined.indexOf(id) < place, `ann comes before ${id} for ${kind}: she declined`)
  }
}

test('after a decline an agent has no more room and stands before nobody before whom they would not stand had they taken it', () => {
  let compared = 0
  let ended = 0
  const compare = ({ state, nowMs }: Desk, conversationId: string) => {
    const taken = after(state, { type: 'session.accept', actor: byAgent('ann'), conversationId }, nowMs)
    const declined = after(state, { type: 'session.decline', actor: byAgent('ann'), conversationId }, nowMs)
    assertNoBetterPlaced(taken, declined, nowMs)
    compared++
    const taker = declined.conversations.get(conversationId)?.offer?.agentId
    if (taker === undefined) return
    const served = after(declined, { type: 'session.accept', actor: byAgent(taker), conversationId }, nowMs)
    assertNoBetterPlaced(taken, served, nowMs)
    const close: Command = { type: 'session.close', actor: operator, conversationId }
    assertNoBetterPlaced(after(taken, close, nowMs + 1), after(served, close, nowMs + 1), nowMs + 1, taker)
    ended++
  }
  for (const seed of seeds) {
    try {
      work(randomShift(seed, customers), (_, { nth }) => (nth % 3 === 0 ? 'decline' : 'take'), compare)
    } catch (error) {
      throw new Error(`declining failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  assert.ok(compared > ended && ended > 0, `${compared} offers and ${ended} takers: the shifts prove nothing`)
})

type Picky = { readonly wants: readonly Kind[]; readonly policy: Policy }

const picky: Record<string, Picky> = {
  'declines all but VIPs': { wants: ['vip'], policy: (kind) => (kind === 'vip' ? 'take' : 'decline') },
  'declines all but short ones': { wants: ['short'], policy: (kind) => (kind === 'short' ? 'take' : 'decline') },
  'declines what is long': { wants: ['vip', 'short'], policy: (kind) => (kind === 'long' ? 'decline' : 'take') },
  'lets all but VIPs run out': { wants: ['vip'], policy: (kind) => (kind === 'vip' ? 'take' : 'ignore') },
  'goes away from what is long': { wants: ['short'], policy: (kind) => (kind === 'long' ? 'dodge' : 'take') },
  'wants long ones when idle only': {
    wants: ['vip', 'short'],
    policy: (kind, { held }) => (kind === 'long' && held > 0 ? 'decline' : 'take'),
  },
}

const wantedIn = ({ given }: Worked, wants: readonly Kind[]) => wants.reduce((sum, kind) => sum + given[kind], 0)

test('by no policy of declining does an agent get more of what they want than by taking all', () => {
  const differences = new Map<string, number[]>()
  let declined = 0
  const startedMs = performance.now()
  for (const seed of seeds) {
    const shift = randomShift(seed, customers)
    const all = work(shift, () => 'take')
    for (const [name, { wants, policy }] of Object.entries(picky)) {
      const some = work(shift, policy)
      declined += some.declined
      const known = differences.get(name) ?? []
      differences.set(name, [...known, wantedIn(some, wants) - wantedIn(all, wants)])
    }
  }
  const perSecond = ((seeds.length * 1000) / (performance.now() - startedMs)).toFixed(1)
  console.log(`declining: ${seeds.length} seeds, ${perSecond} a second`)
  assert.ok(declined > 0)
  for (const [name, figures] of differences) {
    const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length
    const variance = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0) / figures.length
    const error = Math.sqrt(variance / figures.length)
    console.log(`  ${name}: ${mean.toFixed(2)} ± ${error.toFixed(2)} of what is wanted in a shift`)
    if (chosen === undefined) assert.ok(mean <= 3 * error, `who ${name} gets ${mean} more of it`)
  }
})
