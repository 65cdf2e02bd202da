import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { instant } from './event-parts.ts'
import { RulesDocument } from './rules.ts'

export const rulesEvents = {
  'rules.published': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'A version of the routing rules was published; its author is the actor',
    facts: Type.Object({
      rulesVersion: Type.Integer(),
      document: RulesDocument,
      reason: Type.String({ description: "The author's words" }),
      effectiveAt: instant,
      reverts: Type.Optional(Type.Integer({ description: 'The version that it takes up again' })),
    }),
  }),
  'rules.took-effect': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'From here on new sessions are routed by this version of the rules',
    facts: Type.Object({ rulesVersion: Type.Integer() }),
  }),
} as const
