import { type Static, Type } from 'typebox'
import { Actor, Nullable } from './resources.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })

/** What a colleague wrote beside a conversation. */
export const Note = Type.Object({
  id,
  conversationId: id,
  sessionId: Nullable(id),
  position: Type.Integer(),
  at: Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' }),
  by: Actor,
  text: Nullable(Type.String({ description: 'null: it was erased' })),
  mentions: Type.Array(id, { description: 'Agents who are to notice it' }),
})
export type Note = Static<typeof Note>

/** A note in which an agent was mentioned. */
export const Mention = Type.Object({ note: Note, customerName: Type.String(), seen: Type.Boolean() })
export type Mention = Static<typeof Mention>

export const mostMentions = 20
