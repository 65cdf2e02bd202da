import { Type } from 'typebox'
import { RecordEntry } from '../record.ts'
import { declare, Id, Page, page, strict } from './declaration.ts'

const instant = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }))

export const recordOperations = {
  listRecords: declare({
    method: 'GET',
    path: '/v1/records',
    tag: 'records',
    scope: 'records:read',
    status: 200,
    snapshot: true,
    summary:
      'Every message, recall and session change in log order, oldest first; a page may be short while `next` leads on',
    query: Type.Object(
      {
        ...page,
        from: instant('RFC 3339 instant: from here on, this moment included'),
        to: instant('RFC 3339 instant: up to here, this moment left out'),
        conversation: Type.Optional(Id),
        account: Type.Optional(Id),
        agent: Type.Optional(Id),
        app: Type.Optional(Id),
      },
      strict,
    ),
    response: Page(RecordEntry),
    errors: ['invalid_request'],
  }),
  exportArchive: declare({
    method: 'GET',
    path: '/v1/export',
    tag: 'records',
    scope: 'organization:manage',
    status: 200,
    binary: true,
    summary:
      'Download everything of the organization as a tar of open formats; needs records:read, configuration:read and media too',
    errors: ['insufficient_scope'],
  }),
} as const
