import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { useLive, useMe, useSelf } from '../live/use-live.ts'
import type { DraftSync } from './draft-sync.ts'
import { Drafts } from './drafts.ts'

/** What is half written, kept with every key press: a reload or a crash loses nothing. */
export function useDraft(key: string): [text: string, change: (text: string) => void] {
  const drafts = useDrafts()
  const [text, setText] = useState(() => drafts.read(key))
  const change = useCallback(
    (next: string) => {
      setText(next)
      drafts.write(key, next)
    },
    [drafts, key],
  )
  return [text, change]
}

/** The same on every screen of the agent: see draft-sync, which is loaded after the first look. */
export function useSharedDraft(conversationId: string): [text: string, change: (text: string) => void] {
  const drafts = useDrafts()
  const [text, change] = useDraft(conversationId)
  const latest = useRef({ text, change })
  latest.current = { text, change }
  const sync = useRef<DraftSync>(undefined)
  const isLive = useLive(({ link }) => link.kind === 'live')
  useEffect(() => {
    let isOver = false
    const look = () => void sync.current?.look()
    const begin = async () => {
      const { DraftSync } = await import('./draft-sync.ts')
      if (isOver) return
      sync.current = new DraftSync({
        read: () => client.me.draft(conversationId),
        write: (draft) => client.me.putDraft(conversationId, draft),
        mark: () => drafts.readMark(conversationId),
        setMark: (mark) => drafts.writeMark(conversationId, mark),
        text: () => latest.current.text,
        show: (next) => {
          latest.current.text = next
          latest.current.change(next)
        },
        after: (ms, run) => {
          const timer = setTimeout(run, ms)
          return () => clearTimeout(timer)
        },
      })
      look()
    }
    begin().catch(() => {
      // Without it the draft stays on this screen.
    })
    window.addEventListener('focus', look)
    return () => {
      isOver = true
      window.removeEventListener('focus', look)
      sync.current?.end()
      sync.current = undefined
    }
  }, [conversationId, drafts])
  useEffect(() => {
    if (isLive) void sync.current?.look()
  }, [isLive])
  const write = useCallback(
    (next: string) => {
      latest.current.text = next
      change(next)
      if (sync.current === undefined) {
        drafts.writeMark(conversationId, { ...drafts.readMark(conversationId), isAhead: true })
      } else sync.current.changed()
    },
    [change, conversationId, drafts],
  )
  return [text, write]
}

function useDrafts(): Drafts {
  const organizationId = useMe()?.organization.id ?? ''
  const agentId = useSelf()?.id ?? ''
  return useMemo(() => new Drafts(storage(), organizationId, agentId), [organizationId, agentId])
}

function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
