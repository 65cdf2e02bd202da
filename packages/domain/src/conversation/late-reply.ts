import type { Content, OutgoingContent } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type AskedAnswer, type CommandOf, type Decision, type Late, refuse } from '../commands.ts'
import type { OrganizationState } from '../organization/state.ts'
import { emitSubmitted, utf8Length } from './messages.ts'
import { allowanceAt } from './quota.ts'

/** WeChat's limit for texts, customer messages and passive replies alike (protocol reference, section 2.4). */
const textLimitBytes = 2048

/** Why an answer may not be the passive reply; null when it may. Words of the delivery log, stable. */
export function dropReasonOf(state: OrganizationState, conversationId: string, answer: AskedAnswer): string | null {
  const conversation = state.conversations.get(conversationId)
  const app = state.apps.get(answer.appId)
  const account = conversation === undefined ? undefined : state.accounts.get(conversation.accountId)
  if (conversation === undefined || account === undefined) return 'account_removed'
  if (!app?.attachments.some(({ accountId }) => accountId === conversation.accountId)) return 'app_removed'
  if (conversation.holder.kind === 'agent') return 'agent_holds'
  if (!conversation.following) return 'customer_unreachable'
  if (conversation.blocked !== undefined) return 'customer_blocked'
  if (answer.outcome === 'transfer') return app.scopes.includes('sessions:manage') ? null : 'no_right_to_transfer'
  if (answer.outcome !== 'reply') return null
  if (!app.scopes.includes('messages:send')) return 'no_right_to_send'
  // Mini-programs take no passive reply but the transfer (protocol reference, section 9).
  if (account.settings.kind === 'mini-program') return 'no_passive_reply'
  return isTooLong(answer.content) ? 'content_refused' : null
}

/** An answer that was not the passive reply: sent as a customer message where its owner wants that and it may be. */
export function sendLate(
  attempt: Attempt,
  conversationId: string,
  answer: { readonly appId: string; readonly content: Content; readonly media?: Readonly<Record<string, string>> },
): Late {
  const { state, context } = attempt
  const { appId } = answer
  const drop = (reason: string): Late => ({ became: 'dropped', reason })
  const conversation = state.conversations.get(conversationId)
  const app = state.apps.get(appId)
  const attachment = app?.attachments.find(({ accountId }) => accountId === conversation?.accountId)
  if (conversation === undefined || app === undefined || attachment === undefined) return drop('app_removed')
  if (conversation.holder.kind === 'agent') return drop('agent_holds')
  if (attachment.lateReplies === 'drop') return drop('policy')
  if (!app.scopes.includes('messages:send')) return drop('no_right_to_send')
  const { holder } = conversation
  if (holder.kind === 'queue' || (holder.kind === 'app' && holder.appId !== appId)) return drop('held_by_another')
  if (!conversation.following) return drop('customer_unreachable')
  const content = asCustomerMessage(answer.content)
  if (content === null || isTooLong(answer.content)) return drop('content_refused')
  const allowance = allowanceAt(conversation, context.atMs)
  if (allowance.state !== 'open') return drop(allowance.state === 'used' ? 'quota_used' : 'window_closed')
  const actor = { kind: 'app', appId } as const
  const outgoing = { actor, content, reserved: allowance.window.trigger, ...filesOf(content) }
  return { became: 'queued-as-message', messageId: emitSubmitted(attempt, conversation, outgoing) }
}

export function takeLateReply(attempt: Attempt, command: CommandOf<'reply.late'>): Decision {
  const { conversationId, messageId, appId, content } = command
  if (!attempt.state.conversations.has(conversationId)) return refuse('not_found')
  const late = sendLate(attempt, conversationId, { appId, content })
  const { became } = late
  const reason = 'reason' in late ? { reason: late.reason } : {}
  attempt.emit({
    type: 'reply.came-late',
    actor: { kind: 'app', appId },
    facts: { conversationId, messageId, appId, became, ...reason },
  })
  return accept(attempt, { conversationId, late })
}

const isTooLong = (content: Content): boolean => content.type === 'text' && utf8Length(content.text) > textLimitBytes

/** Null for what the customer-message API has no form for. */
function asCustomerMessage(content: Content): OutgoingContent | null {
  switch (content.type) {
    case 'text':
      return { type: 'text', text: content.text }
    case 'image':
    case 'voice':
      return { type: content.type, mediaId: content.mediaId }
    case 'video': {
      const { mediaId, title, description } = content
      const words = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) }
      return { type: 'video', mediaId, ...words }
    }
    case 'news':
      return content.articles.length === 1 ? { type: 'news', articles: content.articles } : null
    default:
      return null
  }
}

function filesOf(content: OutgoingContent): { mediaIds?: string[] } {
  return 'mediaId' in content ? { mediaIds: [content.mediaId] } : {}
}
