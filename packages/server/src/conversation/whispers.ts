import type { LoggedEvent, Whisper } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import type { PageOf } from '../http/keyset.ts'
import { listEvents } from './event-pages.ts'
import { instant } from './queries.ts'

type Whispered = Extract<LoggedEvent, { type: 'session.whispered' }>

export function whisperOf({ facts, position, atMs, actor, personal }: Whispered): Whisper {
  const { whisperId, conversationId, sessionId } = facts
  const text = personal?.text ?? null
  return { id: whisperId, conversationId, sessionId, position, at: instant(atMs), by: actor, text }
}

/** Whispers of a conversation, newest first. */
export const listWhispers = (
  tx: Transaction,
  org: string,
  conversationId: string,
  page: { readonly limit?: number; readonly after?: string },
): Promise<PageOf<Whisper>> => listEvents(tx, org, { conversationId, type: 'session.whispered' }, page, whisperOf)
