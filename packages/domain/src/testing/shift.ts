import { defaultSessionSettings, type RulesDocument, type Strategy } from '@duoke/contract'
import { type Random, seededRandom } from '../random.ts'
import { byAgent, createDesk, type Desk, operator } from './desk.ts'
import { account, agent, settings } from './world.ts'

export const strategies = ['least-loaded', 'longest-idle', 'round-robin', 'most-spare', 'skill-weighted'] as const

export type Arrival = { readonly atMs: number; readonly openid: string; readonly kind: Kind; readonly lengthMs: number }
export const kinds = ['vip', 'refund', 'short', 'long'] as const
export type Kind = (typeof kinds)[number]
/** What an agent does with an offer: takes it, declines it, lets it run out, or goes away from it and comes back at once. */
export type Answer = 'take' | 'decline' | 'ignore' | 'dodge'
export type Policy = (kind: Kind, at: { readonly held: number; readonly nth: number }) => Answer

/** Who works, by which rules, and who comes: the same for whoever is compared. */
export type Shift = {
  readonly strategy: Strategy
  readonly colleagues: number
  readonly capacity: number
  readonly arrivals: readonly Arrival[]
}

const minute = 60_000
const lengthOf: Record<Kind, number> = { vip: 4 * minute, refund: 4 * minute, short: minute, long: 9 * minute }

/** A shift at a load drawn from idle to hopelessly busy. Every fourth customer is of each kind, and every length exponential. */
export function randomShift(seed: number, customers: number): Shift {
  const random = seededRandom(seed)
  const colleagues = 2 + random.below(4)
  const capacity = 1 + random.below(3)
  const load = random.pick([0.4, 0.8, 1, 1.6]) ?? 1
  const gapMs = (4.5 * minute) / (load * capacity * (colleagues + 1))
  const strategy = random.pick(strategies) ?? 'least-loaded'
  let atMs = 0
  const arrivals = Array.from({ length: customers }, (_, index): Arrival => {
    const kind = random.pick(kinds) ?? 'long'
    atMs += Math.round(exponential(random) * gapMs)
    return { atMs, openid: `o${index}`, kind, lengthMs: 1 + Math.round(exponential(random) * lengthOf[kind]) }
  })
  return { strategy, colleagues, capacity, arrivals }
}

const exponential = (random: Random): number => -Math.log(1 - random.next())

/** Ann is the one who may decline; she has the middle one of the skills and of the ids. */
export function openDesk({ strategy, colleagues, capacity }: Shift): Desk {
  const ids = Array.from({ length: colleagues }, (_, index) => `${index % 2 === 0 ? 'a' : 'z'}-${index}`)
  const agents = [agent('ann', { capacity, skills: { refund: 2 } })]
  for (const [index, id] of ids.entries()) agents.push(agent(id, { capacity, skills: { refund: 1 + (index % 3) } }))
  const sessions = { ...defaultSessionSettings, offerForMs: 20_000, missedOfferSetsAway: false, pickFromQueue: false }
  const desk = createDesk({
    organization: { ...settings, sessions, idleWarningAfterMs: null, idleCloseAfterMs: null },
    accounts: [account('oa')],
    agents,
  })
  const skills = [{ skill: 'refund', level: 2, required: false, relaxAfterMs: null }]
  const document: RulesDocument = {
    version: 1,
    rules: [
      { id: 'vip', when: "message.text == 'vip'", then: { strategy, priority: 5 } },
      { id: 'refund', when: "message.text == 'refund'", then: { strategy, skills } },
      { id: 'else', when: 'true', then: { strategy } },
    ],
  }
  desk.must({ type: 'rules.publish', actor: operator, document, reason: 'shift', effectiveAtMs: null })
  for (const { agentId } of agents) desk.status(agentId, 'online')
  return desk
}

export type Worked = { readonly given: Record<Kind, number>; readonly declined: number; readonly desk: Desk }

/** The whole shift: colleagues take what they are offered, ann does as she wants. `onOffer` is told of each offer to her. */
export function work(shift: Shift, policy: Policy, onOffer?: (desk: Desk, conversationId: string) => void): Worked {
  const desk = openDesk(shift)
  const startMs = desk.nowMs
  const open = new Map<string, Arrival>()
  const ends = new Map<string, number>()
  const worked = { given: { vip: 0, refund: 0, short: 0, long: 0 }, declined: 0, desk }
  const answered = new Set<number>()
  const dodged = new Set<string>()

  const answerOne = (): boolean => {
    for (const { id: conversationId, offer } of desk.state.conversations.values()) {
      const arrival = open.get(conversationId)
      if (offer === null || arrival === undefined || answered.has(offer.position)) continue
      answered.add(offer.position)
      const { agentId } = offer
      if (agentId === 'ann') onOffer?.(desk, conversationId)
      const held = desk.state.agents.get('ann')?.held.length ?? 0
      const answer = agentId === 'ann' ? policy(arrival.kind, { held, nth: answered.size }) : 'take'
      if (answer !== 'take') worked.declined++
      // Who comes back is asked again, and says so then.
      const isSecond = answer === 'dodge' && dodged.has(conversationId)
      if (answer === 'decline' || isSecond)
        desk.must({ type: 'session.decline', actor: byAgent(agentId), conversationId })
      else if (answer === 'dodge') for (const status of ['away', 'online'] as const) desk.status('ann', status)
      if (agentId === 'ann') dodged.add(conversationId)
      if (answer !== 'take') return true
      desk.must({ type: 'session.accept', actor: byAgent(agentId), conversationId })
      ends.set(conversationId, desk.nowMs + arrival.lengthMs)
      if (agentId === 'ann') worked.given[arrival.kind]++
      return true
    }
    return false
  }
  const settle = () => {
    while (answerOne());
  }

  const waiting = [...shift.arrivals]
  const lastMs = startMs + (shift.arrivals.at(-1)?.atMs ?? 0)
  for (;;) {
    const [timer] = [...desk.timers.values()].sort((left, right) => left.dueMs - right.dueMs)
    const [ending] = [...ends].sort((left, right) => left[1] - right[1])
    const arrivesMs = waiting[0] === undefined ? Number.POSITIVE_INFINITY : startMs + waiting[0].atMs
    const nextMs = Math.min(
      timer?.dueMs ?? Number.POSITIVE_INFINITY,
      ending?.[1] ?? Number.POSITIVE_INFINITY,
      arrivesMs,
    )
    // When nobody comes any more the shift is over, whoever still waits.
    if (nextMs > lastMs) return worked
    desk.nowMs = Math.max(desk.nowMs, nextMs)
    if (arrivesMs === nextMs) {
      const arrival = waiting.shift()
      if (arrival !== undefined) open.set(desk.says(arrival.openid, arrival.kind), arrival)
    } else if (ending !== undefined && ending[1] === nextMs) {
      ends.delete(ending[0])
      desk.must({ type: 'session.close', actor: operator, conversationId: ending[0] })
    } else if (timer !== undefined) {
      desk.timers.delete(timer.set)
      desk.run(timer.command)
    }
    settle()
  }
}
