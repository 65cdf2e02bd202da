import { useCallback, useMemo, useState } from 'react'
import { useMe, useSelf } from '../live/use-live.ts'
import { Drafts } from './drafts.ts'

/** What is half written, kept with every key press: a reload or a crash loses nothing. */
export function useDraft(conversationId: string): [text: string, change: (text: string) => void] {
  const organizationId = useMe()?.organization.id ?? ''
  const agentId = useSelf()?.id ?? ''
  const drafts = useMemo(() => new Drafts(storage(), organizationId, agentId), [organizationId, agentId])
  const [text, setText] = useState(() => drafts.read(conversationId))
  const change = useCallback(
    (next: string) => {
      setText(next)
      drafts.write(conversationId, next)
    },
    [drafts, conversationId],
  )
  return [text, change]
}

function storage(): Storage | undefined {
  try {
    return localStorage
  } catch {
    return undefined
  }
}
