import type { Body, Conversation, Facts } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

type Left = NonNullable<Conversation['messageLeft']>
const minute = 60_000

/** A customer wrote while nobody served: the session that began became a message left. */
export function leaveMessage(
  world: FakeWorld,
  id: string,
  { words, sinceMs, teamId = null }: { words: string; sinceMs: number; teamId?: string | null },
): void {
  world.receive(id, { type: 'text', text: words }, -sinceMs)
  const { holder: from, customer, sessionId } = world.conversation(id)
  const session = { conversationId: id, sessionId: sessionId ?? '' }
  const by = { kind: 'rule', rule: 'routing' } as const
  const messageBox = { reply: null, atOpening: 'stay' as const }
  const plan = { rule: null, teamId, overflow: [], messageBox } as unknown as Facts<'message-box.left'>['plan'] // the console reads no more of it
  const cause = 'nobody-serves' as const
  const none = { status: 'closed', holder: { kind: 'nobody' }, assignee: null, waitingSince: null } as const
  const messageLeft: Left = {
    sessionId: session.sessionId,
    since: world.at(-sinceMs),
    teamId,
    cause,
    atOpening: 'stay',
  }
  world.change(id, { ...none, sessionId: null, messageLeft })
  world.emit('session.closed', by, { ...session, from, cause: 'message-left' }, undefined, -sinceMs)
  const facts = { ...session, customerId: customer.id, cause, plan }
  world.tell(world.emit('message-box.left', by, facts, undefined, -sinceMs), id)
}

export const messagesLeftIn = (world: FakeWorld): Conversation[] =>
  [...world.conversations.values()].filter(({ messageLeft: left }) => left !== undefined && !left.resolvedAt)

/** Without the fields that are to be gone. */
function put(world: FakeWorld, id: string, left: Left | undefined): void {
  const { messageLeft: _, ...rest } = world.conversation(id)
  world.conversations.set(id, { ...rest, ...(left !== undefined && { messageLeft: left }) })
  world.change(id, {})
}

const factsOf = (world: FakeWorld, id: string) => {
  const { customer, messageLeft } = world.conversation(id)
  return { conversationId: id, customerId: customer.id, sessionId: messageLeft?.sessionId ?? '' }
}

/** WeChat's last window is over. */
export function expireLeft(world: FakeWorld, id: string): void {
  const { messageLeft, quota } = world.conversation(id)
  if (messageLeft === undefined) return
  put(world, id, { ...messageLeft, expired: true })
  world.change(id, { quota: { ...quota, remaining: 0, expiresAt: world.at(-minute), windows: [] } })
  world.tell(world.emit('message-box.expired', { kind: 'rule', rule: 'message-box' }, factsOf(world, id)), id)
}

/** The customer adds something: WeChat lets one answer again. */
export function addToLeft(world: FakeWorld, id: string, words: string): void {
  const { expired: _, ...alive } = world.conversation(id).messageLeft ?? {}
  put(world, id, alive as Left) // it lacks what may be left out
  world.receive(id, { type: 'text', text: words })
}

export function takeLeft(world: FakeWorld, id: string, agentId = world.selfId): Conversation {
  const facts = factsOf(world, id)
  put(world, id, undefined)
  world.tell(world.emit('message-box.taken', { kind: 'agent', agentId }, { ...facts, cause: 'agent' }), id)
  world.assign(id, agentId, 'accept')
  return world.conversation(id)
}

export function resolveLeft(world: FakeWorld, id: string, body: Body<'resolveMessageLeft'> = {}): Conversation {
  const { messageLeft } = world.conversation(id)
  const { reason, note } = body
  if (messageLeft !== undefined) put(world, id, { ...messageLeft, resolvedAt: world.at() })
  const agentId = world.selfId
  const facts = { ...factsOf(world, id), agentId, ...(reason !== undefined && { reason }) }
  const personal = note === undefined ? {} : { note }
  world.tell(world.emit('message-box.resolved', { kind: 'agent', agentId }, facts, personal), id)
  return world.conversation(id)
}

export function reopenLeft(world: FakeWorld, id: string): Conversation {
  const { resolvedAt: _, ...open } = world.conversation(id).messageLeft ?? {}
  put(world, id, open as Left) // it lacks what may be left out
  const agentId = world.selfId
  world.tell(world.emit('message-box.reopened', { kind: 'agent', agentId }, { ...factsOf(world, id), agentId }), id)
  return world.conversation(id)
}
