import { type ClientFrame, ClientFrame as ClientFrameSchema, closeCodes, type ServerFrame } from '@duoke/contract'
import { Compile } from 'typebox/compile'
import type { RawData, WebSocket } from 'ws'
import type { EndReason } from './subscriber.ts'

export const socketTimes = {
  helloWithinMs: 5000,
  pingEveryMs: 15_000,
  deadAfterMs: 40_000,
  closeWithinMs: 5000,
} as const

/** More than this waiting to be sent is a reader who does not read. */
const slowAtBytes = 4 * 1024 * 1024
/** While catching up, the next page waits until less than this is left to send. */
const drainedAtBytes = 512 * 1024
/** Frames that a client may send in a second; a person's typing stays far below. */
const mostFramesPerSecond = 50

const frames = Compile(ClientFrameSchema)

/** One WebSocket: frames in and out, bounded in every direction, and known to be alive (F73). */
export type Socket = {
  send(frame: ServerFrame): void
  sendText(text: Buffer): void
  sendParts(parts: readonly Buffer[]): void
  drained(): Promise<void>
  close(code: number, reason: string): void
  end(why: EndReason): void
  readonly isOpen: boolean
}

export type SocketEvents = {
  onFrame(frame: ClientFrame): void
  onClosed(): void
}

export function wrapSocket(ws: WebSocket, times: typeof socketTimes, events: SocketEvents): Socket {
  const socket = sendingSide(ws, times)
  const alive = watchAlive(ws, socket, times)
  const isWithinRate = createRate()
  ws.on('message', (data: RawData, isBinary: boolean) => {
    alive.heard()
    const frame = isBinary || !isWithinRate() ? null : parse(data)
    if (frame === null) socket.close(closeCodes.protocol, 'not a frame of this protocol')
    else if (socket.isOpen) events.onFrame(frame)
  })
  // Behind what this turn has written: the close frame says what was wrong.
  ws.on('error', () => setImmediate(() => ws.terminate()))
  ws.on('close', () => {
    alive.stop()
    events.onClosed()
  })
  return socket
}

function sendingSide(ws: WebSocket, times: typeof socketTimes): Socket {
  let isEnding = false
  const giveUpOnReader = () => {
    if (isEnding) return
    // Behind everything that waits already: who reads on after all learns why the rest is missing.
    ws.send(JSON.stringify({ type: 'reset', reason: 'slow_reader' }))
    socket.close(closeCodes.slowReader, 'slow_reader')
  }
  const socket: Socket = {
    get isOpen() {
      return ws.readyState === ws.OPEN && !isEnding
    },
    send: (frame) => socket.sendText(Buffer.from(JSON.stringify(frame))),
    sendText: (text) => socket.sendParts([text]),
    sendParts(parts) {
      if (!socket.isOpen) return
      const last = parts.length - 1
      for (const [at, part] of parts.entries()) ws.send(part, { binary: false, fin: at === last })
      if (ws.bufferedAmount > slowAtBytes) giveUpOnReader()
    },
    async drained() {
      while (socket.isOpen && ws.bufferedAmount > drainedAtBytes) {
        await new Promise<void>((resolve) => setTimeout(resolve, 20).unref())
      }
    },
    close(code, reason) {
      if (isEnding) return
      isEnding = true
      ws.close(code, reason)
      // A reader who does not read does not answer the closing handshake either.
      setTimeout(() => ws.terminate(), times.closeWithinMs).unref()
    },
    end(why) {
      if (why === 'cursor_expired') socket.send({ type: 'reset', reason: 'cursor_expired' })
      socket.close(endCodes[why], why)
    },
  }
  return socket
}

const endCodes: Record<EndReason, number> = {
  revoked: closeCodes.revoked,
  shutting_down: closeCodes.shuttingDown,
  cursor_expired: 1000,
}

/** The frame is for clients that cannot see the protocol's own ping; any sign of life counts. */
function watchAlive(ws: WebSocket, socket: Socket, times: typeof socketTimes): { heard(): void; stop(): void } {
  let heardMs = performance.now()
  const heard = () => {
    heardMs = performance.now()
  }
  const heartbeat = setInterval(() => {
    // Looked at once a ping: the last look before the limit is the one that ends it in time.
    if (performance.now() - heardMs > times.deadAfterMs - times.pingEveryMs) return ws.terminate()
    socket.send({ type: 'ping' })
    if (ws.readyState === ws.OPEN) ws.ping()
  }, times.pingEveryMs)
  heartbeat.unref()
  ws.on('pong', heard)
  return { heard, stop: () => clearInterval(heartbeat) }
}

function createRate(): () => boolean {
  let windowMs = performance.now()
  let count = 0
  return () => {
    const now = performance.now()
    if (now - windowMs > 1000) {
      windowMs = now
      count = 0
    }
    count += 1
    return count <= mostFramesPerSecond
  }
}

function parse(data: RawData): ClientFrame | null {
  try {
    // Without `binaryType` set, ws gives Buffers.
    const value: unknown = JSON.parse((data as Buffer).toString('utf8'))
    return frames.Check(value) ? value : null
  } catch {
    return null
  }
}
