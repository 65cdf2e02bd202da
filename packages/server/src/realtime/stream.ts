import { type ClientFrame, closeCodes } from '@duoke/contract'
import type { WebSocket } from 'ws'
import type { FindCaller } from '../http/caller.ts'
import type { Tokens } from '../identity/tokens.ts'
import type { ConversationsShown, Joined } from './conversations-shown.ts'
import { greet } from './greeting.ts'
import { type Hub, type HubPorts, openHub } from './hub.ts'
import type { Presence } from './presence.ts'
import { type Socket, socketTimes, wrapSocket } from './socket.ts'
import type { EndReason } from './subscriber.ts'

export type StreamPorts = HubPorts & {
  readonly find: FindCaller
  readonly tokens: Pick<Tokens, 'stillValid' | 'onEnded'>
  readonly presence: Presence
  readonly shown: ConversationsShown
  readonly times?: typeof socketTimes
  /** How often tokens of open streams are looked at again; with the moment it takes, revocation acts within 5 s. */
  readonly recheckMs?: number
}

export type Streams = AsyncDisposable & {
  /** Takes a connection over; `credential` is what the handshake carried, if anything. */
  accept(ws: WebSocket, credential: string | null): void
  /** The organization's log was rewritten: cursors are worth nothing. */
  rewritten(org: string): Promise<void>
  readonly count: number
}

/** All sockets of this server. */
export function createStreams(ports: StreamPorts): Streams {
  const hubs = createHubs(ports, (org) => void rewritten(org).catch(ports.onError))
  const open = new Map<Socket, Joined | null>()
  const joined = () => [...open.values()].filter((one) => one !== null)
  const endWhere = (isMeant: (one: Joined) => boolean, why: EndReason) => {
    for (const one of joined()) if (isMeant(one)) one.subscriber.end(why)
  }
  async function rewritten(org: string): Promise<void> {
    const hub = hubs.forget(org)
    endWhere((one) => one.org === org, 'cursor_expired')
    await (await hub)?.[Symbol.asyncDispose]()
  }
  const stopListening = ports.tokens.onEnded((org, tokenIds) =>
    endWhere((one) => one.org === org && tokenIds.includes(one.caller.tokenId), 'revoked'),
  )
  const rechecking = setInterval(
    () => void recheck(ports.tokens, joined()).catch(ports.onError),
    ports.recheckMs ?? 2000,
  )
  rechecking.unref()

  return {
    get count() {
      return open.size
    },
    accept: (ws, credential) => acceptSocket(ws, credential, { ...ports, hubOf: hubs.of, open }),
    rewritten,
    async [Symbol.asyncDispose]() {
      clearInterval(rechecking)
      stopListening()
      for (const socket of open.keys()) socket.end('shutting_down')
      await hubs[Symbol.asyncDispose]()
    },
  }
}

type Accepting = StreamPorts & {
  readonly hubOf: (org: string) => Promise<Hub>
  readonly open: Map<Socket, Joined | null>
}

function acceptSocket(ws: WebSocket, credential: string | null, ports: Accepting): void {
  const { open, presence, shown } = ports
  const times = ports.times ?? socketTimes
  const gone = new AbortController()
  let joined: Joined | null = null
  let hasBegun = false
  /** What a client says without waiting for `ready`; the rate of frames bounds it. */
  const early: ClientFrame[] = []
  const socket = wrapSocket(ws, times, {
    onFrame(frame) {
      if (joined !== null) return shown.hear(joined, frame)
      if (hasBegun) return void early.push(frame)
      hasBegun = true
      clearTimeout(late)
      greet(frame, { socket, credential, find: ports.find, hubOf: ports.hubOf })
        .then((made) => (made === null ? undefined : begin(made)))
        .catch((error: unknown) => {
          ports.onError(error)
          socket.close(1011, 'internal')
        })
    },
    onClosed() {
      clearTimeout(late)
      gone.abort()
      open.delete(socket)
      if (joined === null) return
      shown.left(joined)
      joined.hub.leave(joined.subscriber)
      if (joined.subscriber.agentId !== null) presence.left(joined.org, joined.subscriber.agentId)
    },
  })
  open.set(socket, null)
  const late = setTimeout(() => socket.close(closeCodes.protocol, 'no hello in time'), times.helloWithinMs)

  async function begin(made: Joined) {
    if (gone.signal.aborted) return
    joined = made
    open.set(socket, made)
    if (made.subscriber.agentId !== null) presence.arrived(made.org, made.subscriber.agentId)
    for (const frame of early) shown.hear(made, frame)
    await made.hub.join(made.subscriber, gone.signal)
  }
}

async function recheck(tokens: Pick<Tokens, 'stillValid'>, joined: readonly Joined[]): Promise<void> {
  for (const [org, ofOrg] of Map.groupBy(joined, (one) => one.org)) {
    const valid = await tokens.stillValid(org, [...new Set(ofOrg.map(({ caller }) => caller.tokenId))])
    for (const { caller, subscriber } of ofOrg) {
      const scopes = valid.get(caller.tokenId)
      if (scopes === undefined || !scopes.has('events:read')) subscriber.end('revoked')
      else subscriber.scopes = scopes
    }
  }
}

/** One hub for each organization that has had a socket here. */
function createHubs(ports: HubPorts, onRewritten: (org: string) => void) {
  const hubs = new Map<string, Promise<Hub>>()
  return {
    of(org: string): Promise<Hub> {
      const known = hubs.get(org)
      if (known !== undefined) return known
      const opening = openHub(org, ports, () => onRewritten(org))
      hubs.set(org, opening)
      opening.catch(() => hubs.delete(org))
      return opening
    },
    forget(org: string): Promise<Hub> | undefined {
      const known = hubs.get(org)
      hubs.delete(org)
      return known
    },
    async [Symbol.asyncDispose]() {
      for (const hub of await Promise.allSettled(hubs.values())) {
        if (hub.status === 'fulfilled') await hub.value[Symbol.asyncDispose]()
      }
    },
  }
}
