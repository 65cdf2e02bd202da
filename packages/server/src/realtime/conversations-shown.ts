import type { ClientFrame } from '@duoke/contract'
import type { Typing } from '../conversation/typing.ts'
import type { Caller } from '../http/caller.ts'
import type { Hub } from './hub.ts'
import { openRoom, type Room, type RoomPorts } from './rooms.ts'
import type { Subscriber } from './subscriber.ts'

/** One socket behind its hello. */
export type Joined = {
  readonly org: string
  readonly caller: Caller
  readonly hub: Hub
  readonly subscriber: Subscriber
}

/** Who looks at which conversation, and who writes in it: told to colleagues on every server, kept by nobody. */
export type ConversationsShown = Disposable & {
  hear(from: Joined, frame: ClientFrame): void
  left(from: Joined): void
}

/** A server that comes later, or missed it, hears of those who look on within this time. */
const saidAgainEveryMs = 20_000

export function createConversationsShown(ports: RoomPorts & { readonly typing: Typing }): ConversationsShown {
  const rooms = new Map<string, Room>()

  function roomOf({ org, hub }: Joined): Room {
    const known = rooms.get(org)
    if (known?.hub === hub) return known
    known?.[Symbol.dispose]()
    const room = openRoom(org, hub, ports)
    rooms.set(org, room)
    return room
  }

  function watch(joined: Joined, conversationIds: readonly string[]): void {
    const room = roomOf(joined)
    const before = new Set(joined.subscriber.watching)
    joined.hub.audience.watch(joined.subscriber, conversationIds)
    for (const id of before.symmetricDifference(new Set(conversationIds))) room.say(id)
  }

  function typing(joined: Joined, conversationId: string): void {
    const { caller, subscriber } = joined
    if (subscriber.agentId === null || !subscriber.scopes.has('messages:send')) return
    roomOf(joined).sayTyping(conversationId, subscriber.agentId)
    // Somebody who does not hold the conversation shows nothing to the customer; that is no error of a typing signal.
    void ports.typing.show(caller, conversationId).catch(() => {})
  }

  const again = setInterval(() => {
    for (const room of rooms.values()) {
      const watched = [...room.hub.audience.all].flatMap(({ watching }) => [...watching])
      for (const id of new Set(watched)) room.say(id)
    }
  }, saidAgainEveryMs)
  again.unref()

  return {
    hear(from, frame) {
      switch (frame.type) {
        case 'watch':
          return watch(from, frame.conversationIds)
        case 'typing':
          return typing(from, frame.conversationId)
        case 'hello':
        case 'pong':
          return
        default:
          return frame satisfies never
      }
    },
    left(from) {
      if (from.subscriber.watching.size > 0) watch(from, [])
    },
    [Symbol.dispose]() {
      clearInterval(again)
      for (const room of rooms.values()) room[Symbol.dispose]()
      rooms.clear()
    },
  }
}
