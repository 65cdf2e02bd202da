import type { Conversation } from '@duoke/contract'

export type Tone = 'calm' | 'amber' | 'red'
const amberAfterMs = 60_000
const redAfterMs = 100_000

/** How long a customer waits for us: in the queue, or for the answer to what was written last. */
export function waitOf(conversation: Conversation, nowMs: number): { ms: number; tone: Tone } | undefined {
  const since = waitingSince(conversation)
  if (since === undefined) return undefined
  const ms = Math.max(0, nowMs - Date.parse(since))
  return { ms, tone: ms >= redAfterMs ? 'red' : ms >= amberAfterMs ? 'amber' : 'calm' }
}

function waitingSince({ status, waitingSince, lastMessage, parked }: Conversation): string | undefined {
  if (status === 'waiting') return waitingSince ?? undefined
  const isUnanswered =
    status === 'open' && parked === null && lastMessage?.direction === 'in' && lastMessage.kind !== 'action'
  return isUnanswered ? lastMessage.at : undefined
}
