import type { QuickReply } from '@duoke/contract'
import { type KeyboardEvent, type RefObject, useCallback, useEffect, useId, useMemo, useState } from 'react'
import { findReplies } from './find-replies.ts'
import { slashBefore } from './slash.ts'
import { useReplyIndex } from './use-quick-replies.ts'

export type ReplyMenu = {
  readonly isOpen: boolean
  readonly listId: string
  readonly matches: readonly QuickReply[]
  readonly active: number
  readonly choose: (reply: QuickReply) => void
  readonly activate: (index: number) => void
  readonly moveCursor: (field: Pick<HTMLTextAreaElement, 'value' | 'selectionStart'>) => void
  /** Whether the key was the menu's. */
  readonly press: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean
}

type Options = {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  /** Takes the reply instead of what was typed from here to there. */
  readonly onChoose: (reply: QuickReply, from: number, to: number) => void
}

/** The list that a slash at the beginning of a line opens, moved in and chosen from without leaving the field. */
export function useReplyMenu({ field, text, onChoose }: Options): ReplyMenu {
  const listId = useId()
  const index = useReplyIndex()
  const [cursor, setCursor] = useState(0)
  const [at, setAt] = useState({ query: '', index: 0 })
  const [dismissed, setDismissed] = useState<number>()
  const slash = slashBefore(text, Math.min(cursor, text.length))
  const query = slash?.query ?? null
  const matches = useMemo(() => (query === null ? [] : findReplies(index, query)), [index, query])
  const isOpen = slash !== null && slash.from !== dismissed && (matches.length > 0 || query === '')
  const active = at.query === query ? Math.min(at.index, matches.length - 1) : 0
  const activate = (next: number) => setAt({ query: query ?? '', index: next })
  const choose = (reply: QuickReply) => {
    if (slash !== null) onChoose(reply, slash.from, cursor)
  }
  const press = (event: KeyboardEvent<HTMLTextAreaElement>): boolean => {
    if (!isOpen || event.nativeEvent.isComposing || event.keyCode === 229) return false
    const chosen = matches[active]
    const { key } = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      if (event.altKey || matches.length === 0) return false
      activate((active + (key === 'ArrowDown' ? 1 : matches.length - 1)) % matches.length)
    } else if (key === 'Escape') setDismissed(slash.from)
    else if ((key === 'Enter' || key === 'Tab') && chosen !== undefined && !event.ctrlKey && !event.metaKey)
      choose(chosen)
    else return false
    event.preventDefault()
    return true
  }
  const moveCursor = useCallback<ReplyMenu['moveCursor']>(({ value, selectionStart }) => {
    setCursor(selectionStart)
    if (slashBefore(value, selectionStart) === null) setDismissed(undefined)
  }, [])
  useEffect(() => {
    // React's own event does not tell what a program selects.
    const follow = () => {
      if (field.current !== null && document.activeElement === field.current) moveCursor(field.current)
    }
    document.addEventListener('selectionchange', follow)
    return () => document.removeEventListener('selectionchange', follow)
  }, [field, moveCursor])
  return { isOpen, listId, matches, active, choose, activate, moveCursor, press }
}
