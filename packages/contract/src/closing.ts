import { type Static, type TSchema, Type } from 'typebox'

const id = Type.String()
const instant = Type.String()
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** What ended a session. */
export const CloseCause = Type.Union([
  Type.Literal('agent'),
  Type.Literal('app'),
  Type.Literal('idle'),
  Type.Literal('unfollowed'),
  Type.Literal('system'),
  Type.Literal('refused'),
  Type.Literal('customer'),
  Type.Literal('window'),
  Type.Literal('blocked'),
  Type.Literal('message-left'),
])

/** How the last session that is over ended, and what was said about it. */
export const LastClose = Type.Object({
  sessionId: id,
  agentId: nullable(id),
  at: instant,
  cause: CloseCause,
  disposition: nullable(Type.String()),
  reopenableUntil: nullable(
    Type.String({ description: "Until when the customer's message goes on with the same agent" }),
  ),
  wrapUpUntil: nullable(Type.String({ description: 'Until when the agent is in wrap-up for it' })),
})
export type LastClose = Static<typeof LastClose>
