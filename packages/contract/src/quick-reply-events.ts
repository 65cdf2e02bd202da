import { Type } from 'typebox'
import { declare } from './event-declaration.ts'
import { id } from './event-parts.ts'
import { QuickReplyContent, QuickReplyOwner } from './quick-replies.ts'

/** An agent's own are nobody else's business: these events are for whoever manages all of them. */
export const quickReplyEvents = {
  'quick-reply.saved': declare({
    version: 1,
    scope: 'quick-replies:manage',
    summary: 'A quick reply was added or changed',
    facts: Type.Object({ quickReplyId: id, owner: QuickReplyOwner, mediaIds: Type.Optional(Type.Array(id)) }),
    personal: QuickReplyContent,
    personalScope: 'quick-replies:manage',
  }),
  'quick-reply.removed': declare({
    version: 1,
    scope: 'quick-replies:manage',
    summary: 'A quick reply was removed',
    facts: Type.Object({ quickReplyId: id }),
  }),
} as const
