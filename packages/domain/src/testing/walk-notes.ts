import type { Actor } from '@duoke/contract'
import type { Command } from '../commands.ts'
import type { Random } from '../random.ts'

type Of = { readonly actor: Actor; readonly conversationId: string; readonly position: number }

/** Colleagues write to each other, mostly to somebody who is there. */
export function noteCommand(random: Random, agents: readonly string[], { position, ...of }: Of): Command {
  const agentId = random.chance(0.9) ? (random.pick(agents) ?? 'ann') : 'nobody'
  if (random.chance(0.3)) return { type: 'agent.see-mentions', actor: of.actor, agentId, upTo: position }
  return { type: 'conversation.note', ...of, text: '请看一下', mentions: random.chance(0.7) ? [agentId, agentId] : [] }
}
