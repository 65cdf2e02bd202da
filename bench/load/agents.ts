// The agents' sockets of one program: they count frames, and note when each message arrived.
import { once } from 'node:events'
import { WebSocket } from 'ws'

export type Frames = { messages: number; otherEvents: number; lists: number; bytes: number }

export type Agents = Disposable & {
  readonly frames: Frames
  /** Each message frame with the moment at which it arrived. */
  watch(onMessage: ((frame: string, atMs: number) => void) | null): void
  /** Resolves when so many frames of events have arrived, at the moment of the last one. */
  eventsReach(count: number, withinMs: number): Promise<number>
  /** Resolves when no frame has come for a while: lists of a flood of changes follow it for seconds. */
  quiet(): Promise<void>
}

export async function openAgents(url: string, tokens: readonly (string | null)[]): Promise<Agents> {
  const frames: Frames = { messages: 0, otherEvents: 0, lists: 0, bytes: 0 }
  let lastEventMs = performance.now()
  let onMessage: ((frame: string, atMs: number) => void) | null = null
  let isEnding = false

  const sockets = await Promise.all(
    tokens.map(async (token) => {
      const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
      await once(socket, 'open')
      if (token !== null) {
        socket.send(JSON.stringify({ type: 'hello', version: 1, token, view: 'agent' }))
        await once(socket, 'message')
      }
      // Without `binaryType` set, ws gives Buffers.
      socket.on('message', (data) => count(data as Buffer))
      socket.on('close', (code, reason) => {
        if (!isEnding) throw new Error(`A socket was closed: ${code} ${reason.toString()}`)
      })
      return socket
    }),
  )

  function count(data: Buffer) {
    frames.bytes += data.length
    const start = data.toString('latin1', 0, 240)
    if (start.startsWith('{"type":"list"')) frames.lists += 1
    if (!start.startsWith('{"type":"event"')) return
    lastEventMs = performance.now()
    if (start.includes('"type":"message.received"')) {
      frames.messages += 1
      onMessage?.(data.toString('utf8'), lastEventMs)
    } else frames.otherEvents += 1
  }

  return {
    frames,
    watch(listener) {
      onMessage = listener
    },
    async eventsReach(wanted, withinMs) {
      const deadline = performance.now() + withinMs
      while (frames.messages + frames.otherEvents < wanted) {
        if (performance.now() > deadline) throw new Error(`${wanted} events were to arrive: ${JSON.stringify(frames)}`)
        await new Promise((done) => setTimeout(done, 2))
      }
      return lastEventMs
    },
    async quiet() {
      for (let before = -1; before !== frames.bytes; ) {
        before = frames.bytes
        await new Promise((done) => setTimeout(done, 400))
      }
    },
    [Symbol.dispose]() {
      isEnding = true
      for (const socket of sockets) socket.terminate()
    },
  }
}
