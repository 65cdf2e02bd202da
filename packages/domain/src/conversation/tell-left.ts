import type { Attempt } from '../attempt.ts'
import { leftReplyTo } from '../routing/left-reply.ts'
import { emitSubmitted } from './messages.ts'
import { allowanceAt } from './quota.ts'

const box = { kind: 'rule', rule: 'message-box' } as const

/** Where no push can be answered: as far as WeChat's allowance lets us, else with the customer's next words. */
export function tellOfLeft(attempt: Attempt, conversationId: string): void {
  const told = leftReplyTo(attempt, conversationId)
  const conversation = attempt.state.conversations.get(conversationId)
  if (told === null || conversation === undefined || !conversation.following) return
  const allowance = allowanceAt(conversation, attempt.context.atMs)
  if (allowance.state !== 'open') return
  const content = { type: 'text', text: told.text } as const
  emitSubmitted(attempt, conversation, { actor: box, content, reserved: allowance.window.trigger })
}
