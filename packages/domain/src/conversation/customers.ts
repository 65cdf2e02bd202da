import { type Actor, defaultCustomerSettings, mostTags, tagPattern } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { changeOwner, changeTags } from './customer-marks.ts'
import { mayOverrule } from './permission.ts'
import { type ConversationState, tagsOf } from './state.ts'

const form = new RegExp(tagPattern)

/** Tags that are there already, or not there, are no change; a tag that is not offered any more may still be taken away. */
export function tagCustomer(attempt: Attempt, command: CommandOf<'customer.tag'>): Decision {
  const { state } = attempt
  const { actor, conversationId, add = [], remove = [] } = command
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const { tags: offered } = state.settings?.customers ?? defaultCustomerSettings
  const unknown = add.find((tag) => (offered.length === 0 ? !form.test(tag) : !offered.includes(tag)))
  if (unknown !== undefined) return refuse('tag_unknown', unknown)
  if (tagsAfter(conversation, add, remove).length > mostTags) return refuse('too_many_tags')
  changeTags(attempt, conversation, { actor, add, remove })
  return accept(attempt, { conversationId })
}

const tagsAfter = (conversation: ConversationState, add: readonly string[], remove: readonly string[]): string[] => [
  ...new Set([...tagsOf(conversation).filter((tag) => !remove.includes(tag)), ...add]),
]

/** Agents may take a customer whom nobody owns, and give up their own; whose customer somebody is decide others. */
export function setOwner(attempt: Attempt, command: CommandOf<'customer.set-owner'>): Decision {
  const { actor, conversationId, agentId } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  if (agentId !== null && !attempt.state.agents.has(agentId)) return refuse('not_found', `There is no agent ${agentId}`)
  if (!mayOverrule(attempt, actor) && !isOwnMatter(conversation, actor, agentId)) return refuse('not_permitted')
  changeOwner(attempt, conversation, actor, agentId)
  return accept(attempt, { conversationId })
}

function isOwnMatter({ ownerId }: ConversationState, actor: Actor, agentId: string | null): boolean {
  if (actor.kind !== 'agent') return false
  return agentId === null
    ? ownerId === actor.agentId
    : agentId === actor.agentId && [undefined, agentId].includes(ownerId)
}
