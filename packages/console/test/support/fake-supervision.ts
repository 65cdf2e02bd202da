import type { LiveFigures } from '@duoke/contract'
import type { FakeWorld } from './fake-world.ts'

const sessionOf = (world: FakeWorld, id: string) => ({
  conversationId: id,
  sessionId: world.conversation(id).sessionId ?? '',
})
const self = (world: FakeWorld) => ({ kind: 'agent', agentId: world.selfId }) as const

export function raiseHand(world: FakeWorld, id: string, agentId = world.selfId): void {
  world.change(id, { hand: { agentId, since: world.at() } })
  world.tell(world.emit('session.hand-raised', { kind: 'agent', agentId }, { ...sessionOf(world, id), agentId }), id)
}

export function lowerHand(world: FakeWorld, id: string, outcome: 'answered' | 'withdrawn'): void {
  const { hand, ...rest } = world.conversation(id)
  if (hand === undefined) return
  world.conversations.set(id, rest)
  const facts = { ...sessionOf(world, id), agentId: hand.agentId, outcome }
  world.tell(world.emit('session.hand-lowered', self(world), facts), id)
}

export function whisperIn(world: FakeWorld, id: string, text: string): void {
  const facts = { ...sessionOf(world, id), whisperId: `wh_${world.position}` }
  world.tell(world.emit('session.whispered', self(world), facts, { text }), id)
}

export function join(world: FakeWorld, id: string): void {
  world.change(id, { joinedBy: [{ agentId: world.selfId, mayWrite: true }] })
  const facts = { ...sessionOf(world, id), agentId: world.selfId, mayWrite: true }
  world.tell(world.emit('session.joined', self(world), facts), id)
}

export function leave(world: FakeWorld, id: string): void {
  const { joinedBy: _gone, ...rest } = world.conversation(id)
  world.conversations.set(id, rest)
  world.tell(world.emit('session.left', self(world), { ...sessionOf(world, id), agentId: world.selfId }), id)
}

export function liveOf(world: FakeWorld): LiveFigures {
  const all = [...world.conversations.values()]
  const waiting = all.filter(({ status }) => status === 'waiting')
  const since = waiting.map(({ waitingSince }) => waitingSince ?? '').sort()[0] ?? null
  return {
    at: world.at(),
    waiting: waiting.length,
    longestSince: since,
    queues: since === null ? [] : [{ teamId: null, waiting: waiting.length, longestSince: since }],
    agents: [...world.agents.values()].map(({ id, status, capacity }) => {
      const held = all.filter(({ assignee }) => assignee === id)
      const open = held.filter(({ parked }) => parked === null).length
      const unanswered = held.filter(({ unread }) => unread > 0).length
      const hands = held.filter(({ hand }) => hand !== undefined).length
      return {
        ...{ agentId: id, status, statusSince: world.at(-60_000), statusReason: null, capacity, load: open },
        ...{ open, parked: held.length - open, unanswered, hands },
      }
    }),
  }
}
