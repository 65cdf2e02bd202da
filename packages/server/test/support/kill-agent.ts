// An agent who answers every message, through the REST interface, from a program that outlives the server.
import { setTimeout as wait } from 'node:timers/promises'
import { ask, type Reply } from './app.ts'

export type KillAgent = {
  /** Positions of the events that it was given, in the order in which it got them. */
  readonly seen: readonly number[]
  /** Ids of the messages whose answer was taken, and of those whose answer was refused, with the reason. */
  readonly answered: ReadonlySet<string>
  readonly refused: ReadonlyMap<string, string>
  /** Resolves when it has read everything and everything is answered. */
  settled(): Promise<void>
  stop(): Promise<void>
}

type Received = { readonly conversationId: string; readonly messageId: string }

/** The text that answers a message; the id makes it one of a kind on every phone. */
export const answerTo = (messageId: string) => `答 ${messageId}`

/** @param url where the server is now; it moves with every restart */
export function startKillAgent(token: string, url: () => string): KillAgent {
  const stopping = new AbortController()
  const seen: number[] = []
  const answered = new Set<string>()
  const refused = new Map<string, string>()
  /** The last answer of each conversation: the next one waits for it. */
  const lines = new Map<string, Promise<void>>()
  let open = 0
  let emptyPages = 0
  let cursor: string | null = null

  const { tryToAsk, persist } = createCalls(token, url, stopping.signal)

  async function answer({ conversationId, messageId }: Received): Promise<void> {
    const body = { type: 'text', text: answerTo(messageId), clientId: `re-${messageId}` }
    const reply = await persist(`/v1/conversations/${conversationId}/messages`, body)
    if (reply?.status === 202) answered.add(messageId)
    else if (reply !== null) refused.set(messageId, `${reply.status} ${reply.body.code}`)
    open -= 1
  }

  async function readPage(): Promise<number | null> {
    const after = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`
    const page = await tryToAsk(`/v1/events?types=message.received&limit=100${after}`)
    if (page === null) return null
    if (page.status !== 200) throw new Error(`the events were refused: ${page.status} ${page.body.code}`)
    for (const event of page.body.items) {
      seen.push(event.position)
      open += 1
      const { conversationId } = event
      const turn = lines.get(conversationId) ?? Promise.resolve()
      lines.set(
        conversationId,
        turn.then(() => answer({ conversationId, messageId: event.facts.messageId })),
      )
    }
    cursor = page.body.next
    return page.body.items.length
  }

  async function keepReading(): Promise<void> {
    while (!stopping.signal.aborted) {
      const found = await readPage()
      emptyPages = found === 0 && open === 0 ? emptyPages + 1 : 0
      if (found === null || found === 0) await wait(60)
    }
  }
  const reading = keepReading()

  return {
    seen,
    answered,
    refused,
    async settled() {
      emptyPages = 0
      while (emptyPages < 2) await Promise.race([wait(50), reading])
    },
    async stop() {
      stopping.abort()
      await reading
      await Promise.all(lines.values())
    },
  }
}

type Calls = {
  /** Null when the server is gone, or goes in the middle of its answer, or has no time now. */
  tryToAsk(path: string, body?: unknown): Promise<Reply | null>
  /** Until somebody answers. */
  persist(path: string, body: unknown): Promise<Reply | null>
}

function createCalls(token: string, url: () => string, stopped: AbortSignal): Calls {
  async function tryToAsk(path: string, body?: unknown): Promise<Reply | null> {
    try {
      const reply = await ask(url(), path, { token, ...(body !== undefined && { body }) })
      return reply.status >= 500 || reply.status === 429 ? null : reply
    } catch {
      return null
    }
  }
  return {
    tryToAsk,
    async persist(path, body) {
      while (!stopped.aborted) {
        const reply = await tryToAsk(path, body)
        if (reply !== null) return reply
        await wait(100)
      }
      return null
    },
  }
}
