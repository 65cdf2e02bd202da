import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'

/** Anybody may note something, whoever holds the conversation, also when nobody does. */
export function noteConversation(attempt: Attempt, command: CommandOf<'conversation.note'>): Decision {
  const { actor, conversationId, text } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const mentions = [...new Set(command.mentions ?? [])]
  const stranger = mentions.find((agentId) => attempt.state.agents.get(agentId)?.disabled !== false)
  if (stranger !== undefined) return refuse('not_found', `There is no agent ${stranger}`)
  const noteId = attempt.context.ids.draw('note')
  const facts = { conversationId, sessionId: conversation.sessionId, noteId, mentions }
  attempt.emit({ type: 'conversation.noted', actor, facts, personal: { text } })
  return accept(attempt, { conversationId })
}

export function seeMentions(attempt: Attempt, { actor, agentId, upTo }: CommandOf<'agent.see-mentions'>): Decision {
  if (!attempt.state.agents.has(agentId)) return refuse('not_found')
  // What is still to be written nobody has seen.
  const seen = Math.min(upTo, attempt.state.position)
  attempt.emit({ type: 'agent.mentions-seen', actor, facts: { agentId, upTo: seen } })
  return accept(attempt)
}
