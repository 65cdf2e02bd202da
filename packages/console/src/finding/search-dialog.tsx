import type { Conversation, Message } from '@duoke/contract'
import { previewOf } from '@duoke/domain'
import { Trans, useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useAct } from '../i18n/failure-words.ts'
import { fullTime, threadTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { goTo } from '../live/island.ts'
import { liveStore, putConversations } from '../live/live-store.ts'
import { find } from '../live/looking.ts'
import { useConversation } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SearchInput } from './search-input.tsx'
import { snippetOf } from './snippet.ts'
import { useSearch } from './use-search.ts'

/** Finds words in all conversations; what is chosen is shown in its thread, with the words at hand there. */
export function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const act = useAct()
  const [, navigate] = useLocation()
  const list = useRef<HTMLUListElement>(null)
  const { state, messages, words, next, more } = useSearch(text)
  useCustomersOf(messages)
  const choose = ({ conversationId, position }: Message) => {
    onClose()
    navigate(`/c/${conversationId}`)
    find(conversationId, text)
    void act(goTo(conversationId, position))
  }
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const [first] = messages
    if (event.key === 'Enter' && first !== undefined && event.target instanceof HTMLInputElement) choose(first)
    else if (event.key === 'ArrowDown') moveFocus(list.current, 1)
    else if (event.key === 'ArrowUp') moveFocus(list.current, -1)
    else return
    event.preventDefault()
  }
  return (
    <Dialog open onClose={onClose} title={t`搜索全部消息`} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrows lead from the field into the list and within it */}
      <div onKeyDown={press} className="flex flex-col gap-2">
        <SearchInput label={t`输入要查找的字词`} value={text} onChange={setText} onKeyDown={() => {}} />
        <p role="status" className="text-[13px] text-text-3">
          {state === 'asking' ? <Trans>正在查找…</Trans> : null}
          {state === 'failed' ? <Trans>查找失败</Trans> : null}
          {state === 'there' && messages.length === 0 ? <Trans>没有找到</Trans> : null}
        </p>
        <ul ref={list} aria-label={t`找到的消息`} className="-mx-2 min-h-40">
          {messages.map((message) => (
            <li key={message.id}>
              <Result message={message} words={words} onChoose={() => choose(message)} />
            </li>
          ))}
        </ul>
        {next === null || messages.length === 0 ? null : (
          <Button onClick={more}>
            <Trans>更多</Trans>
          </Button>
        )}
      </div>
    </Dialog>
  )
}

type ResultProps = { readonly message: Message; readonly words: readonly string[]; readonly onChoose: () => void }

function Result({ message, words, onChoose }: ResultProps) {
  const conversation = useConversation(message.conversationId)
  const locale = useLocale()
  const nowMs = useNow(60_000)
  const atMs = Date.parse(message.at)
  const name = conversation?.customer.name ?? ''
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex w-full items-center gap-2.5 rounded-md px-2 py-2 text-left -outline-offset-2 hover:bg-hover"
    >
      <Avatar id={conversation?.customer.id ?? message.conversationId} name={name} />
      <span className="min-w-0 grow">
        <span className="flex items-baseline gap-2">
          <span className="grow truncate font-medium">{name}</span>
          <time dateTime={message.at} title={fullTime(atMs, locale)} className="numbers shrink-0 text-xs text-text-3">
            {threadTime(atMs, nowMs, locale)}
          </time>
        </span>
        <span className="line-clamp-2 text-[13px] wrap-anywhere text-text-2">
          {message.direction === 'out' ? <Trans>已回复：</Trans> : null}
          <Snippet message={message} words={words} />
        </span>
      </span>
    </button>
  )
}

function Snippet({ message, words }: Pick<ResultProps, 'message' | 'words'>) {
  const { content } = message
  if (content === null) return null
  let offset = 0
  return snippetOf(content.type === 'text' ? content.text : previewOf(content), words).map(({ text, isMarked }) => {
    const key = offset
    offset += text.length
    return isMarked ? (
      <mark key={key} className="rounded-xs bg-found text-found-text">
        {text}
      </mark>
    ) : (
      text
    )
  })
}

/** Who they are: of old conversations the desk knows nothing yet. */
function useCustomersOf(messages: readonly Message[]): void {
  const asked = useRef(new Set<string>())
  useEffect(() => {
    const { conversations } = liveStore.getState()
    const unknown = new Set<Conversation['id']>()
    for (const { conversationId: id } of messages) {
      if (!conversations.has(id) && !asked.current.has(id)) unknown.add(id)
    }
    if (unknown.size === 0) return
    for (const id of unknown) asked.current.add(id)
    const ids = [...unknown].slice(0, 50).join(',')
    client.conversations.list({ ids, limit: 50 }).then(
      ({ items }) => putConversations(items),
      () => {},
    )
  }, [messages])
}

/** From the field into the list, and from one result to the next. */
function moveFocus(list: HTMLElement | null, by: 1 | -1): void {
  const buttons = [...(list?.querySelectorAll('button') ?? [])]
  const at = buttons.findIndex((button) => button.matches(':focus'))
  const field = list?.parentElement?.querySelector('input')
  const next = at + by
  if (next < 0) field?.focus()
  else buttons[next]?.focus()
}
