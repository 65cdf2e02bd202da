import { type Static, Type } from 'typebox'

const id = Type.String({ minLength: 1, maxLength: 80 })
const strict = { additionalProperties: false } as const

/** Whose it is: seen by that agent, by that team, or by everybody. It never changes hands. */
export const QuickReplyOwner = Type.Union([
  Type.Object({ kind: Type.Literal('agent'), agentId: id }, strict),
  Type.Object({ kind: Type.Literal('team'), teamId: id }, strict),
  Type.Object({ kind: Type.Literal('organization') }, strict),
])
export type QuickReplyOwner = Static<typeof QuickReplyOwner>

/** One message of a quick reply. */
export const QuickReplyPart = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String({ minLength: 1, maxLength: 2048 }) }, strict),
  Type.Object({ type: Type.Literal('image'), mediaId: id }, strict),
])
export type QuickReplyPart = Static<typeof QuickReplyPart>

/** What `{{…}}` in a text may name; whoever sends it fills them in. */
export const quickReplyVariables = ['customer', 'agent', 'account', 'organization'] as const
export type QuickReplyVariable = (typeof quickReplyVariables)[number]

export const quickReplyFields = {
  title: Type.String({ minLength: 1, maxLength: 100 }),
  group: Type.String({ maxLength: 50, default: '', description: 'Under what it is listed; empty: ungrouped' }),
  parts: Type.Array(QuickReplyPart, {
    minItems: 1,
    maxItems: 5,
    description: `The messages it is sent as, in order. Texts may name {{${quickReplyVariables.join('}}, {{')}}}`,
  }),
}
/** What a quick reply says, under which name. */
export const QuickReplyContent = Type.Object(quickReplyFields)
export type QuickReplyContent = Static<typeof QuickReplyContent>

export const QuickReply = Type.Object({
  id,
  owner: QuickReplyOwner,
  ...quickReplyFields,
  pinyin: Type.String({ description: 'How the title is read, a syllable a word, lower case: 您好 is `nin hao`' }),
  uses: Type.Integer({ description: 'How often it was sent' }),
  lastUsedAt: Type.Union([Type.String(), Type.Null()]),
})
export type QuickReply = Static<typeof QuickReply>

/** How many an organization may have, and how many are saved at once. */
export const quickReplyLimits = { all: 10_000, atOnce: 200 } as const
