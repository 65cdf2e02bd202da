import { type Static, Type } from 'typebox'

const instant = Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })

/** 留言: left while nobody served, and open. Until when it can be answered is in `quota.expiresAt`. */
export const MessageLeft = Type.Object({
  sessionId: Type.String({ description: 'The session that became it' }),
  since: instant,
  teamId: Type.Union([
    Type.String({ description: 'For whom it was left; null: for whoever serves the account' }),
    Type.Null(),
  ]),
  cause: Type.Union([Type.Literal('nobody-serves'), Type.Literal('waited')]),
  atOpening: Type.Union([Type.Literal('queue'), Type.Literal('stay')], {
    description: 'queue: a rule gives it as soon as somebody has room; stay: somebody has to take it',
  }),
  expired: Type.Optional(Type.Boolean({ description: 'WeChat lets nobody answer until the customer writes again' })),
  resolvedAt: Type.Optional(Type.Intersect([instant], { description: 'Open no more; it can be reopened' })),
})
export type MessageLeft = Static<typeof MessageLeft>
