import type { Conversation, QuickReply, QuickReplyPart } from '@duoke/contract'
import { type RefObject, useState } from 'react'
import { flushSync } from 'react-dom'
import { useMe, useSelf } from '../live/use-live.ts'
import { fillIn, valuesFor } from '../quick-replies/fill-in.ts'

type Options = {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly put: (parts: readonly QuickReplyPart[]) => void
  readonly onText: (text: string) => void
}

/** Puts a quick reply where it was asked for: its last text to be edited in the field, what comes before it in the tray. */
export function usePutReply(conversation: Conversation, { field, put, onText }: Options) {
  const self = useSelf()
  const me = useMe()
  const [id, setId] = useState<string>()
  const putReply = (reply: QuickReply, from: number, to: number) => {
    const values = valuesFor(conversation, self?.nickname ?? '', me?.organization.name ?? '')
    const parts = reply.parts.map((part) => fillIn(part, values))
    const last = parts.at(-1)
    const words = last?.type === 'text' ? last.text : ''
    const { current } = field
    if (current === null) return
    const ahead = last?.type === 'text' ? parts.slice(0, -1) : parts
    const written = current.value.slice(0, from)
    // What was written before it also goes before it.
    const isPushedAhead = ahead.length > 0 && written.trim() !== ''
    const before = isPushedAhead ? '' : written
    flushSync(() => {
      put(isPushedAhead ? [{ type: 'text', text: written.trim() }, ...ahead] : ahead)
      onText(before + words + current.value.slice(to))
      setId(reply.id)
    })
    current.focus()
    current.setSelectionRange(before.length + words.length, before.length + words.length)
  }
  return { id, put: putReply, forget: () => setId(undefined) }
}
