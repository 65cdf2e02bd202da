import type { ServerFrame } from '@duoke/contract'
import { type Bus, subjectOf } from './bus.ts'
import type { Hub } from './hub.ts'

export type Said = { readonly serverId: string; readonly conversationId: string; readonly agentIds: readonly string[] }

/** What is known of who looks at the conversations of one organization: here from the sockets, elsewhere from the bus. */
export type Room = Disposable & {
  readonly hub: Hub
  /** Tells everybody, here and elsewhere, who looks at a conversation now. */
  say(conversationId: string): void
  sayTyping(conversationId: string, agentId: string): void
}

export type RoomPorts = { readonly bus: Bus; readonly serverId: string; readonly nowMs: () => number }

const forgottenAfterMs = 60_000

export function openRoom(org: string, hub: Hub, { bus, serverId, nowMs }: RoomPorts): Room {
  const elsewhere = new Map<string, { readonly said: Said; readonly atMs: number }>()
  const publish = (kind: 'typing' | 'viewing', conversationId: string, agentIds: readonly string[]) =>
    bus.publish(subjectOf(kind, org), Buffer.from(JSON.stringify({ serverId, conversationId, agentIds })))

  const viewersHere = (conversationId: string): string[] => {
    const watchers = [...hub.audience.watchersOf(conversationId)].filter(({ unseen }) => !unseen.has(conversationId))
    const viewers = watchers.map(({ agentId }) => agentId)
    return [...new Set(viewers.filter((agentId) => agentId !== null))]
  }
  const tell = (conversationId: string) => {
    const agentIds = new Set(viewersHere(conversationId))
    for (const [key, { said, atMs }] of elsewhere) {
      if (nowMs() - atMs > forgottenAfterMs) elsewhere.delete(key)
      else if (said.conversationId === conversationId) for (const agentId of said.agentIds) agentIds.add(agentId)
    }
    const frame = bytesOf({ type: 'viewing', conversationId, agentIds: [...agentIds].sort() })
    for (const subscriber of hub.audience.watchersOf(conversationId)) subscriber.send(frame)
  }

  const stopViewing = bus.subscribe(subjectOf('viewing', org), (bytes) => {
    const said = read(bytes)
    if (said.serverId === serverId) return
    elsewhere.set(`${said.serverId} ${said.conversationId}`, { said, atMs: nowMs() })
    tell(said.conversationId)
  })
  const stopTyping = bus.subscribe(subjectOf('typing', org), (bytes) => {
    const { conversationId, agentIds } = read(bytes)
    const [agentId] = agentIds
    if (agentId !== undefined) tellTyping(hub, conversationId, agentId)
  })
  return {
    hub,
    say(conversationId) {
      publish('viewing', conversationId, viewersHere(conversationId))
      tell(conversationId)
    },
    sayTyping: (conversationId, agentId) => publish('typing', conversationId, [agentId]),
    [Symbol.dispose]() {
      stopViewing()
      stopTyping()
    },
  }
}

/** To whoever looks at the conversation or holds it, but the writer. */
function tellTyping(hub: Hub, conversationId: string, agentId: string): void {
  const frame = bytesOf({ type: 'typing', conversationId, agentId })
  const holder = hub.holdings.agentOf(conversationId)
  const readers = new Set([
    ...hub.audience.watchersOf(conversationId),
    ...(holder === null ? [] : hub.audience.ofAgent(holder)),
  ])
  for (const subscriber of readers) if (subscriber.agentId !== agentId) subscriber.send(frame)
}

const bytesOf = (frame: ServerFrame) => Buffer.from(JSON.stringify(frame))

/** Only our own servers speak on the bus. */
function read(bytes: Uint8Array): Said {
  return JSON.parse(new TextDecoder().decode(bytes)) as Said // written by `publish`
}
