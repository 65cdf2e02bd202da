// A client of the stream that remembers everything it was sent.
import { WebSocket } from 'ws'
import type { Json } from './app.ts'

export type TestStream = AsyncDisposable & {
  readonly frames: Json[]
  readonly events: Json[]
  readonly ws: WebSocket
  readonly closed: Promise<{ code: number; reason: string }>
  send(frame: unknown): void
  /** Resolves with the first frame, past or future, that fits. */
  frame(fits: (frame: Json) => boolean, withinMs?: number): Promise<Json>
  /** Newest cursor that was seen: where a client goes on. */
  cursor(): string
}

export type StreamOptions = {
  readonly token?: string
  readonly after?: string
  readonly view?: 'agent' | 'all'
  readonly headers?: Record<string, string>
  readonly hello?: boolean
}

export async function openStream(base: string, options: StreamOptions = {}): Promise<TestStream> {
  const { token, after, view, hello = true } = options
  const ws = new WebSocket(`${base.replace(/^http/, 'ws')}/v1/stream`, { headers: options.headers ?? {} })
  const frames: Json[] = []
  const waiting = new Set<() => void>()
  let cursor = after ?? ''
  ws.on('message', (data) => {
    const frame = JSON.parse(String(data))
    frames.push(frame)
    cursor = frame.cursor ?? frame.event?.cursor ?? cursor
    for (const look of waiting) look()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  ws.on('error', () => {})
  await new Promise<void>((resolve, reject) => {
    ws.once('open', resolve)
    ws.once('unexpected-response', (_request, response) => reject(new Error(`refused with ${response.statusCode}`)))
  })
  const stream: TestStream = {
    frames,
    get events() {
      return frames.filter(({ type }) => type === 'event').map(({ event }) => event)
    },
    ws,
    closed,
    send: (frame) => ws.send(JSON.stringify(frame)),
    cursor: () => cursor,
    frame(fits, withinMs = 5000) {
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(look)
          reject(new Error(`no such frame among ${frames.map(({ type }) => type).join()}`))
        }, withinMs)
        const look = () => {
          const found = frames.find(fits)
          if (found === undefined) return
          clearTimeout(late)
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      })
    },
    async [Symbol.asyncDispose]() {
      ws.terminate()
      await closed
    },
  }
  if (hello) {
    stream.send({ type: 'hello', version: 1, ...(token && { token }), ...(after && { after }), ...(view && { view }) })
  }
  return stream
}
