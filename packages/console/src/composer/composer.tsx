import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useRef, useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { endOrAsk, useDeskActions } from '../keys/use-desk-actions.ts'
import { send, showTyping, uploadImage } from '../live/acting.ts'
import { useMe, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Button } from '../ui/button.tsx'
import { Keys } from '../ui/keys.tsx'
import { type Allowance, allowanceOf, bytesOf, textLimitBytes } from './allowance.ts'
import { AllowanceLine } from './allowance-line.tsx'
import { ClosedComposer } from './closed-composer.tsx'
import { ComposerTools } from './composer-tools.tsx'
import { ImageTray, type PickedImage, usePickedImages } from './image-tray.tsx'
import { insertAtCursor } from './insert-text.ts'
import { ReplyField } from './reply-field.tsx'
import { useDraft } from './use-draft.ts'

export function Composer({ conversation }: { readonly conversation: Conversation }) {
  const self = useSelf()
  const nowMs = useNow()
  const allowance = allowanceOf(conversation, self?.id, nowMs)
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
  const [text, setText] = useDraft(conversation.id)
  const { images, add, remove, clear } = usePickedImages()
  const onSent = () => {
    setText('')
    clear()
  }
  const { submit, busy } = useSubmit(conversation, { text, images, onSent })
  const { endAndNext, acceptNext } = useDeskActions()
  const isTooLong = bytesOf(text) > textLimitBytes
  const isEmpty = text.trim() === '' && images.length === 0
  const act = async (meaning: 'send' | 'send-and-end' | 'accept-next') => {
    if (meaning === 'accept-next') return acceptNext()
    if (isTooLong || busy) return
    if ((await submit()) && meaning === 'send-and-end') endOrAsk(conversation.id, endAndNext)
  }
  const write = (next: string) => {
    setText(next)
    if (next.trim() !== '') showTyping(conversation.id, Date.now())
  }
  return (
    <section
      aria-label={t`回复`}
      className="shrink-0 border-t border-line bg-panel"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        add([...event.dataTransfer.files])
      }}
    >
      <div className="flex items-center gap-1 px-2 pt-1.5">
        <ComposerTools onFiles={add} onEmoji={(code) => insertAtCursor(field.current, code, write)} />
        <span className="grow" />
        <AllowanceLine allowance={allowance} />
      </div>
      <ImageTray images={images} onRemove={remove} />
      <ReplyField
        field={field}
        conversationId={conversation.id}
        customer={conversation.customer.name}
        text={text}
        isTooLong={isTooLong}
        hasImages={images.length > 0}
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

type Written = { readonly text: string; readonly images: readonly PickedImage[]; readonly onSent: () => void }

/** Images go first, then the words about them. Answers false when something could not be uploaded; the text stays then. */
function useSubmit(conversation: Conversation, { text, images, onSent }: Written) {
  const act = useAct()
  const me = useMe()
  const [busy, setBusy] = useState(false)
  const submit = async (): Promise<boolean> => {
    if (me === undefined) return false
    const words = text.trim()
    if (images.length > 0) {
      const uploads: string[] = []
      setBusy(true)
      const done = await act(
        (async () => {
          for (const { file } of images) uploads.push(await uploadImage(file))
        })(),
      )
      setBusy(false)
      if (!done) return false
      for (const mediaId of uploads) void send(conversation.id, { type: 'image', mediaId })
    }
    onSent()
    return words === '' ? true : await send(conversation.id, { type: 'text', text: words })
  }
  return { submit, busy }
}
