import { type Static, Type } from 'typebox'

export const tagPattern = '^[A-Za-z0-9\\u4e00-\\u9fff][A-Za-z0-9\\u4e00-\\u9fff_-]{0,31}$'
export const Tag = Type.String({
  pattern: tagPattern,
  description: 'Letters, digits, Chinese, - and _; at most 32',
})
/** So many say what a customer is; more say nothing, and every decision carries them. */
export const mostTags = 30

/** What an organization knows its customers by. */
export const CustomerSettings = Type.Object({
  tags: Type.Array(Tag, {
    maxItems: 500,
    description: 'Tags to choose from; without any, every tag of the right form is taken',
  }),
  firstAgentOwns: Type.Boolean({
    description: 'The first agent who serves a customer without an owner (专属客服) becomes the owner',
  }),
})
export type CustomerSettings = Static<typeof CustomerSettings>

/** Until the configuration says otherwise, and what settings of an earlier version meant. */
export const defaultCustomerSettings: CustomerSettings = { tags: [], firstAgentOwns: false }
