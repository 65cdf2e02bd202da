import type { PublicEvent, ServerFrame } from '@duoke/contract'
import { DuokeError } from '../duoke-error.ts'
import type { Connection } from '../send-request.ts'
import type { EventsOptions } from './events-options.ts'
import { eventsOverHttp } from './events-over-http.ts'
import { openStream, type Stream } from './open-stream.ts'
import type { EndReason, StreamState } from './stream-state.ts'

/** More than this waiting for a slow reader, and the socket is closed until the reader has caught up. */
const mostWaiting = 2_000

export async function* followEvents(
  connection: Connection,
  options: EventsOptions,
): AsyncGenerator<PublicEvent, void, undefined> {
  const wanted = options.types === undefined ? undefined : new Set<string>(options.types)
  // Node 20 has no WebSocket; the log can also be followed over plain HTTP.
  const events =
    connection.ports.openSocket === undefined
      ? eventsOverHttp(connection, options)
      : eventsOverSocket(connection, options)
  for await (const event of events) {
    if (wanted === undefined || wanted.has(event.type)) yield event
  }
}

async function* eventsOverSocket(
  connection: Connection,
  options: EventsOptions,
): AsyncGenerator<PublicEvent, void, undefined> {
  const reader = new SocketReader(connection, options)
  const stop = () => reader.stop()
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    while (!options.signal?.aborted) {
      const event = await reader.next()
      if (event === undefined) return
      yield event
    }
  } finally {
    reader.stop()
    options.signal?.removeEventListener('abort', stop)
  }
}

class SocketReader {
  readonly #connection: Connection
  readonly #view: 'agent' | 'all'
  #stream: Stream | undefined
  #waiting: PublicEvent[] = []
  #cursor: string | undefined
  #ended: EndReason | undefined
  #wake: () => void = () => {}

  constructor(connection: Connection, options: EventsOptions) {
    this.#connection = connection
    this.#view = options.view ?? 'all'
    this.#cursor = options.after
  }

  /** `undefined` when the caller has stopped. */
  async next(): Promise<PublicEvent | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#ended === 'closed') return undefined
      if (this.#ended !== undefined) throw endedBecause(this.#ended)
      this.#stream ??= this.#open()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        // The stream may have ended while it was opened, before anybody could listen.
        if (this.#ended !== undefined || this.#waiting.length > 0) resolve()
      })
    }
    return this.#waiting.shift()
  }

  stop(): void {
    this.#ended = 'closed'
    this.#stream?.close()
    this.#wake()
  }

  #open(): Stream {
    return openStream(this.#connection, {
      view: this.#view,
      ...(this.#cursor === undefined ? {} : { after: this.#cursor }),
      onFrame: (frame) => this.#take(frame),
      onState: (state) => this.#see(state),
    })
  }

  #take(frame: ServerFrame): void {
    if (frame.type !== 'event') return
    this.#waiting.push(frame.event as PublicEvent) // the frame's schema leaves the facts open; the contract types them
    if (this.#waiting.length >= mostWaiting) {
      const stream = this.#stream
      this.#stream = undefined
      this.#cursor = stream?.cursor() ?? frame.event.cursor
      stream?.close()
    }
    this.#wake()
  }

  #see(state: StreamState): void {
    if (state.kind !== 'ended' || state.reason === 'closed') return
    this.#ended = state.reason
    this.#wake()
  }
}

function endedBecause(reason: Exclude<EndReason, 'closed'>): DuokeError {
  switch (reason) {
    case 'unauthenticated':
    case 'revoked':
      return new DuokeError('unauthenticated', 'The token has ended.', { retryable: false })
    case 'insufficient_scope':
      return new DuokeError('insufficient_scope', 'The token may not follow events.', { retryable: false })
    case 'cursor_expired':
      return new DuokeError('cursor_expired', 'Read a snapshot and follow from its cursor.', { retryable: false })
    case 'protocol':
      return new DuokeError('invalid_request', 'The server did not understand this client.', { retryable: false })
    default:
      return reason satisfies never
  }
}
