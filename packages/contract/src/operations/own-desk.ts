import { Type } from 'typebox'
import { AgentPreferences, Draft } from '../own-desk.ts'
import { declare, strict } from './declaration.ts'

const tag = 'identity'
const scope = 'presence:manage'

/** What is an agent's own at the desk, on every screen. */
export const ownDeskOperations = {
  getDraft: declare({
    method: 'GET',
    path: '/v1/me/drafts/{conversationId}',
    tag,
    scope,
    status: 200,
    summary: 'What one has half written in a conversation',
    response: Draft,
    errors: ['not_found', 'not_permitted'],
  }),
  putDraft: declare({
    method: 'PUT',
    path: '/v1/me/drafts/{conversationId}',
    tag,
    scope,
    status: 200,
    summary: 'Keep what is half written: the last write wins, and says so by its version',
    body: Type.Object(
      {
        text: Type.String({ maxLength: 10_000 }),
        version: Type.Integer({ minimum: 0, maximum: 2 ** 50, description: 'The newest that the writer has seen' }),
      },
      strict,
    ),
    response: Draft,
    errors: ['not_found', 'not_permitted'],
  }),
  getPreferences: declare({
    method: 'GET',
    path: '/v1/me/preferences',
    tag,
    scope,
    status: 200,
    summary: 'How one has set up the console',
    response: AgentPreferences,
    errors: ['not_permitted'],
  }),
  putPreferences: declare({
    method: 'PUT',
    path: '/v1/me/preferences',
    tag,
    scope,
    status: 200,
    summary: 'Set up the console: all of it, what is left out goes',
    body: AgentPreferences,
    response: AgentPreferences,
    errors: ['not_permitted'],
  }),
} as const
