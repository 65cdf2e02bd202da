import { Type } from 'typebox'
import { Tag } from './customer-settings.ts'
import { declare } from './event-declaration.ts'
import { conversation, id, instant } from './event-parts.ts'
import { Nullable } from './resources.ts'

const customer = { ...conversation, customerId: id }

/** What the organization itself says of a customer; what identifies the person is in `customer.changed`. */
export const customerEvents = {
  'customer.tagged': declare({
    version: 1,
    scope: 'customers:read',
    summary: 'Tags of a customer were added or taken away',
    facts: Type.Object({ ...customer, added: Type.Array(Tag), removed: Type.Array(Tag) }),
  }),
  'customer.owner-changed': declare({
    version: 1,
    scope: 'customers:read',
    summary: 'A customer got another owner (专属客服), or none',
    facts: Type.Object({ ...customer, from: Nullable(id), to: Nullable(id) }),
  }),
  'customer.blocked': declare({
    version: 1,
    scope: 'customers:read',
    summary: "A customer was blocked: messages are logged, and reach neither agents nor apps' answers",
    facts: Type.Object({ ...customer, until: Nullable(instant) }),
    personal: Type.Object({ note: Type.Optional(Type.String()) }),
    personalScope: 'customers:read',
  }),
  'customer.unblocked': declare({
    version: 1,
    scope: 'customers:read',
    summary: 'A customer is blocked no longer',
    facts: Type.Object({ ...customer, cause: Type.Union([Type.Literal('chosen'), Type.Literal('time')]) }),
  }),
} as const
