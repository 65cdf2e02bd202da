import { type Static, Type } from 'typebox'
import { Nullable } from './resources.ts'

/** What an agent has half written to a customer, on whichever screen. */
export const Draft = Type.Object({
  conversationId: Type.String(),
  text: Type.String({ description: 'Empty: nothing is half written' }),
  version: Type.Integer({ description: 'Grows with each write; 0: there was none yet' }),
  changedAt: Nullable(Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })),
})
export type Draft = Static<typeof Draft>

/** How an agent has set up the console; apps may read it and keep what they do not know. */
export const AgentPreferences = Type.Object(
  {
    keys: Type.Optional(
      Type.Record(Type.String({ pattern: '^[A-Za-z]{1,40}$' }), Type.String({ maxLength: 40 }), {
        maxProperties: 100,
        additionalProperties: false,
        description: 'Keys by the name of the action, as `Mod+K`; empty: none',
      }),
    ),
    letterKeys: Type.Optional(Type.Boolean({ description: 'Single letters act outside of fields; left out: they do' })),
  },
  { additionalProperties: false },
)
export type AgentPreferences = Static<typeof AgentPreferences>
