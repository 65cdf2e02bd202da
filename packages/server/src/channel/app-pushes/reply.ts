import { openReply, type PassiveReply, type PushCredentials, type ReplyRefusal } from '@duoke/wechat'
import type { EgressResult } from '../egress.ts'
import type { AppServer, ClearPush } from './seal.ts'

export type AppReply = Exclude<PassiveReply, { readonly type: 'transfer_customer_service' }>

/** What an app's server made of one try of a push. */
export type AppAnswer =
  /** `success` or nothing: it has the push and nothing to say. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'reply'; readonly reply: AppReply }
  /** `transfer_customer_service`, perhaps to a named agent. */
  | { readonly kind: 'transfer'; readonly kfAccount: string | null }
  /** It has the push, and what came back is no answer: WeChat would show the customer a fault, and not push again. */
  | { readonly kind: 'malformed'; readonly reason: MalformedReason }
  /** It may not have the push: there will be another try. */
  | { readonly kind: 'failed'; readonly reason: FailedReason }

export type MalformedReason = ReplyRefusal | 'other-customer' | 'other-account' | 'empty-reply'
/** `status`: any other than 200. `refused`: the address is none that a push may go to. */
export type FailedReason = 'unreachable' | 'refused-address' | 'timeout' | 'cut-off' | 'status'
/** Why an app that has a right to answer was not even asked. */
export type NotAskedReason = 'gone' | 'behind' | 'unavailable'

const failedReasons: readonly FailedReason[] = ['unreachable', 'refused-address', 'timeout', 'cut-off', 'status']
const notAskedReasons: readonly NotAskedReason[] = ['gone', 'behind', 'unavailable']
/** Of words as the log keeps them: those of a push that the app may not have. */
export const failures: ReadonlySet<string> = new Set(failedReasons)
export const notAsked: ReadonlySet<string> = new Set(notAskedReasons)

/** Whether the app has the push: it is then not pushed again. */
export function hasTaken(answer: AppAnswer): boolean {
  return answer.kind !== 'failed'
}

/** Whether the app kept to WeChat's contract; those that do not are counted, and suspended. */
export function isProper(answer: AppAnswer): boolean {
  return answer.kind !== 'failed' && answer.kind !== 'malformed'
}

export function readAppAnswer(
  result: EgressResult,
  { push, server, credentials }: { push: ClearPush; server: AppServer; credentials: PushCredentials },
): AppAnswer {
  if (result.sent !== 'yes') return failureOf(result)
  if (result.status !== 200) return { kind: 'failed', reason: 'status' }
  const reading = openReply(credentials, { body: result.body, format: server.format })
  switch (reading.kind) {
    case 'acknowledgement':
      return { kind: 'silent' }
    case 'invalid':
      return malformed(reading.reason)
    case 'reply':
      // A reply to somebody else than who wrote is a fault of the app, and never shown to either.
      if (reading.toUser !== push.fromUser) return malformed('other-customer')
      if (reading.fromUser !== push.toUser) return malformed('other-account')
      return answerOf(reading.reply)
    default:
      return reading satisfies never
  }
}

function answerOf(reply: PassiveReply): AppAnswer {
  if (reply.type === 'transfer_customer_service') return { kind: 'transfer', kfAccount: reply.kfAccount ?? null }
  if (reply.type === 'text' && reply.content === '') return malformed('empty-reply')
  return { kind: 'reply', reply }
}

function malformed(reason: MalformedReason): AppAnswer {
  return { kind: 'malformed', reason }
}

function failureOf({ sent, error: { code } }: Exclude<EgressResult, { sent: 'yes' }>): AppAnswer {
  if (code === 'too-long') return malformed('too-large')
  if (code === 'deadline') return { kind: 'failed', reason: 'timeout' }
  if (code === 'refused-address' || code === 'bad-url') return { kind: 'failed', reason: 'refused-address' }
  return { kind: 'failed', reason: sent === 'unknown' ? 'cut-off' : 'unreachable' }
}
