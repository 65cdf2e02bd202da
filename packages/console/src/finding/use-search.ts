import type { Message } from '@duoke/contract'
import { searchWords } from '@duoke/domain'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { client } from '../live/client.ts'

const patienceMs = 250
const pageSize = 50
/** A page may be short while there are more: so many are asked for before one is shown as it is. */
const mostShortPages = 10

type Found = {
  readonly state: 'nothing-asked' | 'asking' | 'there' | 'failed'
  /** Newest first. */
  readonly messages: readonly Message[]
  readonly next: string | null
}
const nothingAsked: Found = { state: 'nothing-asked', messages: [], next: null }

/** Messages with the words, of one conversation or of all, asked for when the writing pauses. */
export function useSearch(text: string, conversationId?: string) {
  const words = useMemo(() => searchWords(text), [text])
  const [found, setFound] = useState<Found>(nothingAsked)
  const asked = useRef<AbortController>(undefined)
  const read = useCallback(
    async (before: readonly Message[], after: string | null) => {
      asked.current?.abort()
      const stop = new AbortController()
      asked.current = stop
      setFound({ state: 'asking', messages: before, next: null })
      try {
        const page = await readPage({ text, conversationId, after }, stop.signal)
        if (!stop.signal.aborted) setFound({ state: 'there', messages: [...before, ...page.items], next: page.next })
      } catch {
        if (!stop.signal.aborted) setFound({ state: 'failed', messages: before, next: after })
      }
    },
    [text, conversationId],
  )
  useEffect(() => {
    if (words.length === 0) {
      setFound(nothingAsked)
      return
    }
    const timer = setTimeout(() => void read([], null), patienceMs)
    return () => {
      clearTimeout(timer)
      asked.current?.abort()
    }
  }, [words, read])
  const more = useCallback(() => {
    if (found.state === 'there' && found.next !== null) void read(found.messages, found.next)
  }, [found, read])
  return { words, ...found, more }
}

type Asked = { readonly text: string; readonly conversationId: string | undefined; readonly after: string | null }

async function readPage({ text, conversationId, after }: Asked, signal: AbortSignal) {
  const query = { text: text.slice(0, 200), limit: pageSize, ...(conversationId && { conversation: conversationId }) }
  let next = after
  for (let page = 0; ; page += 1) {
    const { items, next: rest } = await client.messages.search({ ...query, ...(next && { after: next }) }, { signal })
    if (items.length > 0 || rest === null || page === mostShortPages) return { items, next: rest }
    next = rest
  }
}
