import type { ClientFrame, ServerFrame } from '@duoke/contract'
import { backoffMs } from '../backoff.ts'
import type { SocketLike } from '../ports.ts'
import type { Connection } from '../send-request.ts'
import { type EndReason, endOf, type StreamState } from './stream-state.ts'

export type StreamOptions = {
  /** Go on behind this cursor; without it, from now on. */
  readonly after?: string
  readonly view?: 'agent' | 'all'
  /** Every frame in order; each event once, over every loss of the connection. */
  readonly onFrame: (frame: ServerFrame) => void
  readonly onState?: (state: StreamState) => void
  /**
   * The cursor is of another age (a restore, or too long away): read the snapshot again and answer its cursor.
   * Without this the stream ends with `cursor_expired`.
   */
  readonly onReset?: () => Promise<string>
}

export type Stream = {
  /** Replaces the set of conversations whose events one wants beyond those one holds. */
  /** `unseen`: those of them that a supervisor looks at without being shown; the log keeps it. */
  readonly watch: (conversationIds: readonly string[], unseen?: readonly string[]) => void
  readonly typing: (conversationId: string) => void
  readonly close: () => void
  /** Behind everything that was handed over so far. */
  readonly cursor: () => string | undefined
  readonly state: () => StreamState
}

/** The server pings every 15 s; a half-open socket (a laptop's lid) is given up after 40 s. */
const silenceMs = 40_000
/** After sleep nobody knows whether the socket still lives: one that was silent this long is replaced at once. */
const suspiciousMs = 20_000
const steadyMs = 5_000
const reconnectLimits = { baseMs: 500, capMs: 15_000 } as const

export function openStream(connection: Connection, options: StreamOptions): Stream {
  const stream = new ResumingStream(connection, options)
  stream.connect()
  return {
    watch: (ids, unseen) => stream.watch(ids, unseen),
    typing: (conversationId) => stream.send({ type: 'typing', conversationId }),
    close: () => stream.end('closed'),
    cursor: () => stream.cursor,
    state: () => stream.state,
  }
}

class ResumingStream {
  cursor: string | undefined
  state: StreamState = { kind: 'connecting' }
  readonly #connection: Connection
  readonly #options: StreamOptions
  readonly #unwatchDevice: () => void
  #socket: SocketLike | undefined
  #lastPosition = 0
  #attempt = 0
  #watched: readonly string[] = []
  #unseen: readonly string[] = []
  #heardAtMs = 0
  #liveSinceMs: number | undefined
  #cancelTimer: () => void = () => {}

  constructor(connection: Connection, options: StreamOptions) {
    this.#connection = connection
    this.#options = options
    this.cursor = options.after
    this.#unwatchDevice = connection.ports.watchDevice({ wake: () => this.#wake(), lost: () => this.#lost() })
  }

  connect(): void {
    const { openSocket, nowMs } = this.#connection.ports
    if (openSocket === undefined) {
      throw new TypeError('This runtime has no WebSocket: give createClient the class of the package ws')
    }
    this.#become({ kind: 'connecting' })
    this.#heardAtMs = nowMs()
    this.#liveSinceMs = undefined
    const socket = openSocket(`${this.#connection.baseUrl.replace(/^http/, 'ws')}/v1/stream`)
    this.#socket = socket
    socket.onopen = () => this.#hello()
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#hear(data)
    }
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#closed(code)
    }
    socket.onerror = null
    this.#guardAgainstSilence()
  }

  watch(conversationIds: readonly string[], unseen: readonly string[] = []): void {
    this.#watched = conversationIds
    this.#unseen = unseen
    const hidden = unseen.length === 0 ? {} : { unseen: [...unseen] }
    this.send({ type: 'watch', conversationIds: [...conversationIds], ...hidden })
  }

  /** What is not live is not sent: the watched set is told again after a reconnect, a typing signal is worth nothing later. */
  send(frame: ClientFrame): void {
    if (this.state.kind === 'live') this.#socket?.send(JSON.stringify(frame))
  }

  end(reason: EndReason): void {
    if (this.state.kind === 'ended') return
    this.#drop()
    this.#unwatchDevice()
    this.#become({ kind: 'ended', reason })
  }

  #hello(): void {
    const { token } = this.#connection
    const { view } = this.#options
    const frame: ClientFrame = {
      type: 'hello',
      version: 1,
      ...(token === undefined ? {} : { token }),
      ...(this.cursor === undefined ? {} : { after: this.cursor }),
      ...(view === undefined ? {} : { view }),
    }
    this.#socket?.send(JSON.stringify(frame))
  }

  #hear(data: unknown): void {
    if (typeof data !== 'string') return
    this.#heardAtMs = this.#connection.ports.nowMs()
    // The frame is the contract's word; the server's tests hold it to that.
    const frame = JSON.parse(data) as ServerFrame
    switch (frame.type) {
      case 'ready':
        this.cursor ??= frame.cursor
        this.#liveSinceMs = this.#heardAtMs
        this.#become({ kind: 'live' })
        if (this.#watched.length > 0) this.watch(this.#watched, this.#unseen)
        break
      case 'event':
        if (frame.event.position <= this.#lastPosition) return
        this.#lastPosition = frame.event.position
        this.cursor = frame.event.cursor
        break
      case 'list':
        this.cursor = frame.cursor
        break
      case 'reset':
        if (frame.reason === 'cursor_expired') this.#startOver()
        else this.#lost()
        return
      case 'ping':
        this.send({ type: 'pong' })
        return
      case 'typing':
      case 'viewing':
        break
      default:
        // A frame of a later version: the contract says to ignore it.
        frame satisfies never
        return
    }
    this.#options.onFrame(frame)
  }

  /** Our position means nothing any more: only a fresh snapshot can say where to go on. */
  #startOver(): void {
    this.#drop()
    const { onReset } = this.#options
    if (onReset === undefined) {
      this.end('cursor_expired')
      return
    }
    this.#become({ kind: 'connecting' })
    onReset().then(
      (cursor) => {
        if (this.state.kind === 'ended') return
        this.cursor = cursor
        this.#lastPosition = 0
        this.connect()
      },
      () => this.#reconnectLater(() => this.#startOver()),
    )
  }

  #closed(code: number): void {
    this.#drop()
    const reason = endOf(code)
    if (reason === undefined) this.#reconnectLater(() => this.connect())
    else this.end(reason)
  }

  #reconnectLater(run: () => void): void {
    if (this.state.kind === 'ended') return
    const { nowMs, random, schedule } = this.#connection.ports
    const livedMs = this.#liveSinceMs === undefined ? 0 : nowMs() - this.#liveSinceMs
    // A server that greets and hangs up at once must not be met with a storm.
    if (livedMs >= steadyMs) this.#attempt = 0
    const delayMs = backoffMs(this.#attempt, reconnectLimits, random())
    this.#attempt += 1
    this.#cancelTimer()
    this.#cancelTimer = schedule(delayMs, run)
    this.#become({ kind: 'waiting', retryAtMs: nowMs() + delayMs })
  }

  #guardAgainstSilence(): void {
    const { nowMs, schedule } = this.#connection.ports
    this.#cancelTimer()
    const silentForMs = nowMs() - this.#heardAtMs
    if (silentForMs >= silenceMs) this.#lost()
    else this.#cancelTimer = schedule(silenceMs - silentForMs, () => this.#guardAgainstSilence())
  }

  #wake(): void {
    if (this.state.kind === 'ended' || this.#resetting()) return
    const silentForMs = this.#connection.ports.nowMs() - this.#heardAtMs
    if (this.state.kind === 'waiting' || silentForMs >= suspiciousMs) this.#replace()
  }

  #lost(): void {
    if (this.state.kind === 'ended' || this.state.kind === 'waiting' || this.#resetting()) return
    this.#drop()
    this.#reconnectLater(() => this.connect())
  }

  /** Between a reset and its new cursor there is no socket, and none may be opened. */
  #resetting(): boolean {
    return this.state.kind === 'connecting' && this.#socket === undefined
  }

  #replace(): void {
    this.#drop()
    this.connect()
  }

  #drop(): void {
    this.#cancelTimer()
    const socket = this.#socket
    this.#socket = undefined
    socket?.close()
  }

  #become(state: StreamState): void {
    this.state = state
    this.#options.onState?.(state)
  }
}
