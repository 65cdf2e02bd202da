import { type Static, Type } from 'typebox'
import { CustomerSettings } from './customer-settings.ts'
import { Hours } from './hours.ts'
import { chosenIdPattern } from './ids.ts'
import { LoadSettings, Weight } from './load.ts'
import { RuleFinding, RulesDocument } from './rules.ts'
import { type Scope, scopes } from './scopes.ts'
import { Disposition, Reason, SessionSettings, teamClosing } from './session-settings.ts'
import { AccountKind, AccountRouting, AppAttachment, AppPush, KeywordRule, Language } from './settings.ts'
import { Skills } from './skills.ts'

/** A secret given in place, by the name of an environment variable, or by a file; write-only afterwards. */
export const Secret = Type.Union([
  Type.String({ minLength: 1, maxLength: 512 }),
  Type.Object({ env: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ file: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
])
export type Secret = Static<typeof Secret>

const strict = { additionalProperties: false } as const
const id = Type.String({
  pattern: chosenIdPattern,
  description: 'Letters, digits, - and _; at most 64; stays the public id',
})
const name = Type.String({ minLength: 1, maxLength: 100 })
const ms = (minimum: number) => Type.Integer({ minimum, maximum: 366 * 24 * 3600 * 1000 })

const { role, lateReplies, echo, agentNames } = AppAttachment.properties
const { mode, format } = AppPush.properties
/** Secrets that are left out stay what they are; the first time they are needed. */
const GivenAttachment = Type.Object(
  {
    account: id,
    appId: Type.String({
      pattern: '^wx[0-9A-Za-z]{4,40}$',
      description: 'As WeChat shapes them; unique in the installation',
    }),
    appSecret: Type.Optional(Secret),
    role,
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000, default: 0 })),
    when: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 1000 }), Type.Null()])),
    lateReplies: Type.Optional(lateReplies),
    echo: Type.Optional(echo),
    agentNames: Type.Optional(agentNames),
    push: Type.Optional(
      Type.Union([
        Type.Object(
          {
            url: Type.String({ pattern: '^https?://', maxLength: 2000 }),
            token: Type.Optional(Secret),
            encodingAesKey: Type.Optional(Secret),
            mode: Type.Optional(mode),
            format: Type.Optional(format),
          },
          strict,
        ),
        Type.Null(),
      ]),
    ),
  },
  strict,
)
const appFields = {
  name,
  contact: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()])),
  scopes: Type.Array(Type.Union((Object.keys(scopes) as Scope[]).map((scope) => Type.Literal(scope)))), // Object.keys loses the key type
  rateLimit: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000 }), Type.Null()])),
  allowedAddresses: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 50 }), { maxItems: 100 })),
  accounts: Type.Optional(Type.Array(GivenAttachment, { maxItems: 100 })),
}
/** An app as it is given: what is left out stays, or takes its default. */
export const GivenApp = Type.Object(appFields, strict)
export type GivenApp = Static<typeof GivenApp>

/** Left-out fields stay what they are. */
const GivenSessionSettings = Type.Object(
  {
    ...SessionSettings.properties,
    reasons: Type.Array(Type.Object(Reason.properties, strict), { maxItems: 100 }),
    dispositions: Type.Array(Type.Object(Disposition.properties, strict), { maxItems: 100 }),
  },
  strict,
)

/** The document of `duoke apply`, version 1. Left-out keys keep what is there. */
export const ConfigurationDocument = Type.Object(
  {
    version: Type.Literal(1),
    organization: Type.Object(
      {
        id,
        name,
        timeZone: Type.Optional(Type.String({ default: 'Asia/Shanghai', description: 'IANA name' })),
        language: Type.Optional(
          Type.Union(Language.anyOf, {
            default: 'zh-CN',
            description: 'In which Duoke fills words of its own into what customers are told: {wait}',
          }),
        ),
        idleWarningAfterMs: Type.Optional(Type.Union([ms(1000), Type.Null()])),
        idleCloseAfterMs: Type.Optional(Type.Union([ms(1000), Type.Null()])),
        idleWarningText: Type.Optional(Type.String({ minLength: 1, maxLength: 600 })),
        vanishedGraceMs: Type.Optional(ms(0)),
        silentAccountAfterMs: Type.Optional(Type.Union([ms(60_000), Type.Null()])),
        answerExpiresAfterMs: Type.Optional(ms(1000)),
        sessions: Type.Optional(Type.Partial(GivenSessionSettings)),
        rulesNeedApproval: Type.Optional(
          Type.Boolean({
            description: 'A version of the rules waits until an administrator other than its author approves it',
          }),
        ),
        customers: Type.Optional(Type.Partial(Type.Object(CustomerSettings.properties, strict))),
        load: Type.Optional(LoadSettings),
      },
      strict,
    ),
    accounts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id,
            kind: AccountKind,
            name,
            wechatId: Type.Optional(Type.Union([Type.String({ maxLength: 30 }), Type.Null()])),
            originalId: Type.String({ pattern: '^gh_[0-9A-Za-z]{1,32}$' }),
            appId: Type.String({ pattern: '^wx[0-9A-Za-z]{4,40}$' }),
            /** Secrets that are left out stay what they are; a new account needs them. */
            appSecret: Type.Optional(Secret),
            token: Type.Optional(Secret),
            encodingAesKey: Type.Optional(Secret),
            mode: Type.Optional(
              Type.Union([Type.Literal('plain'), Type.Literal('compatible'), Type.Literal('safe')], {
                default: 'safe',
              }),
            ),
            apiBase: Type.Optional(Type.String({ default: 'https://api.weixin.qq.com', pattern: '^https?://' })),
            teams: Type.Optional(Type.Array(id)),
            routing: Type.Optional(
              Type.Union(AccountRouting.anyOf, {
                default: 'automatic',
                description: 'manual: whoever waits is given by people and apps only, never by the rule',
              }),
            ),
            weight: Type.Optional(Type.Union([Weight, Type.Null()], { description: 'null: that of its kind' })),
            greeting: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: 600 }), Type.Null()])),
            keywordReplies: Type.Optional(Type.Array(KeywordRule, { maxItems: 200 })),
          },
          strict,
        ),
      ),
    ),
    teams: Type.Optional(
      Type.Array(
        Type.Object(
          { id, name, offerForMs: Type.Optional(SessionSettings.properties.offerForMs), ...teamClosing },
          strict,
        ),
      ),
    ),
    agents: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id,
            nickname: Type.String({ minLength: 1, maxLength: 16 }),
            role: Type.Optional(
              Type.Union([Type.Literal('agent'), Type.Literal('supervisor'), Type.Literal('admin')], {
                default: 'agent',
              }),
            ),
            teams: Type.Optional(Type.Array(id)),
            capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000, default: 5 })),
            disabled: Type.Optional(Type.Boolean({ default: false })),
            skills: Type.Optional(Skills),
            shifts: Type.Optional(Hours),
            password: Type.Optional(Secret),
          },
          strict,
        ),
      ),
    ),
    apps: Type.Optional(Type.Array(Type.Object({ id, ...appFields }, strict))),
    rules: Type.Optional(RulesDocument),
  },
  strict,
)
export type ConfigurationDocument = Static<typeof ConfigurationDocument>

/** What `apply` did or, with `dryRun`, would do. */
export const ConfigurationChange = Type.Object({
  kind: Type.Union([
    Type.Literal('organization'),
    Type.Literal('account'),
    Type.Literal('team'),
    Type.Literal('agent'),
    Type.Literal('app'),
    Type.Literal('rules'),
  ]),
  id: Type.String(),
  change: Type.Union([
    Type.Literal('created'),
    Type.Literal('changed'),
    Type.Literal('unchanged'),
    Type.Literal('removed'),
    Type.Literal('left'),
  ]),
  fields: Type.Array(Type.String(), { description: 'Names of the fields that differ' }),
})
export type ConfigurationChange = Static<typeof ConfigurationChange>

export const AppliedConfiguration = Type.Object({
  changes: Type.Array(ConfigurationChange),
  warnings: Type.Array(RuleFinding, {
    description: 'What is doubtful in rules and weights; it did not stand in the way',
  }),
})
export type AppliedConfiguration = Static<typeof AppliedConfiguration>
