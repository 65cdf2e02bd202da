import type { ClientFrame } from '@duoke/contract'
import type { Typing } from '../conversation/typing.ts'
import type { Log } from '../events/log.ts'
import { actorOf, type Caller, laneOf } from '../http/caller.ts'
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

/** Begins or ends an unseen look; answers whether the log took it. */
export type Look = (from: Joined, conversationId: string, isLooking: boolean) => Promise<boolean>

/** An unseen look is a command like any other: nobody looks on without the log's keeping it. */
export function lookingBy(log: Pick<Log, 'submit'>): Look {
  return async ({ org, caller }, conversationId, isLooking) => {
    const target = { actor: actorOf(caller), conversationId }
    const outcome = await log.submit(
      org,
      isLooking ? { type: 'session.watch', ...target } : { type: 'session.leave', ...target, onlyWatching: true },
      { lane: laneOf(caller) },
    )
    return outcome.accepted
  }
}

export function createConversationsShown(
  ports: RoomPorts & { readonly typing: Typing; readonly look: Look },
): ConversationsShown {
  const rooms = new Map<string, Room>()

  function roomOf({ org, hub }: Joined): Room {
    const known = rooms.get(org)
    if (known?.hub === hub) return known
    known?.[Symbol.dispose]()
    const room = openRoom(org, hub, ports)
    rooms.set(org, room)
    return room
  }

  function watch(joined: Joined, conversationIds: readonly string[], unseen: readonly string[] = []): void {
    const room = roomOf(joined)
    const before = new Set(joined.subscriber.watching)
    lookUnseen(joined, new Set(unseen), { room, look: ports.look })
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
          return watch(from, frame.conversationIds, frame.unseen)
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

/** Begins and ends unseen looks, so that exactly those that are asked for are in the log. */
function lookUnseen(
  joined: Joined,
  asked: ReadonlySet<string>,
  { room, look }: { readonly room: Room; readonly look: Look },
): void {
  const { subscriber } = joined
  const before = subscriber.unseen
  const wanted = subscriber.scopes.has('sessions:supervise') ? asked : new Set<string>()
  subscriber.unseen = new Set(wanted)
  for (const id of before.difference(wanted)) void look(joined, id, false).catch(() => {})
  for (const id of wanted.difference(before)) {
    const show = () => {
      subscriber.unseen.delete(id)
      room.say(id)
    }
    // What the log did not take is no unseen look: colleagues are told like of any other.
    void look(joined, id, true).then((isTaken) => (isTaken ? undefined : show()), show)
  }
}
