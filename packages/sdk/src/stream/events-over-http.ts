import type { PublicEvent } from '@duoke/contract'
import { backoffMs } from '../backoff.ts'
import { DuokeError } from '../duoke-error.ts'
import { routeOf } from '../routes.ts'
import { type Connection, pause, sendRequest } from '../send-request.ts'
import type { EventsOptions } from './events-options.ts'

type EventPage = { readonly items: readonly PublicEvent[]; readonly next: string }

const limits = { baseMs: 500, capMs: 15_000 } as const
const idleMs = 1_000

/** For runtimes without WebSocket: page after page of the log, and a short rest at its end. */
export async function* eventsOverHttp(
  connection: Connection,
  options: EventsOptions,
): AsyncGenerator<PublicEvent, void, undefined> {
  const { ports } = connection
  let after = options.after ?? (await readPage(connection, undefined, options.signal)).next
  let failures = 0
  while (!options.signal?.aborted) {
    try {
      const page = await readPage(connection, after, options.signal)
      failures = 0
      for (const event of page.items) {
        yield event
        after = event.cursor
      }
      after = page.next
      if (page.items.length === 0) await pause(ports, idleMs, options.signal)
    } catch (error) {
      if (options.signal?.aborted) return
      if (!(error instanceof DuokeError) || !error.retryable) throw error
      await pause(ports, backoffMs(failures, limits, ports.random()), options.signal)
      failures += 1
    }
  }
}

function readPage(connection: Connection, after: string | undefined, signal: AbortSignal | undefined) {
  const request = { ...routeOf('listEvents', {}), query: { after, limit: 200 }, ...(signal ? { signal } : {}) }
  // What the operation answers is the contract's word; the server's tests hold it to that.
  return sendRequest(connection, request, async (response) => (await response.json()) as EventPage)
}
