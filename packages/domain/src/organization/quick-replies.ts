import {
  type Actor,
  type QuickReplyContent,
  type QuickReplyOwner,
  quickReplyLimits,
  quickReplyVariables,
} from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, type Refusal, refuse } from '../commands.ts'
import { utf8Length } from '../conversation/messages.ts'
import type { OrganizationState, QuickReplyState } from './state.ts'

/** What WeChat takes as the text of a customer message (protocol reference, section 5.8); variables may still grow. */
const textLimitBytes = 2048

export function addQuickReplies(attempt: Attempt, command: CommandOf<'quick-replies.add'>): Decision {
  const { actor, owner, replies } = command
  const { state, context } = attempt
  const refusal = refusalToKeep(state, owner, command) ?? refusalOfTexts(replies)
  if (refusal !== null) return refusal
  if (state.quickReplies.size + replies.length > quickReplyLimits.all) return refuse('limit_reached')
  const quickReplyIds = replies.map((reply) => {
    const quickReplyId = context.ids.draw('quickReply')
    save(attempt, actor, { quickReplyId, owner }, reply)
    return quickReplyId
  })
  return accept(attempt, { quickReplyIds })
}

export function changeQuickReply(attempt: Attempt, command: CommandOf<'quick-reply.change'>): Decision {
  const { actor, quickReplyId, reply } = command
  const known = visibleTo(attempt.state, command)
  if (known === null) return refuse('not_found')
  const refusal = refusalToKeep(attempt.state, known.owner, command) ?? refusalOfTexts([reply])
  if (refusal !== null) return refusal
  save(attempt, actor, known, reply)
  return accept(attempt, { quickReplyIds: [quickReplyId] })
}

export function removeQuickReply(attempt: Attempt, command: CommandOf<'quick-reply.remove'>): Decision {
  const { actor, quickReplyId } = command
  const known = visibleTo(attempt.state, command)
  if (known === null) return refuse('not_found')
  const refusal = refusalToKeep(attempt.state, known.owner, command)
  if (refusal !== null) return refusal
  attempt.emit({ type: 'quick-reply.removed', actor, facts: { quickReplyId } })
  return accept(attempt)
}

type Asking = { readonly actor: Actor; readonly mayShare: boolean }

/** Somebody else's own do not exist for anybody. */
function visibleTo(
  state: OrganizationState,
  { actor, quickReplyId }: { readonly actor: Actor; readonly quickReplyId: string },
): QuickReplyState | null {
  const known = state.quickReplies.get(quickReplyId)
  if (known === undefined) return null
  return known.owner.kind === 'agent' && !isSelf(actor, known.owner.agentId) ? null : known
}

function refusalToKeep(state: OrganizationState, owner: QuickReplyOwner, { actor, mayShare }: Asking): Refusal | null {
  switch (owner.kind) {
    case 'agent':
      return isSelf(actor, owner.agentId) ? null : refuse('not_permitted', "Another agent's quick replies are theirs")
    case 'team':
      if (!mayShare) return refuse('not_permitted', 'Needs the scope quick-replies:manage')
      return state.teams.has(owner.teamId) ? null : refuse('invalid_request', `There is no team ${owner.teamId}`)
    case 'organization':
      return mayShare ? null : refuse('not_permitted', 'Needs the scope quick-replies:manage')
    default:
      return owner satisfies never
  }
}

const isSelf = (actor: Actor, agentId: string): boolean => actor.kind === 'agent' && actor.agentId === agentId

function refusalOfTexts(replies: readonly QuickReplyContent[]): Refusal | null {
  for (const { title, parts } of replies) {
    if (title.trim() === '') return refuse('invalid_request', 'A title is needed')
    for (const part of parts) {
      if (part.type !== 'text') continue
      if (utf8Length(part.text) > textLimitBytes) {
        return refuse('content_refused', `A text of “${title}” has more than ${textLimitBytes} bytes`)
      }
      const unknown = unknownVariable(part.text)
      if (unknown !== null) return refuse('invalid_request', `“${title}” names {{${unknown}}}, which nobody fills in`)
    }
  }
  return null
}

function unknownVariable(text: string): string | null {
  const known: readonly string[] = quickReplyVariables
  for (const [, name = ''] of text.matchAll(/\{\{([^{}]*)\}\}/g)) if (!known.includes(name.trim())) return name
  return null
}

function save(
  attempt: Attempt,
  actor: Actor,
  { quickReplyId, owner }: QuickReplyState,
  reply: QuickReplyContent,
): void {
  const { title, group, parts } = reply
  const mediaIds = parts.flatMap((part) => (part.type === 'image' ? [part.mediaId] : []))
  attempt.emit({
    type: 'quick-reply.saved',
    actor,
    facts: { quickReplyId, owner, ...(mediaIds.length > 0 && { mediaIds }) },
    personal: { title, group, parts: [...parts] },
  })
}
