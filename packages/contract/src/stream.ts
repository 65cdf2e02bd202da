import { type Static, Type } from 'typebox'
import { PublicEvent } from './events.ts'
import { Conversation } from './resources.ts'

export const streamVersion = 1

/**
 * Frames that a client sends on GET /v1/stream (WebSocket, JSON text frames).
 * The first one is `hello`; a browser is known by its cookie, everybody else gives `token`.
 * `view: 'agent'` (the default of an agent's token): events of conversations the agent holds or watches, and list changes.
 * `view: 'all'`: every event that the token's scopes show.
 */
export const ClientFrame = Type.Union([
  Type.Object({
    type: Type.Literal('hello'),
    version: Type.Literal(streamVersion),
    token: Type.Optional(Type.String()),
    after: Type.Optional(Type.String({ description: 'Cursor behind which to go on; without it: from now' })),
    view: Type.Optional(Type.Union([Type.Literal('agent'), Type.Literal('all')])),
  }),
  Type.Object({
    type: Type.Literal('watch'),
    conversationIds: Type.Array(Type.String(), { maxItems: 50 }),
    unseen: Type.Optional(
      Type.Array(Type.String(), {
        maxItems: 50,
        description:
          'Those of them that a supervisor watches without being shown; the log keeps it (sessions:supervise)',
      }),
    ),
  }),
  Type.Object({ type: Type.Literal('typing'), conversationId: Type.String() }),
  Type.Object({ type: Type.Literal('pong') }),
])
export type ClientFrame = Static<typeof ClientFrame>

/** Frames that the server sends. A `list` frame has the newest state of each changed conversation, at most four frames a second. */
export const ServerFrame = Type.Union([
  Type.Object({ type: Type.Literal('ready'), cursor: Type.String(), view: Type.String() }),
  Type.Object({ type: Type.Literal('event'), event: PublicEvent }),
  Type.Object({
    type: Type.Literal('list'),
    cursor: Type.String(),
    conversations: Type.Array(Conversation),
    counts: Type.Object({ waiting: Type.Integer(), mine: Type.Integer() }),
  }),
  Type.Object({ type: Type.Literal('typing'), conversationId: Type.String(), agentId: Type.String() }),
  Type.Object({ type: Type.Literal('viewing'), conversationId: Type.String(), agentIds: Type.Array(Type.String()) }),
  Type.Object({ type: Type.Literal('ping') }),
  Type.Object({
    type: Type.Literal('reset'),
    reason: Type.Union([Type.Literal('cursor_expired'), Type.Literal('slow_reader')]),
  }),
])
export type ServerFrame = Static<typeof ServerFrame>

/** WebSocket close codes of our own. */
export const closeCodes = {
  unauthenticated: 4401,
  insufficientScope: 4403,
  revoked: 4410,
  protocol: 4400,
  slowReader: 4408,
  shuttingDown: 4503,
} as const
