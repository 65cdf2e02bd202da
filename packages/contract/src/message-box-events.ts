import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { conversation, id } from './event-parts.ts'
import { Nullable } from './resources.ts'
import { RoutingPlan } from './rules.ts'
import { ReasonCode } from './session-settings.ts'

/** `sessionId` is that of the session which became the message left: it names it for good. */
const left = { ...conversation, customerId: id, sessionId: id }

/** 留言: what customers left when nobody served them. A conversation has one that is open at most. */
export const messageBoxEvents = {
  'message-box.left': declare({
    version: 1,
    scope: 'conversations:read',
    summary:
      "A session became a message left: nobody waits for it, and the customer's further words are gathered in it",
    facts: Type.Object({
      ...left,
      cause: Type.Union([
        Type.Literal('nobody-serves', { description: 'Nobody who may serve was online, or it was outside the hours' }),
        Type.Literal('waited', { description: 'After the wait that its rule says' }),
      ]),
      plan: Type.Intersect([RoutingPlan], { description: 'By which it is given when somebody has room for it' }),
    }),
  }),
  'message-box.expired': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'WeChat lets nobody answer a message left until the customer writes again: it stays, and no rule gives it',
    facts: Type.Object(left),
  }),
  'message-box.taken': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A message left goes on as a session; ends it',
    facts: Type.Object({
      ...left,
      cause: Type.Union([
        Type.Literal('agent', { description: 'Somebody took it' }),
        Type.Literal('rule', { description: 'Somebody had room for it' }),
        Type.Literal('app', { description: 'An app answered what the customer added' }),
      ]),
    }),
  }),
  'message-box.resolved': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A message left needs no session; ends it',
    facts: Type.Object({ ...left, agentId: Nullable(id), reason: Type.Optional(ReasonCode) }),
    personal: Type.Object({ note: Type.Optional(Type.String()) }),
    personalScope: 'messages:read',
  }),
  'message-box.reopened': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'A message left that was resolved is open again',
    facts: Type.Object({ ...left, agentId: Nullable(id) }),
  }),
} as const
