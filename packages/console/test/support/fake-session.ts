import type { Body, Customer, Facts, Message } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

/** The agent is asked to take a customer who waits. */
export function offerTo(world: FakeWorld, id: string, agentId: string, lastsMs = 30_000): void {
  const { sessionId } = world.conversation(id)
  const expiresAt = world.at(lastsMs)
  world.change(id, { offer: { agentId, expiresAt } })
  const decision = { decisionId: 'dc_1', ruleVersion: 1, candidates: 2, excluded: {}, digest: '' }
  const session = { conversationId: id, sessionId: sessionId ?? '' }
  const facts = { ...session, agentId, stintId: `st_o${world.position}`, round: 1, expiresAt, decision }
  world.tell(world.emit('session.offered', { kind: 'rule', rule: 'routing' }, facts), id)
}

/** It is offered to several at once. */
export function broadcastTo(world: FakeWorld, id: string, agentIds: string[], lastsMs = 30_000): void {
  const expiresAt = world.at(lastsMs)
  world.change(id, { broadcast: { agentIds, expiresAt } })
  const decision = { decisionId: 'dc_1', ruleVersion: 1, candidates: agentIds.length, excluded: {}, digest: '' }
  const session = { conversationId: id, sessionId: world.conversation(id).sessionId ?? '' }
  const facts = { ...session, agentIds, round: 1, expiresAt, decision }
  world.tell(world.emit('session.broadcast', { kind: 'rule', rule: 'routing' }, facts), id)
}

/** One of them was the first to accept. */
export function grab(world: FakeWorld, id: string, agentId: string): void {
  const { broadcast, sessionId } = world.conversation(id)
  if (broadcast === undefined) return
  const { broadcast: _, ...rest } = world.conversation(id)
  world.conversations.set(id, rest)
  const session = { conversationId: id, sessionId: sessionId ?? '' }
  const facts = { ...session, agentIds: broadcast.agentIds, outcome: 'accepted' as const, agentId }
  world.tell(world.emit('session.broadcast-ended', { kind: 'agent', agentId }, facts), id)
  world.assign(id, agentId, 'accept')
}

export function endOffer(
  world: FakeWorld,
  id: string,
  outcome: Facts<'session.offer-ended'>['outcome'],
  reason?: string,
): void {
  const { sessionId, offer } = world.conversation(id)
  if (offer === null) return
  world.change(id, { offer: null })
  const session = { conversationId: id, sessionId: sessionId ?? '', agentId: offer.agentId }
  const facts = { ...session, outcome, ...(reason !== undefined && { reason }) }
  world.tell(world.emit('session.offer-ended', { kind: 'agent', agentId: offer.agentId }, facts), id)
}

/** A message of long ago: in the thread, not in the log of this run. */
export function hadSaid(world: FakeWorld, id: string, words: string): void {
  const position = (world.messages.get(id)?.length ?? 0) - 100_000
  const sender = { kind: 'customer', customerId: `cu_${id}` } as const
  const content = { type: 'text', text: words } as const
  const message: Message = {
    id: `old_${position}`,
    conversationId: id,
    sessionId: null,
    position,
    at: world.at(-60_000),
    direction: 'in',
    sender,
    content,
  }
  const known = world.messages.get(id)
  if (known === undefined) world.messages.set(id, [message])
  else known.push(message)
}

export function park(world: FakeWorld, id: string, body: { until?: string; note?: string } = {}): void {
  const { sessionId } = world.conversation(id)
  const { until = null, note } = body
  world.change(id, { parked: { since: world.at(), until } })
  const facts = { conversationId: id, sessionId: sessionId ?? '', agentId: world.selfId, until }
  const personal = note === undefined ? {} : { note }
  world.tell(world.emit('session.parked', { kind: 'agent', agentId: world.selfId }, facts, personal), id)
}

export function resume(world: FakeWorld, id: string): void {
  const { sessionId } = world.conversation(id)
  world.change(id, { parked: null })
  const facts = { conversationId: id, sessionId: sessionId ?? '', agentId: world.selfId, cause: 'agent' as const }
  world.tell(world.emit('session.resumed', { kind: 'agent', agentId: world.selfId }, facts), id)
}

function endSession(world: FakeWorld, id: string, reason: string | undefined): void {
  const { holder: from, sessionId } = world.conversation(id)
  const agentId = from.kind === 'agent' ? from.agentId : null
  const session = { conversationId: id, sessionId: sessionId ?? '' }
  const said = { disposition: null, reopenableUntil: null, wrapUpUntil: null }
  world.change(id, {
    status: 'closed',
    holder: { kind: 'nobody' },
    assignee: null,
    unread: 0,
    waitingSince: null,
    decisionId: null,
    lastClose: { sessionId: sessionId ?? '', agentId, at: world.at(), cause: 'agent', ...said },
  })
  const facts = { ...session, from, cause: 'agent' as const, ...(reason !== undefined && { reason }) }
  world.tell(world.emit('session.closed', { kind: 'agent', agentId: world.selfId }, facts), id)
}

/** The agent ends it, and is asked what it was about where the settings say so. */
export function close(world: FakeWorld, id: string, { reason, disposition }: Body<'closeConversation'> = {}): void {
  const { sessionId } = world.conversation(id)
  endSession(world, id, reason)
  const { wrapUpMs = 0 } = world.sessions
  if (disposition !== undefined) dispose(world, id, disposition)
  else if (wrapUpMs > 0) {
    const until = world.at(wrapUpMs)
    const { lastClose } = world.conversation(id)
    if (lastClose !== null) world.change(id, { lastClose: { ...lastClose, wrapUpUntil: until } })
    const session = { conversationId: id, sessionId: sessionId ?? '' }
    const facts = { ...session, agentId: world.selfId, stintId: `st_${id}`, until, takesCapacity: true }
    world.tell(world.emit('session.wrap-up-began', { kind: 'rule', rule: 'wrap-up' }, facts), id)
  }
}

export function dispose(world: FakeWorld, id: string, { code, note }: Body<'disposeSession'>): void {
  const { lastClose } = world.conversation(id)
  if (lastClose === null) return
  world.change(id, { lastClose: { ...lastClose, disposition: code, wrapUpUntil: null } })
  const { sessionId, agentId } = lastClose
  const facts = { conversationId: id, sessionId, agentId, disposition: code, cause: 'given' as const, wrapUpMs: 0 }
  const personal = note === undefined ? {} : { note }
  world.tell(world.emit('session.disposed', { kind: 'agent', agentId: world.selfId }, facts, personal), id)
}

/** Puts the customer on the block list, or takes them off it; what is open ends. */
export function block(world: FakeWorld, customerId: string, since: string | null): Customer {
  const conversationId = customerId.replace(/^cu_/, '')
  const { customer, account, status } = world.conversation(conversationId)
  const { blocked: _, ...unblocked } = customer
  const known = since === null ? unblocked : { ...unblocked, blocked: { since, until: null } }
  world.change(conversationId, { customer: known })
  const by = { kind: 'agent', agentId: world.selfId } as const
  const facts = { conversationId, customerId }
  if (since === null) world.tell(world.emit('customer.unblocked', by, { ...facts, cause: 'chosen' }), conversationId)
  else world.tell(world.emit('customer.blocked', by, { ...facts, until: null }, {}), conversationId)
  if (since !== null && status === 'open') close(world, conversationId)
  return { ...known, accountId: account.id, conversationId, openid: 'o1', profile: {}, createdAt: world.at() }
}
