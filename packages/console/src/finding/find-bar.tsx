import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { CalendarDays, ChevronDown, ChevronUp, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { goTo } from '../live/island.ts'
import { endFinding } from '../live/looking.ts'
import { openDialog } from '../shell/desk-state.ts'
import { IconButton } from '../ui/button.tsx'
import { SearchInput } from './search-input.tsx'
import { useMarkedWords } from './use-marked-words.ts'
import { useSearch } from './use-search.ts'

type Props = {
  readonly conversationId: string
  /** What was looked for elsewhere, and led here: the thread is at one of its places already. */
  readonly text: string
}

/** Finds words in the thread below, from the newest place upwards. */
export function FindBar({ conversationId, text: given }: Props) {
  const { t } = useLingui()
  const [text, setText] = useState(given)
  const bar = useRef<HTMLElement>(null)
  const search = useSearch(text, conversationId)
  const { place, step } = usePlaces(conversationId, search, given)
  useMarkedWords(bar, search.words)
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') endFinding()
    else if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
    else if (event.key === 'ArrowUp') step(1)
    else if (event.key === 'ArrowDown') step(-1)
    else return
    event.preventDefault()
  }
  const isNone = search.messages.length === 0
  return (
    <search
      ref={bar}
      aria-label={t`查找聊天记录`}
      className="flex shrink-0 items-center gap-0.5 border-b border-line bg-panel px-3 py-1.5"
    >
      <SearchInput label={t`在这个对话中查找`} value={text} onChange={setText} onKeyDown={press} />
      <span role="status" className="numbers shrink-0 px-1.5 text-xs text-text-3">
        <Outcome state={search.state} place={place} count={search.messages.length} isMore={search.next !== null} />
      </span>
      <IconButton
        label={t`上一处（更早）`}
        keys="Enter"
        disabled={isNone}
        icon={<ChevronUp className="size-4.5" aria-hidden="true" />}
        onClick={() => step(1)}
      />
      <IconButton
        label={t`下一处（更新）`}
        keys="Shift+Enter"
        disabled={isNone}
        icon={<ChevronDown className="size-4.5" aria-hidden="true" />}
        onClick={() => step(-1)}
      />
      <IconButton
        label={t`跳转到日期`}
        keys="C"
        icon={<CalendarDays className="size-4.5" aria-hidden="true" />}
        onClick={() => openDialog({ kind: 'date', conversationId })}
      />
      <IconButton
        label={t`关闭查找`}
        keys="Esc"
        icon={<X className="size-4.5" aria-hidden="true" />}
        onClick={endFinding}
      />
    </search>
  )
}

type OutcomeProps = {
  readonly state: ReturnType<typeof useSearch>['state']
  readonly place: number
  readonly count: number
  readonly isMore: boolean
}

function Outcome({ state, place, count, isMore }: OutcomeProps) {
  if (count > 0) {
    const all = isMore ? `${count}+` : String(count)
    return place < 0 ? (
      <Plural value={count} other="# 处" />
    ) : (
      <Trans>
        {place + 1} / {all}
      </Trans>
    )
  }
  switch (state) {
    case 'nothing-asked':
      return null
    case 'asking':
      return <Trans>正在查找…</Trans>
    case 'failed':
      return <Trans>查找失败</Trans>
    case 'there':
      return <Trans>没有找到</Trans>
    default:
      return state satisfies never
  }
}

/** Which of the places is shown. The first goes to the newest; who comes from a place elsewhere stays there. */
function usePlaces(conversationId: string, search: ReturnType<typeof useSearch>, given: string) {
  const act = useAct()
  const { messages, words, more } = search
  const [place, setPlace] = useState(-1)
  const shown = useRef('')
  useEffect(() => {
    const key = words.join(' ')
    const [newest] = messages
    if (newest === undefined || shown.current === key) return
    const isFirst = shown.current === ''
    shown.current = key
    setPlace(-1)
    if (isFirst && given !== '') return
    setPlace(0)
    void act(goTo(conversationId, newest.position))
  }, [messages, words, conversationId, given, act])
  const step = (by: 1 | -1) => {
    const next = Math.min(messages.length - 1, Math.max(0, place + by))
    const message = messages[next]
    if (message === undefined) return
    setPlace(next)
    void act(goTo(conversationId, message.position))
    if (next >= messages.length - 2) more()
  }
  return { place, step }
}
