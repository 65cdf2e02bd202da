import type { Actor, Facts } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { isOpenLeft } from './left.ts'

type Ending = { readonly actor: Actor; readonly cause: Facts<'message-box.taken'>['cause'] }

/** A session begins: it goes on with the message that is left open, if there is one. */
export function endOpenLeft(attempt: Attempt, conversationId: string, { actor, cause }: Ending): void {
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.left === undefined || !isOpenLeft(conversation)) return
  const { customerId, left } = conversation
  const facts = { conversationId, customerId, sessionId: left.sessionId, cause }
  attempt.emit({ type: 'message-box.taken', actor, facts })
}
