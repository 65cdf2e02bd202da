import type { Agent } from '@duoke/contract'
import { type KeyboardEvent, type RefObject, useId, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { useLive, useSelf } from '../live/use-live.ts'
import { findColleagues, mentionAt } from './mention-at.ts'

type Options = {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly text: string
  readonly onChange: (text: string) => void
  readonly onMention: (agent: Agent) => void
}

/** Colleagues for an `@` before the cursor: arrows move, Enter or Tab chooses, Escape leaves the letters as they are. */
export function useMentionMenu({ field, text, onChange, onMention }: Options) {
  const listId = useId()
  const agents = useLive((live) => live.agents)
  const self = useSelf()
  const [cursor, setCursor] = useState(0)
  const [active, setActive] = useState(0)
  const [closedAt, setClosedAt] = useState(-1)
  const asked = mentionAt(text, cursor)
  const words = asked?.words
  const matches = useMemo(
    () => (words === undefined ? [] : findColleagues(agents.values(), words, self?.id)),
    [agents, words, self],
  )
  const isOpen = asked !== undefined && asked.from !== closedAt && matches.length > 0
  const at = Math.min(active, matches.length - 1)
  const choose = (agent: Agent) => {
    if (asked === undefined) return
    const before = `${text.slice(0, asked.from)}@${agent.nickname} `
    flushSync(() => {
      onChange(before + text.slice(cursor))
      onMention(agent)
      setCursor(before.length)
      setActive(0)
    })
    field.current?.focus()
    field.current?.setSelectionRange(before.length, before.length)
  }
  const press = (event: KeyboardEvent): boolean => {
    if (!isOpen || event.nativeEvent.isComposing) return false
    if (event.key === 'ArrowDown') setActive((at + 1) % matches.length)
    else if (event.key === 'ArrowUp') setActive((at - 1 + matches.length) % matches.length)
    else if (event.key === 'Escape') setClosedAt(asked.from)
    else if (event.key === 'Enter' || event.key === 'Tab') {
      const agent = matches[at]
      if (agent !== undefined) choose(agent)
    } else return false
    event.preventDefault()
    return true
  }
  const moveCursor = ({ selectionStart }: HTMLTextAreaElement) => {
    setCursor(selectionStart)
    setActive(0)
    setClosedAt(-1)
  }
  return { listId, isOpen, matches, active: at, choose, press, moveCursor, activate: setActive }
}
