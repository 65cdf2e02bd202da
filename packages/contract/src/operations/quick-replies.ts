import { Type } from 'typebox'
import { QuickReply, QuickReplyOwner, quickReplyFields, quickReplyLimits } from '../quick-replies.ts'
import { declare, Page, page, strict } from './declaration.ts'

const { title, group, parts } = quickReplyFields
const content = { title, group: Type.Optional(group), parts }
const refusals = ['invalid_request', 'not_permitted', 'content_refused', 'limit_reached'] as const

export const quickReplyOperations = {
  listQuickReplies: declare({
    method: 'GET',
    path: '/v1/quick-replies',
    tag: 'quick replies',
    scope: 'quick-replies:read',
    status: 200,
    summary: "Quick replies that one may use: one's own, those of one's teams and of the organization",
    query: Type.Object({ ...page, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }, strict),
    response: Page(QuickReply),
    errors: [],
  }),
  createQuickReply: declare({
    method: 'POST',
    path: '/v1/quick-replies',
    tag: 'quick replies',
    scope: 'quick-replies:write',
    status: 201,
    summary: 'Add a quick reply; for a team or the organization with quick-replies:manage',
    body: Type.Object({ owner: QuickReplyOwner, ...content }, strict),
    response: QuickReply,
    errors: refusals,
  }),
  importQuickReplies: declare({
    method: 'POST',
    path: '/v1/quick-replies/import',
    tag: 'quick replies',
    scope: 'quick-replies:write',
    status: 200,
    summary: 'Add many quick replies of one owner at once: all of them or, when one is refused, none',
    body: Type.Object(
      {
        owner: QuickReplyOwner,
        items: Type.Array(Type.Object(content, strict), { minItems: 1, maxItems: quickReplyLimits.atOnce }),
      },
      strict,
    ),
    response: Type.Object({ ids: Type.Array(Type.String()) }),
    errors: refusals,
  }),
  changeQuickReply: declare({
    method: 'PUT',
    path: '/v1/quick-replies/{quickReplyId}',
    tag: 'quick replies',
    scope: 'quick-replies:write',
    status: 200,
    summary: 'Change what a quick reply says; whose it is stays',
    body: Type.Object(content, strict),
    response: QuickReply,
    errors: ['not_found', ...refusals],
  }),
  deleteQuickReply: declare({
    method: 'DELETE',
    path: '/v1/quick-replies/{quickReplyId}',
    tag: 'quick replies',
    scope: 'quick-replies:write',
    status: 204,
    summary: 'Remove a quick reply',
    errors: ['not_found', 'not_permitted'],
  }),
} as const
