import type { Content } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { placeTold, type Told } from './tell-place.ts'

/** What somebody who waits is told when they ask for their place; null when they did not ask, or the rule has no answer to it. */
export function placeReplyTo(
  { state, context }: Pick<Attempt, 'state' | 'context'>,
  conversationId: string,
  said: Content,
): Told | null {
  const conversation = state.conversations.get(conversationId)
  const asked = conversation?.plan?.placeReply
  if (conversation?.holder.kind !== 'queue' || asked === undefined || said.type !== 'text') return null
  const words = said.text.trim().toLowerCase()
  if (!asked.words.some((word) => word.trim().toLowerCase() === words)) return null
  return placeTold(state, conversation, asked.reply, context.atMs)
}
