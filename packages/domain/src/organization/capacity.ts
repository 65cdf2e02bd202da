import type { Facts } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse, type Timer } from '../commands.ts'
import { setTimer } from '../conversation/idle-timer.ts'
import { withdrawOffers } from '../conversation/offers.ts'
import { mayOverrule } from '../conversation/permission.ts'
import { refusalOfReason } from '../conversation/reasons.ts'
import { instantOf } from '../instant.ts'
import { drain } from '../routing/route.ts'

/** Another capacity for a while. What the agent holds beyond a smaller one stays; nothing more is given. */
export function setCapacity(attempt: Attempt, command: CommandOf<'agent.set-capacity'>): Decision {
  const { actor, agentId, capacity, ttlMs, reason } = command
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined) return refuse('not_found')
  if (!mayOverrule(attempt, actor)) return refuse('not_permitted')
  const refusal = refusalOfReason(attempt, 'supervise', command)
  if (refusal !== null) return refusal
  const now = agent.temporaryCapacity
  const untilMs = capacity === null || ttlMs === undefined ? null : attempt.context.atMs + ttlMs
  if ((now?.capacity ?? null) === capacity && (now?.untilMs ?? null) === untilMs) return accept(attempt)
  change(attempt, {
    type: 'agent.capacity-changed',
    actor,
    facts: {
      agentId,
      capacity,
      until: untilMs === null ? null : instantOf(untilMs),
      cause: 'chosen',
      ...(reason !== undefined && { reason }),
    },
  })
  return accept(attempt)
}

type Changed = Extract<Parameters<Attempt['emit']>[0], { type: 'agent.capacity-changed' }>

function change(attempt: Attempt, event: Changed): void {
  const { agentId }: Facts<'agent.capacity-changed'> = event.facts
  attempt.emit(event)
  drain(attempt, [agentId])
  withdrawOffers(attempt, agentId)
}

export function fireCapacity(attempt: Attempt, timer: Extract<Timer, { kind: 'capacity' }>): void {
  const { agentId } = timer
  const untilMs = attempt.state.agents.get(agentId)?.temporaryCapacity?.untilMs
  if (untilMs == null) return
  if (attempt.context.atMs < untilMs) {
    attempt.timers.push(setTimer(timer, untilMs))
    return
  }
  const facts = { agentId, capacity: null, until: null, cause: 'expired' } as const
  change(attempt, { type: 'agent.capacity-changed', actor: { kind: 'system' }, facts })
}
