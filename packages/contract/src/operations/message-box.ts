import { Type } from 'typebox'
import { Conversation } from '../resources.ts'
import { ReasonCode } from '../session-settings.ts'
import { declare, Id, note, Page, page, strict } from './declaration.ts'

const one = '/v1/conversations/{conversationId}/message-left'

/** 留言: what customers left when nobody served them. */
export const messageBoxOperations = {
  listMessagesLeft: declare({
    method: 'GET',
    path: '/v1/messages-left',
    tag: 'conversations',
    scope: 'conversations:read',
    status: 200,
    snapshot: true,
    summary: 'Conversations in which a message is left and open, the oldest first',
    query: Type.Object(
      {
        ...page,
        team: Type.Optional(Type.Intersect([Id], { description: 'Left for this team' })),
        account: Type.Optional(Id),
      },
      strict,
    ),
    response: Page(Conversation),
    errors: ['invalid_request'],
  }),
  takeMessageLeft: declare({
    method: 'POST',
    path: `${one}/take`,
    tag: 'conversations',
    scope: 'sessions:manage',
    status: 200,
    summary: 'Go on with a message left: opens a session with oneself, while WeChat lets one answer',
    response: Conversation,
    errors: [
      ...(['not_found', 'not_permitted', 'held_by_another', 'already_closed', 'customer_blocked'] as const),
      ...(['customer_unreachable', 'agent_offline', 'capacity_reached', 'window_closed', 'quota_used'] as const),
    ],
  }),
  resolveMessageLeft: declare({
    method: 'POST',
    path: `${one}/resolve`,
    tag: 'conversations',
    scope: 'sessions:manage',
    status: 200,
    summary: 'Say that a message left needs no session; the reasons are those of closing',
    body: Type.Object({ reason: Type.Optional(ReasonCode), note }, strict),
    response: Conversation,
    errors: ['not_found', 'not_permitted', 'held_by_another', 'already_closed', 'reason_needed', 'reason_unknown'],
  }),
  reopenMessageLeft: declare({
    method: 'POST',
    path: `${one}/reopen`,
    tag: 'conversations',
    scope: 'sessions:manage',
    status: 200,
    summary: 'Take back that a message left was resolved, until another session begins',
    response: Conversation,
    errors: ['not_found', 'not_permitted', 'already_closed', 'already_open'],
  }),
} as const
