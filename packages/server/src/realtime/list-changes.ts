import { readConversations } from '../conversation/queries.ts'
import type { Database } from '../database/client.ts'
import type { Holdings } from './holdings.ts'
import type { Audience, Subscriber } from './subscriber.ts'

/** At most four list frames a second, whatever happens: the newest state of what changed, once. */
const everyMs = 250
/** A flood of changes is told in several frames; what changes again meanwhile is told once. */
const mostInOneFrame = 64

export type ListChanges = Disposable & {
  /** @param isMove it went to somebody else, to the queue or out of it: told before what only grew */
  changed(conversationId: string, isMove: boolean): void
  /** Tells a reader who has just joined how much there is. */
  greet(subscriber: Subscriber): void
}

export type ListPorts = {
  readonly database: Database
  readonly audience: Audience
  readonly holdings: Holdings
  readonly cursor: () => string
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

export function startListChanges(org: string, ports: ListPorts): ListChanges {
  const { audience, holdings } = ports
  const changes = createChanges()
  let timer: NodeJS.Timeout | undefined
  let lastMs = Number.NEGATIVE_INFINITY
  let isStopped = false

  const schedule = () => {
    if (timer !== undefined || isStopped) return
    timer = setTimeout(run, Math.max(0, lastMs + everyMs - ports.nowMs()))
    timer.unref()
  }
  const run = () => {
    lastMs = ports.nowMs()
    flush()
      .catch(ports.onError)
      .finally(() => {
        timer = undefined
        if (changes.size > 0) schedule()
      })
  }

  async function flush() {
    const ids = changes.take(mostInOneFrame)
    const readers = [...audience.all].filter(wantsLists)
    if (readers.length === 0) return
    // What the rows say is at least as new as this; going on behind it repeats, and misses nothing.
    const cursor = ports.cursor()
    const conversations = await ports.database.withOrganization(
      org,
      (tx) => readConversations(tx, org, ids, ports.nowMs()),
      { readOnly: true },
    )
    const body = Buffer.from(JSON.stringify(conversations))
    for (const reader of readers) send(reader, cursor, body)
  }

  const send = (reader: Subscriber, cursor: string, conversations: Buffer) =>
    reader.sendParts([
      Buffer.from(
        `{"type":"list","cursor":${JSON.stringify(cursor)},"counts":${JSON.stringify(holdings.counts(reader.agentId))},"conversations":`,
      ),
      conversations,
      closing,
    ])

  return {
    changed(conversationId, isMove) {
      if (audience.all.size === 0) return
      changes.add(conversationId, isMove)
      schedule()
    },
    greet(subscriber) {
      if (wantsLists(subscriber)) send(subscriber, ports.cursor(), Buffer.from('[]'))
    },
    [Symbol.dispose]() {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

const closing = Buffer.from('}')

const wantsLists = ({ view, scopes }: Subscriber) => view === 'agent' && scopes.has('conversations:read')

/** What is still to be told, moves first; of each conversation once. */
function createChanges() {
  const moved = new Set<string>()
  const grown = new Set<string>()
  return {
    get size() {
      return moved.size + grown.size
    },
    add: (conversationId: string, isMove: boolean) => (isMove ? moved : grown).add(conversationId),
    take(most: number): string[] {
      const ids = new Set<string>()
      for (const id of moved) if (ids.size < most) ids.add(id)
      for (const id of grown) if (ids.size < most) ids.add(id)
      for (const id of ids) {
        moved.delete(id)
        grown.delete(id)
      }
      return [...ids]
    },
  }
}
