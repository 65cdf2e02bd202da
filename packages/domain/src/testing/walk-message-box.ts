// What has to do with messages left, drawn by numbers of its own: histories without them stay what they were.
import type { Actor, OverflowTarget, Rule } from '@duoke/contract'
import type { Command } from '../commands.ts'
import type { Random } from '../random.ts'
import type { World } from './world.ts'

/** Some rules overflow to an app or the message box as well, or have the box only for the beginning. */
export function withBox(random: Random, { then, ...rule }: Rule): Rule {
  if (!random.chance(0.3)) return { ...rule, then }
  const afterMs = () => 1000 * (1 + random.below(600))
  const overflow: Rule['then']['overflow'] = [
    ...(then.overflow ?? []),
    ...(random.chance(0.3) ? [{ afterMs: afterMs(), app: 'bot' }] : []),
    ...(random.chance(0.5) ? [{ afterMs: afterMs(), messageBox: true as const }] : []),
  ] satisfies OverflowTarget[]
  const messageBox = {
    reply: '请留言',
    ...(random.chance(0.3) && { whenNobodyServes: random.chance(0.5) }),
    ...(random.chance(0.7) && { atOpening: random.chance(0.3) ? ('queue' as const) : ('stay' as const) }),
  }
  return { ...rule, then: { ...then, ...(overflow.length > 0 && { overflow }), messageBox } }
}

/** Something that somebody does with a message left, mostly somebody who is there; null when there is none, or nobody does. */
export function boxCommand(random: Random, { state }: World): Command | null {
  const conversationId = random.pick([...state.conversations.values()].filter(({ left }) => left !== undefined))?.id
  if (conversationId === undefined || !random.chance(0.2)) return null
  const agentId = random.pick([...state.agents.values()].filter(({ status }) => status === 'online'))?.agentId
  const actor: Actor = agentId === undefined || random.chance(0.2) ? { kind: 'operator' } : { kind: 'agent', agentId }
  if (random.chance(0.6)) return { type: 'message-box.take', actor, conversationId }
  return { type: random.chance(0.6) ? 'message-box.resolve' : 'message-box.reopen', actor, conversationId }
}
