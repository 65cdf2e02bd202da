import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { StickyNote } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { meaningOfEnter } from '../composer/enter-key.ts'
import { useDraft } from '../composer/use-draft.ts'
import { useAct } from '../i18n/failure-words.ts'
import { newClientId } from '../live/acting.ts'
import { client } from '../live/client.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { stillNamed } from './mention-at.ts'
import { setNoteMode } from './note-mode.ts'
import { useMentionMenu } from './use-mention-menu.ts'

const longest = 2000

/** In the place of the composer: a note for colleagues, which looks like no answer. */
export function NoteComposer({ conversation }: { readonly conversation: Conversation }) {
  const { t } = useLingui()
  const { id, customer } = conversation
  const field = useRef<HTMLTextAreaElement>(null)
  const composedAt = useRef(Number.NEGATIVE_INFINITY)
  const [text, setText] = useDraft(`${id}#note`)
  const { busy, save, chosen } = useSaving(id, text, () => setText(''))
  const menu = useMentionMenu({
    ...{ field, text, onChange: setText },
    onMention: ({ id: agentId, nickname }) => chosen.current.set(agentId, nickname),
  })
  useEffect(() => field.current?.focus(), [])
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (menu.press(event)) return
    if (event.key === 'Escape') event.currentTarget.blur()
    const meaning = meaningOfEnter(event.nativeEvent, 'a note', event.timeStamp - composedAt.current)
    if (meaning === 'none') return
    event.preventDefault()
    void save()
  }
  return (
    <section aria-label={t`备注`} className="relative shrink-0 border-t-2 border-warn-dot bg-warn-soft">
      {menu.isOpen ? <MentionMenu menu={menu} /> : null}
      <p className="flex items-center gap-1.5 px-4 pt-2 text-[13px] text-warn">
        <StickyNote className="size-4" aria-hidden="true" />
        <Trans>备注只有同事能看到，客户看不到</Trans>
      </p>
      <textarea
        ref={field}
        data-note={id}
        aria-label={t`关于 ${customer.name} 的备注`}
        placeholder={t`写备注，输入 @ 提及同事，Enter 保存`}
        value={text}
        rows={3}
        maxLength={longest}
        aria-autocomplete="list"
        aria-controls={menu.isOpen ? menu.listId : undefined}
        aria-activedescendant={menu.isOpen ? `${menu.listId}-${menu.active}` : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value)
          menu.moveCursor(event.currentTarget)
        }}
        onSelect={(event) => {
          if (!menu.isOpen) menu.moveCursor(event.currentTarget)
        }}
        onCompositionEnd={(event) => {
          composedAt.current = event.timeStamp
        }}
        onKeyDown={press}
        className="field-sizing-content block max-h-[38vh] min-h-[72px] w-full resize-none bg-transparent px-4 py-2 leading-[22px] text-text outline-none placeholder:text-text-2"
      />
      <div className="flex justify-end gap-2 px-3 pb-2.5">
        <Button onClick={() => setNoteMode(id, false)}>
          <Trans>退出备注</Trans>
        </Button>
        <Button kind="primary" disabled={busy || text.trim() === ''} onClick={() => void save()}>
          <Trans>保存备注</Trans>
        </Button>
      </div>
    </section>
  )
}

/** One key for one note: what is asked for twice because no answer came is written once. */
function useSaving(conversationId: string, text: string, onSaved: () => void) {
  const act = useAct()
  const [busy, setBusy] = useState(false)
  const chosen = useRef(new Map<string, string>())
  const attempt = useRef<{ text: string; key: string }>(undefined)
  const save = async () => {
    const words = text.trim()
    if (busy || words === '') return
    if (attempt.current?.text !== words) attempt.current = { text: words, key: newClientId() }
    setBusy(true)
    const body = { text: words, mentions: stillNamed(words, chosen.current) }
    const isSaved = await act(client.conversations.note(conversationId, body, { idempotencyKey: attempt.current.key }))
    setBusy(false)
    if (!isSaved) return
    attempt.current = undefined
    chosen.current.clear()
    onSaved()
  }
  return { busy, save, chosen }
}

function MentionMenu({ menu }: { readonly menu: ReturnType<typeof useMentionMenu> }) {
  const { t } = useLingui()
  const { listId, matches, active, choose, activate } = menu
  return (
    <div
      id={listId}
      role="listbox"
      aria-label={t`提及同事`}
      tabIndex={-1}
      className="absolute inset-x-2 bottom-full z-20 mb-1 max-h-64 overflow-y-auto rounded-xl border border-line bg-panel p-1 shadow-raised"
    >
      {matches.map((agent, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys, and says which option is active
        <div
          key={agent.id}
          id={`${listId}-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseMove={() => activate(index)}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(agent)}
          className={`flex h-10 cursor-pointer items-center gap-3 rounded-md px-3 ${index === active ? 'bg-hover' : ''}`}
        >
          <Avatar id={agent.id} name={agent.nickname} size="s" />
          <span className="min-w-0 truncate">{agent.nickname}</span>
          <span className="shrink-0 font-mono text-xs text-text-3">{agent.id}</span>
        </div>
      ))}
    </div>
  )
}
