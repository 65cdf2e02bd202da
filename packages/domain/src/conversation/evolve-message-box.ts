import type { LoggedEvent } from '@duoke/contract'
import type { OrganizationState } from '../organization/state.ts'
import { enterLeftLine, leaveLeftLine } from './left.ts'
import type { ConversationState, LeftState } from './state.ts'

export type MessageBoxEvent = Extract<LoggedEvent, { type: `message-box.${string}` }>

/** What became of the message that is left; its line is that of after the event. */
export function evolveLeft(state: OrganizationState, conversation: ConversationState, event: MessageBoxEvent): void {
  leaveLeftLine(state, conversation)
  const after = leftAfter(conversation.left, event)
  delete conversation.left
  if (after !== undefined) conversation.left = after
  enterLeftLine(state, conversation)
}

function leftAfter(left: LeftState | undefined, event: MessageBoxEvent): LeftState | undefined {
  switch (event.type) {
    case 'message-box.left': {
      const { sessionId, cause, plan } = event.facts
      const { position, atMs: sinceMs } = event
      const isTold = plan.messageBox?.reply === null
      return { sessionId, cause, sinceMs, position, plan, ...(isTold && { isTold }) }
    }
    case 'message-box.taken':
      return undefined
    case 'message-box.expired':
      return left && { ...left, isExpired: true }
    case 'message-box.resolved':
      return left && { ...left, resolvedAtMs: event.atMs }
    case 'message-box.reopened': {
      const { resolvedAtMs: _, ...open } = left ?? {}
      return left && (open as LeftState) // it lacks what may be left out
    }
  }
}

/** The customer wrote: WeChat lets one answer again. */
export function revive(state: OrganizationState, conversation: ConversationState): void {
  const { left } = conversation
  if (left?.isExpired !== true) return
  const { isExpired: _, ...alive } = left
  conversation.left = alive
  enterLeftLine(state, conversation)
}
