import { type Static, Type } from 'typebox'
import { CustomerSettings } from './customer-settings.ts'
import { LoadSettings, Weight } from './load.ts'
import { Nullable } from './resources.ts'
import { SessionSettings, teamClosing } from './session-settings.ts'

const id = Type.String({ minLength: 1, maxLength: 80 })

export const KeywordRule = Type.Object({
  match: Type.Union([Type.Literal('equals'), Type.Literal('contains')]),
  keywords: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 50 }),
  reply: Type.String({ minLength: 1, maxLength: 2048 }),
})
export const AccountKind = Type.Union([Type.Literal('official-account'), Type.Literal('mini-program')])
/** Who gives those who wait to an agent. */
export const AccountRouting = Type.Union([Type.Literal('automatic'), Type.Literal('manual')])
const mode = Type.Union([Type.Literal('plain'), Type.Literal('compatible'), Type.Literal('safe')])

export const AccountSettings = Type.Object({
  accountId: id,
  kind: AccountKind,
  name: Type.String(),
  wechatId: Nullable(Type.String()),
  originalId: Type.String(),
  appId: Type.String(),
  mode,
  apiBase: Type.String(),
  teams: Type.Array(id, { description: 'Teams that serve this account; empty means every agent' }),
  /** Left out in events of before it existed: automatic. */
  routing: Type.Optional(AccountRouting),
  /** Of a session on this account; left out or null: that of its kind. */
  weight: Type.Optional(Nullable(Weight)),
  greeting: Nullable(Type.String()),
  keywordReplies: Type.Array(KeywordRule),
  /** A digest of the secrets, so that a rotation is visible in the log while the secrets are not. */
  secretsDigest: Type.String(),
})

/** Where and how an app is sent what the account receives. */
export const AppPush = Type.Object({
  url: Type.String(),
  mode,
  format: Type.Union([Type.Literal('xml'), Type.Literal('json')]),
})
/**
 * An app at one account. WeChat's calls name no account, so each attachment speaks WeChat under an appId of its own:
 * `wechatAppId`, never to be confused with the app's id or the account's appId.
 */
export const AppAttachment = Type.Object({
  accountId: id,
  wechatAppId: Type.String(),
  role: Type.Union([Type.Literal('responder'), Type.Literal('observer')]),
  priority: Type.Integer({
    description: 'Of several responders the highest answers first; among equals the first by id',
  }),
  when: Nullable(Type.String({ description: 'CEL: a responder is asked only where it is true' })),
  lateReplies: Type.Union([Type.Literal('drop'), Type.Literal('send')], {
    description: 'What becomes of an answer that came too late or did not win: dropped, or sent as a customer message',
  }),
  echo: Type.Boolean({ description: "Also push agents' and other apps' answers, in WeChat's form" }),
  agentNames: Type.Union([Type.Literal('pass'), Type.Literal('map'), Type.Literal('omit')], {
    description: 'What becomes of customservice.kf_account on its way to WeChat',
  }),
  push: Nullable(AppPush),
  /** As with an account: a rotation is visible in the log while the secrets are not. */
  secretsDigest: Type.String(),
})
export const AppSettings = Type.Object({
  appId: id,
  name: Type.String(),
  contact: Nullable(Type.String({ description: 'Whom to call when the app misbehaves' })),
  scopes: Type.Array(Type.String()),
  rateLimit: Nullable(Type.Integer({ description: 'Calls a minute; null is the limit of every token' })),
  allowedAddresses: Type.Array(Type.String(), {
    description: 'Addresses or CIDR ranges it may call from; none means any',
  }),
  attachments: Type.Array(AppAttachment),
})

export const TeamSettings = Type.Object({
  teamId: id,
  name: Type.String(),
  /** For conversations that wait for this team alone; left out, the organization's counts. */
  offerForMs: Type.Optional(SessionSettings.properties.offerForMs),
  /** For sessions that end with one of its agents. */
  ...teamClosing,
})

/** In which Duoke fills words of its own into what customers are told. */
export const Language = Type.Union([Type.Literal('zh-CN'), Type.Literal('en')])
export type Language = Static<typeof Language>

export const OrganizationSettings = Type.Object({
  name: Type.String(),
  timeZone: Type.String(),
  /** Left out in events of before it existed: Chinese. */
  language: Type.Optional(Language),
  idleWarningAfterMs: Nullable(Type.Integer()),
  idleCloseAfterMs: Nullable(Type.Integer()),
  idleWarningText: Type.String(),
  vanishedGraceMs: Type.Integer(),
  silentAccountAfterMs: Nullable(Type.Integer()),
  answerExpiresAfterMs: Type.Integer(),
  sessions: SessionSettings,
  /** Left out in events of before it existed: no tags to choose from, and owners are named by people and apps only. */
  customers: Type.Optional(CustomerSettings),
  /** Left out: each session takes 1 of the capacity, and no kind of customer has a limit of its own. */
  load: Type.Optional(LoadSettings),
  /** Left out in events of before it existed: a version needs no approval. */
  rulesNeedApproval: Type.Optional(Type.Boolean()),
})

export type KeywordRule = Static<typeof KeywordRule>
export type AccountSettings = Static<typeof AccountSettings>
export type OrganizationSettings = Static<typeof OrganizationSettings>
export type TeamSettings = Static<typeof TeamSettings>
export type AppPush = Static<typeof AppPush>
export type AppAttachment = Static<typeof AppAttachment>
export type AppSettings = Static<typeof AppSettings>
