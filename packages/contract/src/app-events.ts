import { type Static, Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { Holder } from './resources.ts'
import { AppSettings } from './settings.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })

/** What one asked app answered for the passive reply, and what became of it. */
export const ArbitratedAnswer = Type.Object({
  appId: id,
  outcome: Type.Union([
    Type.Literal('reply'),
    Type.Literal('transfer'),
    Type.Literal('silent'),
    Type.Literal('failed'),
    Type.Literal('late'),
  ]),
  became: Type.Union([
    Type.Literal('sent'),
    Type.Literal('transferred'),
    Type.Literal('queued-as-message'),
    Type.Literal('dropped'),
    Type.Literal('nothing'),
  ]),
  reason: Type.Optional(Type.String({ description: 'Why it failed, or why it was dropped' })),
  messageId: Type.Optional(id),
})
export type ArbitratedAnswer = Static<typeof ArbitratedAnswer>

/** Apps: who is attached with which rights, and whose passive reply counted. */
export const appEvents = {
  'app.configured': declare({
    version: 1,
    scope: 'configuration:read',
    summary: 'An app was attached or changed',
    facts: AppSettings,
  }),
  'app.consented': declare({
    version: 1,
    scope: 'configuration:read',
    summary: 'Somebody granted an app scopes and accounts, or withdrew them',
    facts: Type.Object({
      appId: id,
      granted: Type.Array(Type.String(), { description: 'Scopes' }),
      withdrawn: Type.Array(Type.String()),
      attached: Type.Array(id, { description: 'Accounts' }),
      detached: Type.Array(id),
    }),
  }),
  'app.suspended': declare({
    version: 1,
    scope: 'configuration:read',
    summary: 'An app failed so often that it is not asked and not pushed to until it recovers; nothing is lost to it',
    facts: Type.Object({ appId: id, accountId: id, reason: Type.String(), failures: Type.Integer() }),
  }),
  'app.recovered': declare({
    version: 1,
    scope: 'configuration:read',
    summary: 'A suspended app answers again, or somebody resumed it',
    facts: Type.Object({ appId: id, accountId: id }),
  }),
  'app.removed': declare({
    version: 1,
    scope: 'accounts:read',
    summary: 'An app was removed',
    facts: Type.Object({ appId: id }),
  }),
  'reply.arbitrated': declare({
    version: 1,
    scope: 'conversations:read',
    summary: 'Of those who may answer a message at once, one was chosen by the published rule',
    facts: Type.Object({
      conversationId: id,
      messageId: id,
      winner: Type.Union([
        Type.Object({ kind: Type.Literal('app'), appId: id }),
        Type.Object({ kind: Type.Literal('rule'), rule: Type.String() }),
        Type.Object({ kind: Type.Literal('nobody') }),
      ]),
      /** Who held the conversation when it was decided. */
      holder: Holder,
      answers: Type.Array(ArbitratedAnswer),
      /** False when the server that asked was gone and the timer decided. */
      inTime: Type.Boolean(),
    }),
  }),
  'reply.came-late': declare({
    version: 1,
    scope: 'conversations:read',
    summary: "An app's answer came after the choice was made",
    facts: Type.Object({
      conversationId: id,
      messageId: id,
      appId: id,
      became: Type.Union([Type.Literal('queued-as-message'), Type.Literal('dropped')]),
      reason: Type.Optional(Type.String()),
    }),
  }),
} as const
