import { type EventType, eventTypes, type Scope } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Cursors } from '../events/cursor.ts'
import type { Feed } from '../events/feed.ts'
import type { Caller } from '../http/caller.ts'
import type { Handlers, OperationRequest } from '../http/handler.ts'
import { defaultLimit } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import { headOf, type Reads } from '../http/snapshot.ts'
import type { Tokens } from '../identity/tokens.ts'
import { readEventPage } from './event-store.ts'
import { publicEventOf, seesPersonal, visibleTypes } from './public-event.ts'

export type EventsPorts = {
  readonly database: Database
  readonly feed: Feed
  readonly reads: Reads
  readonly cursors: Cursors
  readonly tokens: Pick<Tokens, 'stillValid'>
  /** Aborts when the server stops taking work. */
  readonly draining: AbortSignal
}

/** GET /v1/events: a page of the log behind a cursor, or Server-Sent Events for whoever prefers them. */
export function eventHandlers(ports: EventsPorts): Pick<Handlers, 'listEvents'> {
  return {
    async listEvents(request) {
      const { caller, query, accept, lastEventId } = request
      const types = wantedTypes(query.types, caller.scopes)
      if (!/\btext\/event-stream\b/.test(accept)) return { body: await readPage(ports, request, types) }
      const after = lastEventId ?? query.after
      const start = await ports.reads.read(caller.org, (tx) => headOf(tx, caller.org))
      const position = positionOf(ports.cursors, start, after)
      const stream = follow(ports, {
        caller,
        epoch: start.epoch,
        position,
        types,
        conversation: query.conversation,
        signal: request.signal,
      })
      return { stream, contentType: 'text/event-stream; charset=utf-8' }
    },
  }
}

/** Types asked for, as far as the token may see them. */
function wantedTypes(asked: string | undefined, scopes: ReadonlySet<Scope>): Set<EventType> {
  const visible = visibleTypes(scopes)
  if (asked === undefined) return new Set(visible)
  const names = asked.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !eventTypes.some((type) => type === name))
  if (unknown !== undefined) {
    throw new Refused('invalid_request', {
      errors: [{ path: '/query/types', message: `there is no event ${unknown.slice(0, 80)}` }],
    })
  }
  return new Set(visible.filter((type) => names.includes(type)))
}

function positionOf(
  cursors: Cursors,
  { head, epoch }: { head: number; epoch: string },
  after: string | undefined,
): number {
  if (after === undefined) return 0
  const position = cursors.decode(epoch, after)
  if (position === null || position > head) throw new Refused('cursor_expired')
  return position
}

async function readPage(
  ports: EventsPorts,
  { caller, query }: OperationRequest<'listEvents'>,
  types: ReadonlySet<EventType>,
) {
  const limit = query.limit ?? defaultLimit
  return ports.reads.read(caller.org, async (tx) => {
    const start = await headOf(tx, caller.org)
    const position = positionOf(ports.cursors, start, query.after)
    const filter = { after: position, types: [...types], conversationId: query.conversation ?? null, limit }
    const events = await readEventPage(tx, caller.org, filter)
    const cursorAt = (at: number) => ports.cursors.encode(start.epoch, at)
    const items = events.map((event) =>
      publicEventOf(event, seesPersonal(event.type, caller.scopes), cursorAt(event.position)),
    )
    // A page that is not full has looked at everything there was.
    const reached = items.length < limit ? start.head : (items.at(-1)?.position ?? start.head)
    return { items, next: cursorAt(reached) }
  })
}

type Following = {
  readonly caller: Caller
  readonly epoch: string
  readonly position: number
  readonly types: ReadonlySet<EventType>
  readonly conversation: string | undefined
  readonly signal: AbortSignal
}

const lookEveryMs = 2500
const commentEveryMs = 15_000

/** Each event once, with its cursor as `id`, so that a browser's event source resumes by itself. */
async function* follow(ports: EventsPorts, following: Following): AsyncGenerator<string> {
  const { caller, epoch, position, types, conversation } = following
  const signal = AbortSignal.any([following.signal, ports.draining])
  const batches = ports.feed.follow(caller.org, position, { signal, epoch })[Symbol.asyncIterator]()
  let scopes: ReadonlySet<Scope> = caller.scopes
  let lookedMs = performance.now()
  let spokeMs = lookedMs
  let next = batches.next()
  yield 'retry: 1000\n\n'
  try {
    while (!signal.aborted) {
      const batch = await within(next, lookEveryMs, signal)
      const now = performance.now()
      if (now - lookedMs >= lookEveryMs) {
        // Before anything more is shown to somebody whose token has ended.
        const valid = await ports.tokens.stillValid(caller.org, [caller.tokenId])
        scopes = valid.get(caller.tokenId) ?? new Set()
        lookedMs = now
        if (!scopes.has('events:read')) return
      }
      if (batch === 'nothing yet') {
        if (now - spokeMs >= commentEveryMs) {
          spokeMs = now
          yield ': still here\n\n'
        }
        continue
      }
      if (batch.done) return
      next = batches.next()
      let text = ''
      for (const event of batch.value) {
        const cursor = ports.cursors.encode(epoch, event.position)
        const shown = publicEventOf(event, seesPersonal(event.type, scopes), cursor)
        if (!types.has(event.type) || (conversation !== undefined && shown.conversationId !== conversation)) continue
        text += `id: ${cursor}\nevent: ${event.type}\ndata: ${JSON.stringify(shown)}\n\n`
      }
      if (text !== '') yield text
    }
  } finally {
    await batches.return?.()
  }
}

async function within<T>(wanted: Promise<T>, ms: number, signal: AbortSignal): Promise<T | 'nothing yet'> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<'nothing yet'>((resolve) => {
    timer = setTimeout(resolve, ms, 'nothing yet')
    signal.addEventListener('abort', () => resolve('nothing yet'), { once: true })
  })
  try {
    return await Promise.race([wanted, patience])
  } finally {
    clearTimeout(timer)
  }
}
