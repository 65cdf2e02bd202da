import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { instant } from './event-parts.ts'
import { Rule, RulesDocument } from './rules.ts'

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
      awaitsApproval: Type.Optional(
        Type.Boolean({ description: 'Another administrator has to approve it first; left out: not so' }),
      ),
    }),
  }),
  'rules.approved': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'An administrator other than its author approved a version; it holds from the moment that is given',
    facts: Type.Object({ rulesVersion: Type.Integer(), effectiveAt: instant }),
  }),
  'rules.rejected': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'A version that waited for approval will not hold',
    facts: Type.Object({ rulesVersion: Type.Integer(), reason: Type.String() }),
  }),
  'rules.overridden': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'Somebody overrode the rules for a time: this rule is tried before all others',
    facts: Type.Object({ overrideId: Type.Integer(), rule: Rule, reason: Type.String(), expiresAt: instant }),
  }),
  'rules.override-ended': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'The rules hold again',
    facts: Type.Object({
      overrideId: Type.Integer(),
      cause: Type.Union([Type.Literal('expired'), Type.Literal('ended'), Type.Literal('replaced')]),
    }),
  }),
  'rules.took-effect': declare({
    version: 1,
    scope: 'decisions:read',
    summary: 'From here on new sessions are routed by this version of the rules',
    facts: Type.Object({ rulesVersion: Type.Integer() }),
  }),
} as const
