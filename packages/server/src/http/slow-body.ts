import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'

/** A sender who says nothing for this long has gone. */
const silentForMs = 30_000

/** Connections whose request is watched here instead of by the server's limit for whole requests. */
const watched = new WeakSet<Socket>()

export function mayTakeLong(socket: Socket): boolean {
  return watched.has(socket)
}

/**
 * A body that may take as long as it needs while it moves on. Only time in which somebody waits for the sender counts: who
 * reads it may be slow as well.
 */
export function takeItsTime(request: IncomingMessage, limitMs = silentForMs): Readable {
  return Readable.from(chunksOf(request, limitMs), { objectMode: false })
}

async function* chunksOf(request: IncomingMessage, limitMs: number): AsyncGenerator<Buffer> {
  const { socket } = request
  const end = () => void request.destroy(new Error('the sender fell silent'))
  const chunks: AsyncIterator<Buffer> = request[Symbol.asyncIterator]()
  watched.add(socket)
  try {
    for (;;) {
      const late = setTimeout(end, limitMs)
      const next = await chunks.next().finally(() => clearTimeout(late))
      if (next.done) return
      yield next.value
    }
  } finally {
    watched.delete(socket)
    if (!request.complete) letItEnd(request, end, limitMs)
  }
}

/** Whoever is still sending would not read the answer if the connection were cut. */
function letItEnd(request: IncomingMessage, end: () => void, limitMs: number): void {
  const late = setTimeout(end, limitMs)
  request.once('close', () => clearTimeout(late))
  request.removeAllListeners('readable')
  request.resume()
}
