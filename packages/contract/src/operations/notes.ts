import { Type } from 'typebox'
import { Mention, mostMentions, Note } from '../notes.ts'
import { declare, Id, Page, PageQuery, page, strict } from './declaration.ts'

/** Notes between colleagues, and who is mentioned in them. */
export const noteOperations = {
  writeNote: declare({
    method: 'POST',
    path: '/v1/conversations/{conversationId}/notes',
    tag: 'conversations',
    scope: 'sessions:manage',
    status: 201,
    summary: 'Write a note beside a conversation, whoever holds it; agents who are mentioned are told',
    body: Type.Object(
      {
        text: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
        mentions: Type.Optional(Type.Array(Id, { maxItems: mostMentions })),
      },
      strict,
    ),
    response: Note,
    errors: ['not_found'],
  }),
  listNotes: declare({
    method: 'GET',
    path: '/v1/conversations/{conversationId}/notes',
    tag: 'conversations',
    scope: 'messages:read',
    status: 200,
    snapshot: true,
    summary: 'Notes beside a conversation, newest first',
    query: PageQuery,
    response: Page(Note),
    errors: ['not_found'],
  }),
  listMentions: declare({
    method: 'GET',
    path: '/v1/me/mentions',
    tag: 'conversations',
    scope: 'messages:read',
    status: 200,
    snapshot: true,
    summary: 'Notes in which one was mentioned, newest first',
    query: Type.Object({ ...page, unseen: Type.Optional(Type.Boolean()) }, strict),
    response: Page(Mention),
    errors: ['not_permitted'],
  }),
  seeMentions: declare({
    method: 'POST',
    path: '/v1/me/mentions/seen',
    tag: 'conversations',
    scope: 'messages:read',
    status: 204,
    summary: 'Mark mentions as seen up to a position',
    body: Type.Object({ upTo: Type.Integer({ minimum: 0 }) }, strict),
    errors: ['not_permitted'],
  }),
} as const
