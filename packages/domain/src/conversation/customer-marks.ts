import { type Actor, defaultCustomerSettings, mostTags } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { present } from '../invariant.ts'
import { type ConversationState, tagsOf } from './state.ts'

const routing: Actor = { kind: 'rule', rule: 'routing' }

type Change = { readonly actor: Actor; readonly add: readonly string[]; readonly remove: readonly string[] }

export function changeTags(attempt: Attempt, conversation: ConversationState, { actor, add, remove }: Change): void {
  const before = tagsOf(conversation)
  const added = [...new Set(add)].filter((tag) => !before.includes(tag))
  const removed = [...new Set(remove)].filter((tag) => before.includes(tag) && !add.includes(tag))
  if (added.length + removed.length === 0) return
  const { id: conversationId, customerId } = conversation
  attempt.emit({ type: 'customer.tagged', actor, facts: { conversationId, customerId, added, removed } })
}

/** What a rule says of a customer: as far as there is room. */
function tagByRule(attempt: Attempt, conversationId: string, add: readonly string[]): void {
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  const room = mostTags - tagsOf(conversation).length
  const missing = add.filter((tag) => !tagsOf(conversation).includes(tag)).slice(0, Math.max(0, room))
  changeTags(attempt, conversation, { actor: routing, add: missing, remove: [] })
}

export function changeOwner(
  attempt: Attempt,
  { id: conversationId, customerId, ownerId }: ConversationState,
  actor: Actor,
  to: string | null,
): void {
  const from = ownerId ?? null
  if (from === to) return
  attempt.emit({
    type: 'customer.owner-changed',
    actor,
    facts: { conversationId, customerId, from, to },
  })
}

/** Where the organization wants it so, who serves a customer first is the owner from then on. */
export function ownByServing(attempt: Attempt, conversationId: string, agentId: string): void {
  const { firstAgentOwns } = attempt.state.settings?.customers ?? defaultCustomerSettings
  const conversation = attempt.state.conversations.get(conversationId)
  if (!firstAgentOwns || conversation === undefined || conversation.ownerId !== undefined) return
  changeOwner(attempt, conversation, { kind: 'rule', rule: 'owner' }, agentId)
}

/** What a rule says of the customer; an owner whom somebody named before stays. */
export function markByRule(
  attempt: Attempt,
  conversationId: string,
  { tags = [], owner }: { readonly tags?: readonly string[]; readonly owner?: string },
): void {
  tagByRule(attempt, conversationId, tags)
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  const isKnown = owner !== undefined && attempt.state.agents.has(owner)
  if (isKnown && conversation.ownerId === undefined) changeOwner(attempt, conversation, routing, owner)
}
