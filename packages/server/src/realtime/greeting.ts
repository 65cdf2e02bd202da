import { type ClientFrame, closeCodes } from '@duoke/contract'
import type { Caller, FindCaller } from '../http/caller.ts'
import type { Joined } from './conversations-shown.ts'
import type { Hub } from './hub.ts'
import type { Socket } from './socket.ts'
import type { Subscriber } from './subscriber.ts'

type Greeted = {
  readonly socket: Socket
  readonly credential: string | null
  readonly find: FindCaller
  readonly hubOf: (org: string) => Promise<Hub>
}

/** Answers the first frame: `ready`, or a close that says why not. */
export async function greet(frame: ClientFrame, { socket, credential, find, hubOf }: Greeted): Promise<Joined | null> {
  const refuse = (code: number, reason: string) => {
    socket.close(code, reason)
    return null
  }
  if (frame.type !== 'hello') return refuse(closeCodes.protocol, 'the first frame is hello')
  const token = frame.token ?? credential
  const caller = token === null ? null : await find(token)
  if (caller === null) return refuse(closeCodes.unauthenticated, 'unauthenticated')
  if (!caller.scopes.has('events:read')) return refuse(closeCodes.insufficientScope, 'events:read')
  const hub = await hubOf(caller.org)
  const position = frame.after === undefined ? hub.position : hub.positionOf(frame.after)
  if (position === null) {
    socket.end('cursor_expired')
    return null
  }
  if (!socket.isOpen) return null
  const subscriber = subscriberOf(socket, caller, frame.view, position)
  socket.send({ type: 'ready', cursor: hub.cursorAt(position), view: subscriber.view })
  return { org: caller.org, caller, hub, subscriber }
}

function subscriberOf(socket: Socket, caller: Caller, view: 'agent' | 'all' | undefined, position: number): Subscriber {
  const agentId = caller.holder.kind === 'agent' ? caller.holder.agentId : null
  return {
    tokenId: caller.tokenId,
    agentId,
    view: view ?? (agentId === null ? 'all' : 'agent'),
    scopes: caller.scopes,
    watching: new Set(),
    unseen: new Set(),
    position,
    send: socket.sendText,
    sendParts: socket.sendParts,
    drained: socket.drained,
    end: socket.end,
  }
}
