import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { decision, id, instant, session } from './event-parts.ts'
import { ReasonCode } from './session-settings.ts'

/** What happens within a session besides changes of its holder. */
export const sessionEvents = {
  'session.offered': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'An agent was asked to take the conversation; the queue holds it until the agent accepts',
    facts: Type.Object({
      ...session,
      agentId: id,
      stintId: Type.String({ description: 'The id that the stint will have if the agent accepts' }),
      round: Type.Integer({
        minimum: 1,
        description: 'Within one round nobody is asked twice; a new one forgets who passed',
      }),
      expiresAt: instant,
      decision,
    }),
  }),
  'session.offer-ended': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'What became of an offer: every offer ends exactly once',
    facts: Type.Object({
      ...session,
      agentId: id,
      outcome: Type.Union([
        Type.Literal('accepted'),
        Type.Literal('declined'),
        Type.Literal('timed-out'),
        Type.Literal('withdrawn'),
      ]),
      reason: Type.Optional(ReasonCode),
    }),
  }),
} as const
