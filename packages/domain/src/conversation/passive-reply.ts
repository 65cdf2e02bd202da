import type { AccountSettings, Actor, Content } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { CommandResult } from '../commands.ts'
import { instantOf } from '../instant.ts'
import type { Told } from '../routing/tell-place.ts'
import { holds } from './holder.ts'
import { isOpenLeft } from './left.ts'
import type { ConversationState } from './state.ts'

/** WeChat waits five seconds for a passive reply (protocol reference, section 2.1). */
const passiveReplyExpiresAfterMs = 5000

type AutomaticReply = { readonly rule: 'greeting' | 'keyword'; readonly content: Content }

/**
 * The account's greeting or keyword reply, as WeChat's own console has them; silent while an agent or app holds, and with
 * mini-programs, which take no passive reply (protocol reference, section 9).
 */
export function automaticReply(
  account: AccountSettings,
  { holder }: ConversationState,
  said: Content,
): AutomaticReply | null {
  if (holder.kind === 'agent' || holder.kind === 'app' || account.kind === 'mini-program') return null
  const textOf = (text: string) => ({ type: 'text', text }) as const
  if (said.type === 'action') {
    if (said.action !== 'follow' || account.greeting === null) return null
    return { rule: 'greeting', content: textOf(account.greeting) }
  }
  if (said.type !== 'text') return null
  const words = said.text.trim().toLowerCase()
  const rule = account.keywordReplies.find(({ match, keywords }) =>
    keywords.some((keyword) => {
      const wanted = keyword.trim().toLowerCase()
      return match === 'equals' ? words === wanted : words.includes(wanted)
    }),
  )
  return rule === undefined ? null : { rule: 'keyword', content: textOf(rule.reply) }
}

/** What a routing rule says to whoever begins a session, or leaves a message. */
export function tellAtOnce(
  attempt: Attempt,
  conversationId: string,
  { text, place }: Told,
): ReturnType<typeof replyAtOnce> {
  const conversation = attempt.state.conversations.get(conversationId)
  const rule = conversation !== undefined && isOpenLeft(conversation) ? 'message-box' : 'routing'
  return replyAtOnce(attempt, conversationId, {
    actor: { kind: 'rule', rule },
    content: { type: 'text', text },
    ...(place !== undefined && { place }),
  })
}

type Reply = {
  readonly actor: Actor
  readonly content: Content
  readonly media?: Readonly<Record<string, string>>
  readonly place?: number
}

/** A passive reply leaves with the answer to the push: it costs no quota, and nobody ever learns whether it arrived. */
export function replyAtOnce(
  attempt: Attempt,
  conversationId: string,
  { actor, content, media, place }: Reply,
): NonNullable<CommandResult['passiveReply']> {
  const { state, context } = attempt
  const messageId = context.ids.draw('message')
  const conversation = state.conversations.get(conversationId)
  const holder = conversation?.holder
  attempt.emit({
    type: 'message.submitted',
    actor,
    facts: {
      conversationId,
      sessionId: conversation?.sessionId ?? null,
      stintId: holder !== undefined && 'stintId' in holder && holds(holder, actor) ? holder.stintId : null,
      messageId,
      kind: content.type,
      via: 'passive-reply',
      reserved: null,
      expiresAt: instantOf(context.atMs + passiveReplyExpiresAfterMs),
      ...(place !== undefined && { place }),
    },
    personal: { content },
  })
  attempt.emit({
    type: 'delivery.settled',
    actor: { kind: 'system' },
    facts: { conversationId, messageId, outcome: 'unknown', released: null },
  })
  return { messageId, content, ...(media === undefined ? {} : { media }) }
}
