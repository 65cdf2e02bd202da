import type { Actor } from '@duoke/contract'
import type { Command } from '../commands.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Random } from '../random.ts'

type Cast = { readonly holder: Actor; readonly someone: Actor; readonly agents: readonly string[] }

/** Something that supervision does with a conversation; mostly nothing. */
export function supervisionCommand(random: Random, conversation: ConversationState, cast: Cast): Command | null {
  const beside = besideCommand(random, conversation)
  if (beside !== null) return beside
  return random.chance(0.15) ? verbOf(random, conversation.id, cast) : null
}

/** What comes of a raised hand, and of who is beside the holder. */
function besideCommand(random: Random, conversation: ConversationState): Command | null {
  const { id: conversationId } = conversation
  if (conversation.hand !== undefined && random.chance(0.4)) {
    const by: Actor = { kind: 'agent', agentId: random.chance(0.5) ? 'ann' : conversation.hand.agentId }
    return { type: random.chance(0.5) ? 'session.answer-hand' : 'session.lower-hand', actor: by, conversationId }
  }
  const besides = Object.keys(conversation.beside ?? {})
  if (besides.length > 0 && random.chance(0.15)) {
    const by: Actor = { kind: 'agent', agentId: random.pick(besides) ?? 'ann' }
    return { type: 'session.leave', actor: by, conversationId, onlyWatching: random.chance(0.3) }
  }
  return null
}

/** Mostly by the supervisor, so that something comes of it; hands mostly by the holder. */
function verbOf(random: Random, conversationId: string, { holder, someone, agents }: Cast): Command {
  const supervisor: Actor = { kind: 'agent', agentId: 'ann' }
  const actor = random.chance(0.85) ? supervisor : someone
  switch (random.below(8)) {
    case 0:
      return { type: 'session.watch', actor, conversationId }
    case 1:
      return { type: 'session.join', actor, conversationId, reason: 'training' }
    case 2:
      return { type: 'session.whisper', actor, conversationId, text: '先道歉' }
    case 3:
    case 4: {
      const toAgentId = random.pick(agents) ?? 'ann'
      const reason = random.chance(0.8) ? { reason: 'urgent' } : {}
      return { type: 'session.seize', actor, conversationId, toAgentId, overCapacity: random.chance(0.7), ...reason }
    }
    case 5:
      return { type: 'session.raise-hand', actor: holder, conversationId, note: '客户很生气' }
    case 6:
      return { type: 'session.lower-hand', actor: holder, conversationId }
    default:
      return { type: 'session.answer-hand', actor, conversationId, ...(random.chance(0.5) && { text: '我来' }) }
  }
}

export function capacityCommand(random: Random, someone: Actor, agents: readonly string[]): Command {
  const actor: Actor = random.chance(0.8) ? { kind: 'agent', agentId: 'ann' } : someone
  const ttl = random.chance(0.6) ? { ttlMs: 60_000 * (1 + random.below(60)) } : {}
  const capacity = random.chance(0.2) ? null : random.below(5)
  return { type: 'agent.set-capacity', actor, agentId: random.pick(agents) ?? 'ann', capacity, ...ttl }
}

type Noted = { readonly actor: Actor; readonly conversationId: string; readonly position: number }

/** Colleagues write to each other, mostly to somebody who is there. */
export function noteCommand(random: Random, agents: readonly string[], { position, ...of }: Noted): Command {
  const agentId = random.chance(0.9) ? (random.pick(agents) ?? 'ann') : 'nobody'
  if (random.chance(0.3)) return { type: 'agent.see-mentions', actor: of.actor, agentId, upTo: position }
  return { type: 'conversation.note', ...of, text: '请看一下', mentions: random.chance(0.7) ? [agentId, agentId] : [] }
}
