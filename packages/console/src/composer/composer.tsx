import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { Suspense, useRef } from 'react'
import { useStore } from 'zustand'
import { endOrAsk, useDeskActions } from '../keys/use-desk-actions.ts'
import { showTyping } from '../live/acting.ts'
import { useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { noteMode, setNoteMode } from '../notes/note-mode.ts'
import { Button } from '../ui/button.tsx'
import { Keys } from '../ui/keys.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { type Allowance, allowanceOf, bytesOf, textLimitBytes } from './allowance.ts'
import { AllowanceLine } from './allowance-line.tsx'
import { ClosedComposer } from './closed-composer.tsx'
import { ComposerTools } from './composer-tools.tsx'
import { insertAtCursor, isAtLineStart } from './insert-text.ts'
import { ReplyField } from './reply-field.tsx'
import { Tray, useTray } from './tray.tsx'
import { useSharedDraft } from './use-draft.ts'
import { usePutReply } from './use-put-reply.ts'
import { useSubmit } from './use-submit.ts'
import { useWriteIn } from './write-in.ts'

const NoteComposer = lazyPart(() => import('../notes/note-composer.tsx').then((file) => file.NoteComposer))

export function Composer({ conversation }: { readonly conversation: Conversation }) {
  const self = useSelf()
  const nowMs = useNow()
  const isNoting = useStore(noteMode, ({ conversations }) => conversations.has(conversation.id))
  const allowance = allowanceOf(conversation, self?.id, nowMs)
  if (isNoting) {
    return (
      <Suspense fallback={null}>
        <NoteComposer conversation={conversation} />
      </Suspense>
    )
  }
  if (allowance.kind === 'closed') return <ClosedComposer conversation={conversation} reason={allowance.reason} />
  return <OpenComposer conversation={conversation} allowance={allowance} />
}

type OpenProps = {
  readonly conversation: Conversation
  readonly allowance: Extract<Allowance, { kind: 'open' }>
}

function OpenComposer({ conversation, allowance }: OpenProps) {
  const { t } = useLingui()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useSharedDraft(conversation.id)
  const { items, add, put, remove, clear } = useTray()
  const quickReply = usePutReply(conversation, { field, put, onText: setText })
  const onSent = () => {
    setText('')
    clear()
    quickReply.forget()
  }
  const { submit, busy } = useSubmit(conversation, { text, items, quickReplyId: quickReply.id, onSent })
  const { endAndNext, acceptNext } = useDeskActions()
  const isTooLong = bytesOf(text) > textLimitBytes
  const isEmpty = text.trim() === '' && items.length === 0
  const act = async (meaning: 'send' | 'send-and-end' | 'accept-next') => {
    if (meaning === 'accept-next') return acceptNext()
    if (isTooLong || busy) return
    if ((await submit()) && meaning === 'send-and-end') endOrAsk(conversation.id, endAndNext)
  }
  const write = (next: string) => {
    setText(next)
    if (next.trim() !== '') showTyping(conversation.id, Date.now())
  }
  useWriteIn(conversation.id, (before) => {
    field.current?.setSelectionRange(0, 0)
    insertAtCursor(field.current, before, write)
  })
  return (
    <section
      aria-label={t`回复`}
      className="relative shrink-0 border-t border-line bg-panel"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        add([...event.dataTransfer.files])
      }}
    >
      <div className="flex items-center gap-1 px-2 pt-1.5">
        <ComposerTools
          onFiles={add}
          onEmoji={(code) => insertAtCursor(field.current, code, write)}
          onNote={() => setNoteMode(conversation.id, true)}
          onQuickReplies={() => insertAtCursor(field.current, isAtLineStart(field.current) ? '/' : '\n/', write)}
        />
        <span className="grow" />
        <AllowanceLine allowance={allowance} />
      </div>
      <Tray items={items} onRemove={remove} />
      <ReplyField
        field={field}
        conversationId={conversation.id}
        customer={conversation.customer.name}
        text={text}
        isTooLong={isTooLong}
        hasTray={items.length > 0}
        onReply={quickReply.put}
        onText={write}
        onFiles={add}
        onEnter={(meaning) => void act(meaning)}
      />
      <Footer text={text} isTooLong={isTooLong} isIdle={isEmpty || busy} onSend={() => void act('send')} />
    </section>
  )
}

type FooterProps = {
  readonly text: string
  readonly isTooLong: boolean
  readonly isIdle: boolean
  readonly onSend: () => void
}

function Footer({ text, isTooLong, isIdle, onSend }: FooterProps) {
  return (
    <div className="flex items-center justify-end gap-3 px-3 pb-2.5">
      {isTooLong ? (
        <p role="alert" className="numbers text-[13px] text-bad">
          <Trans>
            太长：{bytesOf(text)} / {textLimitBytes} 字节
          </Trans>
        </p>
      ) : (
        <p className="hidden items-center gap-1.5 text-xs text-text-3 @min-[900px]/desk:flex">
          <Keys keys="Mod+Shift+Enter" /> <Trans>发送并结束，转到下一个</Trans>
        </p>
      )}
      <Button kind="primary" disabled={isIdle || isTooLong} onClick={onSend}>
        <Trans>发送</Trans>
      </Button>
    </div>
  )
}
