import type { Content, LoggedEvent } from '@duoke/contract'
import type { Command, CustomerAct } from '../commands.ts'
import { msOf } from '../instant.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

/** What somebody did that is told by this event alone; null of what follows from something else. */
export function commandFrom(event: LoggedEvent): Command | null {
  switch (event.type) {
    case 'agent.status-changed':
      return statusFrom(event)
    case 'agent.capacity-changed':
      return capacityFrom(event)
    case 'app.suspended':
    case 'app.recovered':
      return reportFrom(event)
    case 'customer.tagged':
    case 'customer.owner-changed':
      return marksFrom(event)
    case 'customer.blocked':
    case 'customer.unblocked':
      return blockFrom(event)
    case 'message-box.resolved':
    case 'message-box.reopened':
      return leftFrom(event)
    case 'rules.published':
    case 'rules.approved':
    case 'rules.rejected':
    case 'rules.overridden':
    case 'rules.override-ended':
      return rulesFrom(event)
    default:
      return null
  }
}

function statusFrom(event: Of<'agent.status-changed'>): Command | null {
  const { agentId, status, cause, untilMs, reason } = event.facts
  if (cause === 'missed-offer' || cause === 'disabled') return null
  const ttl = untilMs === undefined ? {} : { ttlMs: untilMs - event.atMs }
  return { type: 'agent.set-status', actor: event.actor, agentId, status, cause, reason, ...ttl }
}

function capacityFrom(event: Of<'agent.capacity-changed'>): Command | null {
  const { agentId, capacity, until, cause, reason } = event.facts
  if (cause !== 'chosen') return null
  const ttl = until === null ? {} : { ttlMs: msOf(until) - event.atMs }
  const why = reason === undefined ? {} : { reason }
  return { type: 'agent.set-capacity', actor: event.actor, agentId, capacity, ...ttl, ...why }
}

function reportFrom(event: Of<'app.suspended' | 'app.recovered'>): Command {
  const { appId, accountId } = event.facts
  const finding =
    event.type === 'app.recovered'
      ? ({ kind: 'recovered' } as const)
      : ({ kind: 'suspended', reason: event.facts.reason, failures: event.facts.failures } as const)
  return { type: 'app.report', actor: event.actor, appId, accountId, finding }
}

function rulesFrom(
  event: Of<'rules.published' | 'rules.approved' | 'rules.rejected' | 'rules.overridden' | 'rules.override-ended'>,
): Command | null {
  const { actor } = event
  switch (event.type) {
    case 'rules.published': {
      const { document, reason, effectiveAt } = event.facts
      return { type: 'rules.publish', actor, document, reason, effectiveAtMs: msOf(effectiveAt) }
    }
    case 'rules.approved':
      return { type: 'rules.approve', actor, rulesVersion: event.facts.rulesVersion }
    case 'rules.rejected':
      return { type: 'rules.reject', actor, ...event.facts }
    case 'rules.overridden': {
      const { rule, reason, expiresAt } = event.facts
      return { type: 'rules.override', actor, when: rule.when, then: rule.then, reason, expiresAtMs: msOf(expiresAt) }
    }
    case 'rules.override-ended':
      return event.facts.cause === 'ended' ? { type: 'rules.end-override', actor } : null
  }
}

/** What a rule says of a customer it says again. */
function marksFrom(event: Of<'customer.tagged' | 'customer.owner-changed'>): Command | null {
  const { actor } = event
  const { conversationId } = event.facts
  if (actor.kind === 'rule') return null
  if (event.type === 'customer.owner-changed') {
    return { type: 'customer.set-owner', actor, conversationId, agentId: event.facts.to }
  }
  const { added: add, removed: remove } = event.facts
  return { type: 'customer.tag', actor, conversationId, add, remove }
}

function leftFrom({ type, actor, facts }: Of<'message-box.resolved' | 'message-box.reopened'>): Command {
  const { conversationId } = facts
  if (type === 'message-box.reopened') return { type: 'message-box.reopen', actor, conversationId }
  const why = facts.reason === undefined ? {} : { reason: facts.reason }
  return { type: 'message-box.resolve', actor, conversationId, ...why }
}

/** Whoever holds it here: it was for those who block to say, and what ends by its time has ended then. */
function blockFrom({ type, facts }: Of<'customer.blocked' | 'customer.unblocked'>): Command {
  const { conversationId } = facts
  const actor = { kind: 'system' } as const
  if (type === 'customer.unblocked') return { type: 'customer.unblock', actor, conversationId }
  return { type: 'customer.block', actor, conversationId, ...(facts.until !== null && { untilMs: msOf(facts.until) }) }
}

export function seize({ actor, facts }: Of<'session.assigned'>, toAgentId: string): Command {
  const { conversationId, reason } = facts
  const why = reason === undefined ? {} : { reason }
  return { type: 'session.seize', actor, conversationId, toAgentId, overCapacity: true, ...why }
}

export function actOf(kind: string, opens: Of<'message.received'>['facts']['opens'], content: Content): CustomerAct {
  if (kind !== 'action') return 'message'
  if (opens !== null) return opens === 'message' ? 'other' : opens
  if (content.type !== 'action') return 'other'
  const named = customerActs.find((act) => act === content.action)
  return named ?? 'other'
}
const customerActs = ['follow', 'unfollow', 'scan', 'menu', 'enter'] as const
