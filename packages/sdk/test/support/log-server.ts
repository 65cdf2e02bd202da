import type { ClientFrame, PublicEvent, ServerFrame } from '@duoke/contract'
import type { SocketLike } from '../../src/ports.ts'
import type { VirtualTime } from './virtual-time.ts'

type Line = { socket: FakeSocket; sentUpTo: number; ready: boolean }

/** The event stream of a server, over sockets whose frames take time and may be lost with the connection. */
export class LogServer {
  readonly heard: ClientFrame[] = []
  readonly urls: string[] = []
  epoch = 1
  /** Refuse connections: the server is down. */
  down = false
  /** Connections open but nothing passes, in either direction. */
  blackHole = false
  readonly #time: VirtualTime
  readonly #latencyMs: () => number
  #head = 0
  #lines: Line[] = []

  constructor(time: VirtualTime, latencyMs: () => number = () => 5) {
    this.#time = time
    this.#latencyMs = latencyMs
  }

  get head(): number {
    return this.#head
  }

  get connected(): number {
    return this.#lines.length
  }

  cursor(position = this.#head): string {
    return `${this.epoch}:${position}`
  }

  append(count = 1): void {
    this.#head += count
    for (const line of this.#lines) this.#flush(line)
  }

  /** As after a restored backup: fewer events, and no old cursor is worth anything. */
  restore(head: number): void {
    this.epoch += 1
    this.#head = head
    this.cutAll()
  }

  cutAll(code = 1006): void {
    for (const { socket } of this.#lines.splice(0)) socket.cut(code)
  }

  send(frame: ServerFrame): void {
    for (const { socket } of this.#lines) socket.deliver(JSON.stringify(frame))
  }

  readonly open = (url: string): SocketLike => {
    this.urls.push(url)
    const socket: FakeSocket = new FakeSocket(this.#time, this.#latencyMs, (text) => this.#hear(socket, text))
    socket.swallowing = this.blackHole
    this.#time.schedule(this.#latencyMs(), () => {
      if (this.down) socket.cut(1006)
      else socket.open()
    })
    return socket
  }

  #hear(socket: FakeSocket, text: string): void {
    const frame = JSON.parse(text) as ClientFrame // written by the client under test
    this.heard.push(frame)
    if (frame.type !== 'hello') return
    const after = frame.after === undefined ? this.#head : this.#positionOf(frame.after)
    if (after === undefined) {
      socket.deliver(JSON.stringify({ type: 'reset', reason: 'cursor_expired' } satisfies ServerFrame))
      return
    }
    const line = { socket, sentUpTo: after, ready: true }
    this.#lines.push(line)
    const ready: ServerFrame = { type: 'ready', cursor: this.cursor(after), view: frame.view ?? 'agent' }
    socket.deliver(JSON.stringify(ready))
    this.#flush(line)
  }

  #positionOf(cursor: string): number | undefined {
    const [epoch, position] = cursor.split(':').map(Number)
    return epoch === this.epoch ? position : undefined
  }

  #flush(line: Line): void {
    if (line.socket.closed) {
      this.#lines = this.#lines.filter((other) => other !== line)
      return
    }
    while (line.sentUpTo < this.#head) {
      line.sentUpTo += 1
      line.socket.deliver(JSON.stringify({ type: 'event', event: this.#event(line.sentUpTo) }))
    }
  }

  #event(position: number): PublicEvent {
    return {
      type: 'account.heard',
      facts: { accountId: 'acme-oa' },
      position,
      cursor: this.cursor(position),
      version: 1,
      at: '2026-01-05T09:00:00.000Z',
      actor: { kind: 'system' },
      conversationId: null,
    }
  }
}

class FakeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null
  onmessage: SocketLike['onmessage'] = null
  onclose: SocketLike['onclose'] = null
  onerror: SocketLike['onerror'] = null
  closed = false
  swallowing = false
  readonly #time: VirtualTime
  readonly #latencyMs: () => number
  readonly #toServer: (text: string) => void
  #arrivesMs = 0

  constructor(time: VirtualTime, latencyMs: () => number, toServer: (text: string) => void) {
    this.#time = time
    this.#latencyMs = latencyMs
    this.#toServer = toServer
  }

  open(): void {
    if (!this.closed) this.onopen?.(undefined as never) // the client looks at no open event
  }

  send(text: string): void {
    this.#later(() => this.#toServer(text))
  }

  deliver(text: string): void {
    this.#later(() => this.onmessage?.({ data: text }))
  }

  /** From our side; a real socket tells its own side too. */
  close(code = 1000): void {
    this.cut(code)
  }

  cut(code: number): void {
    if (this.closed) return
    this.closed = true
    this.#time.schedule(0, () => this.onclose?.({ code }))
  }

  /** In order, as TCP has it; what is under way when the connection ends is lost. */
  #later(run: () => void): void {
    this.#arrivesMs = Math.max(this.#arrivesMs, this.#time.nowMs + this.#latencyMs())
    this.#time.schedule(this.#arrivesMs - this.#time.nowMs, () => {
      if (!this.closed && !this.swallowing) run()
    })
  }
}
