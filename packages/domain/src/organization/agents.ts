import type { Actor, AgentStatus } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse, type StatusCause } from '../commands.ts'
import { withdrawOffers } from '../conversation/offers.ts'
import { mayOverrule } from '../conversation/permission.ts'
import { refusalOfReason } from '../conversation/reasons.ts'
import { isTimeZone } from '../hours/time-zone.ts'
import { drain, drainAll, giveBack } from '../routing/route.ts'
import { differingFields } from './differences.ts'
import type { AgentConfiguration } from './state.ts'

type StatusChange = {
  readonly actor: Actor
  readonly agentId: string
  readonly status: AgentStatus
  readonly cause: StatusCause
  readonly untilMs?: number
  readonly reason?: string | undefined
}

export function setStatus(attempt: Attempt, command: CommandOf<'agent.set-status'>): Decision {
  const { actor, agentId, status, cause, ttlMs, reason } = command
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined) return refuse('not_found')
  if (agent.disabled && status !== 'offline') return refuse('not_permitted', 'The agent is disabled')
  const refusal = refusalOfStatus(attempt, command)
  if (refusal !== null) return refusal
  const untilMs = ttlMs === undefined || status === 'offline' ? undefined : attempt.context.atMs + ttlMs
  const isSame = agent.status === status && agent.statusUntilMs === (untilMs ?? null) && agent.statusReason === reason
  if (!isSame) applyStatus(attempt, { actor, agentId, status, cause, untilMs, reason })
  return accept(attempt)
}

/** Who goes away says why, where the organization asks for it; a supervisor says why another's status changes. */
function refusalOfStatus(attempt: Attempt, command: CommandOf<'agent.set-status'>): Refusal | null {
  const { actor, status, cause, reason } = command
  const isSupervisor = cause === 'supervisor'
  if (isSupervisor && !mayOverrule(attempt, actor)) return refuse('not_permitted')
  if (status === 'away' && (isSupervisor || cause === 'chosen')) return refusalOfReason(attempt, 'away', command)
  if (isSupervisor) return refusalOfReason(attempt, 'supervise', command)
  return reason === undefined ? null : refuse('invalid_request', 'A reason goes with `away`')
}

export function secureAgent(attempt: Attempt, command: CommandOf<'agent.secure'>): Decision {
  const { actor, agentId, change } = command
  if (!attempt.state.agents.has(agentId)) return refuse('not_found')
  attempt.emit({ type: 'agent.secured', actor, facts: { agentId, change } })
  return accept(attempt)
}

/** Changes a status with all that follows: who comes online serves the queue, who goes offline gives back. */
export function applyStatus(attempt: Attempt, change: StatusChange): void {
  const { actor, agentId, status, cause, untilMs, reason } = change
  const agent = attempt.state.agents.get(agentId)
  // Who goes home keeps what is parked: the customer's next message decides. Who will not come back gives it up.
  const left = [...(agent?.held ?? []), ...(cause === 'disabled' ? (agent?.parked ?? []) : [])]
  attempt.emit({
    type: 'agent.status-changed',
    actor,
    facts: {
      agentId,
      status,
      cause,
      ...(untilMs === undefined ? {} : { untilMs }),
      ...(reason === undefined ? {} : { reason }),
    },
  })
  if (status === 'online') drain(attempt, [agentId])
  else {
    withdrawOffers(attempt, agentId, cause === 'chosen')
    // A customer may be kept for one agent only while that agent is there.
    drainAll(attempt)
  }
  if (status !== 'offline') return
  giveBack(attempt, left, cause === 'vanished' || cause === 'disabled' ? cause : 'offline')
}

export function changeAgent(attempt: Attempt, command: CommandOf<'agent.change'>): Decision {
  const { actor, agentId, fields, create } = command
  const { state } = attempt
  const agent = state.agents.get(agentId)
  if (agent === undefined && create !== true) return refuse('not_found')
  if (agent !== undefined && create === true) return refuse('taken', `There is an agent ${agentId} already`)
  const missing = fields.teams?.find((teamId) => !state.teams.has(teamId))
  if (missing !== undefined) return refuse('invalid_request', `There is no team ${missing}`)
  const shifts = fields.shifts ?? agent?.shifts
  if (!isTimeZone(shifts?.timeZone ?? 'UTC')) return refuse('invalid_request', 'The time zone of the shifts is unknown')
  const next: AgentConfiguration = {
    agentId,
    nickname: fields.nickname ?? agent?.nickname ?? agentId,
    role: fields.role ?? agent?.role ?? 'agent',
    teams: [...(fields.teams ?? agent?.teams ?? [])],
    capacity: fields.capacity ?? agent?.capacity ?? 5,
    disabled: fields.disabled ?? agent?.disabled ?? false,
    skills: fields.skills ?? agent?.skills ?? {},
    ...(shifts !== undefined && { shifts }),
  }
  if (agent !== undefined && differingFields({ ...agent, skills: agent.skills ?? {} }, next).length === 0)
    return accept(attempt)
  configureAgent(attempt, actor, next)
  drain(attempt, [agentId])
  withdrawOffers(attempt, agentId)
  if (next.disabled) retire(attempt, actor, agentId)
  return accept(attempt)
}

export function configureAgent(attempt: Attempt, actor: Actor, next: AgentConfiguration): void {
  const { agentId, nickname, role, teams, capacity, disabled, skills = {}, shifts } = next
  const known = Object.keys(skills).length === 0 ? {} : { skills }
  attempt.emit({
    type: 'agent.configured',
    actor,
    facts: { agentId, role, teams: [...teams], capacity, disabled, ...known, ...(shifts !== undefined && { shifts }) },
    personal: { nickname },
  })
}

/** A disabled or removed agent is offline, and what they held goes to others. */
export function retire(attempt: Attempt, actor: Actor, agentId: string): void {
  const agent = attempt.state.agents.get(agentId)
  if (agent === undefined) return
  if (agent.status !== 'offline') applyStatus(attempt, { actor, agentId, status: 'offline', cause: 'disabled' })
  else {
    giveBack(attempt, [...agent.held, ...agent.parked], 'disabled')
    drainAll(attempt)
  }
}
