import type { Attempt } from '../attempt.ts'
import { isOpenLeft } from '../conversation/left.ts'
import type { Told } from './tell-place.ts'

/** What the customer is to be told of the message that is left; null: they know, or there is none. */
export function leftReplyTo({ state }: Pick<Attempt, 'state'>, conversationId: string): Told | null {
  const conversation = state.conversations.get(conversationId)
  if (conversation?.left === undefined || !isOpenLeft(conversation) || conversation.left.isTold === true) return null
  const text = conversation.left.plan.messageBox?.reply
  return text == null ? null : { text }
}
