import { Type } from 'typebox'
import { MessageDays } from '../message-days.ts'
import { Message } from '../resources.ts'
import { declare, Id, Page, page, strict } from './declaration.ts'

/** Finding what was said: by its words, and by its day. */
export const findingOperations = {
  searchMessages: declare({
    method: 'GET',
    path: '/v1/messages',
    tag: 'conversations',
    scope: 'messages:read',
    status: 200,
    summary:
      'Messages in which all words of a text occur, newest first and without their delivery; a page may be short while `next` leads on',
    query: Type.Object(
      {
        ...page,
        text: Type.String({ minLength: 1, maxLength: 200, description: 'Words; each may stand anywhere' }),
        conversation: Type.Optional(Id),
      },
      strict,
    ),
    response: Page(Message),
    errors: ['invalid_request'],
  }),
  listMessageDays: declare({
    method: 'GET',
    path: '/v1/conversations/{conversationId}/days',
    tag: 'conversations',
    scope: 'messages:read',
    status: 200,
    summary: 'On which days of a month something was said in a conversation, and where each day begins',
    query: Type.Object(
      {
        month: Type.Optional(
          Type.String({
            pattern: '^[12]\\d{3}-(0[1-9]|1[0-2])$',
            description: '`2026-11`; without it: the month of the newest message',
          }),
        ),
      },
      strict,
    ),
    response: MessageDays,
    errors: ['invalid_request', 'not_found'],
  }),
} as const
