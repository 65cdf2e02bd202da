import { type Message, OutgoingContent } from '@duoke/contract'
import { canonicalJson } from '@duoke/domain'
import { Value } from 'typebox/value'
import type { Transaction } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import { actorOf, type Caller, holderKey } from '../http/caller.ts'

import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { messageOf, readMessage } from './messages.ts'

export type CommandPorts = { readonly log: Pick<Log, 'submit'>; readonly reads: Reads }

type Sending = {
  readonly conversationId: string
  readonly content: OutgoingContent
  readonly clientId: string | undefined
  readonly quickReplyId: string | undefined
  readonly retryKey: string | undefined
}

/**
 * Gives an answer to the log. The sender's own id is the strongest retry key: the same one is never sent twice, whatever
 * became of the first attempt, and however long ago it was (F75).
 */
export async function sendMessage(ports: CommandPorts, caller: Caller, sending: Sending): Promise<Message> {
  const { conversationId, clientId, quickReplyId, retryKey } = sending
  const content = Value.Clean(OutgoingContent, structuredClone(sending.content)) as OutgoingContent // checked before; cleaning only removes
  const mediaIds = mediaIdsOf(content)
  if (mediaIds.length > 0) await ports.reads.read(caller.org, (tx) => requireMedia(tx, caller.org, mediaIds))
  const key = clientId === undefined ? retryKey : `client:${holderKey(caller)}:${clientId}`
  const { events, result, repeated } = await submitFor(
    ports.log,
    caller,
    {
      type: 'message.submit',
      actor: actorOf(caller),
      conversationId,
      content,
      ...(clientId !== undefined && { clientId }),
      ...(quickReplyId !== undefined && { quickReplyId }),
      ...(mediaIds.length > 0 && { mediaIds }),
      anyScope: caller.scopes.has('messages:send:any'),
    },
    { key },
  )
  const submitted = events.find((event) => event.type === 'message.submitted')
  if (submitted !== undefined) return messageOf(submitted)
  const before = await ports.reads.read(caller.org, (tx) =>
    readMessage(tx, caller.org, result.conversationId ?? conversationId, result.messageId ?? ''),
  )
  if (before === null || !repeated) throw new Error('an accepted message is not in the log')
  const isSame = before.conversationId === conversationId && canonicalJson(before.content) === canonicalJson(content)
  if (!isSame && clientId !== undefined) {
    throw new Refused('idempotency_mismatch', { detail: 'This clientId was used for another message.' })
  }
  return before
}

export function mediaIdsOf(content: OutgoingContent): string[] {
  switch (content.type) {
    case 'image':
    case 'voice':
      return [content.mediaId]
    case 'video':
      return content.thumbMediaId === undefined ? [content.mediaId] : [content.mediaId, content.thumbMediaId]
    case 'mini-program':
    case 'music':
      return [content.thumbMediaId]
    case 'text':
    case 'news':
    case 'menu':
    case 'card':
    case 'link':
    case 'article':
      return []
    default:
      return content satisfies never
  }
}

/** Every file that is named has been uploaded. */
export async function requireMedia(tx: Transaction, org: string, mediaIds: readonly string[]): Promise<void> {
  const { rows } = await tx.query<{ media_id: string }>({
    name: 'media_to_send',
    text: `select media_id from media where org_id = $1 and media_id = any($2::text[]) and state = 'stored'`,
    values: [org, [...mediaIds]],
  })
  if (rows.length < new Set(mediaIds).size) throw new Refused('content_refused', { detail: 'Upload the file first.' })
}
