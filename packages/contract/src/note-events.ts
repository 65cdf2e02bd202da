import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { conversation, id } from './event-parts.ts'
import { Nullable } from './resources.ts'

/** What colleagues write to each other beside a conversation. */
export const noteEvents = {
  'conversation.noted': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A note was written beside a conversation, perhaps for colleagues; the customer never sees it',
    facts: Type.Object({
      ...conversation,
      sessionId: Nullable(id),
      noteId: id,
      mentions: Type.Array(id, { description: 'Agents who are to notice it' }),
    }),
    personal: Type.Object({ text: Type.String() }),
    personalScope: 'messages:read',
  }),
  'agent.mentions-seen': declare({
    version: 1,
    scope: 'agents:read',
    summary: 'An agent has seen the notes up to a position in which they were mentioned',
    facts: Type.Object({ agentId: id, upTo: Type.Integer({ minimum: 0 }) }),
  }),
} as const
