import { type Static, Type } from 'typebox'
import { Actor, Nullable } from './resources.ts'
import { AppAttachment, AppSettings } from './settings.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })
const instant = Type.String({ description: 'RFC 3339 instant in UTC with milliseconds' })
const { name, contact, scopes, rateLimit, allowedAddresses } = AppSettings.properties
const { role, priority, when, lateReplies, echo, agentNames, push } = AppAttachment.properties

/** An app as interfaces show it: without its secrets. */
export const App = Type.Object({
  ...{ id, name, contact, scopes, rateLimit, allowedAddresses },
  accounts: Type.Array(
    Type.Object({
      account: id,
      appId: Type.String({ description: 'The appId under which the app speaks WeChat here' }),
      ...{ role, priority, when, lateReplies, echo, agentNames, push },
      suspended: Nullable(Type.Object({ reason: Type.String(), failures: Type.Integer(), since: instant })),
      verification: Nullable(
        Type.Object(
          {
            status: Type.Union([Type.Literal('pending'), Type.Literal('verified'), Type.Literal('failed')]),
            at: Nullable(instant),
          },
          { description: 'Whether the push address answered `echostr` since it was set' },
        ),
      ),
    }),
  ),
})
export type App = Static<typeof App>

/** Who granted an app what, and when: or withdrew it. */
export const AppConsent = Type.Object({
  position: Type.Integer(),
  at: instant,
  by: Actor,
  granted: Type.Array(Type.String(), { description: 'Scopes' }),
  withdrawn: Type.Array(Type.String()),
  attached: Type.Array(id, { description: 'Accounts' }),
  detached: Type.Array(id),
})
export type AppConsent = Static<typeof AppConsent>

const word = <const T extends string>(value: T) => Type.Literal(value)

/** One try of one push to an app, and what became of what it answered. What was said is in the log, not here. */
export const AppDelivery = Type.Object({
  id,
  account: id,
  at: instant,
  kind: Type.Union([word('ask'), word('push'), word('verification')], {
    description: '`ask`: the answer may be the passive reply',
  }),
  name: Type.String({ description: "WeChat's MsgType, or for an event its name" }),
  role: Nullable(Type.Union([word('responder'), word('standby')])),
  conversationId: Nullable(id),
  messageId: Nullable(id),
  position: Nullable(Type.Integer({ description: 'Position of the event in the log' })),
  attempt: Type.Integer(),
  tookMs: Type.Integer(),
  status: Nullable(Type.Integer({ description: 'HTTP status; null when no answer came' })),
  outcome: Type.Union(
    [
      word('silent'),
      word('reply'),
      word('transfer'),
      word('malformed'),
      word('failed'),
      word('not-asked'),
      word('given-up'),
    ],
    { description: '`malformed`: the app has the push, and its answer was none; `failed`: there is another try' },
  ),
  reason: Nullable(Type.String({ description: 'Why it failed, was malformed, was not asked or given up' })),
  reply: Nullable(Type.String({ description: "The reply's MsgType" })),
  became: Nullable(
    Type.Union([word('sent'), word('transferred'), word('queued-as-message'), word('dropped')], {
      description: 'What became of the reply',
    }),
  ),
  becameReason: Nullable(Type.String({ description: 'Why the reply was dropped' })),
})
export type AppDelivery = Static<typeof AppDelivery>
