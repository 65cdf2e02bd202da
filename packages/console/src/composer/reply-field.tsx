import type { QuickReply } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react'
import { optionId, ReplyMenu } from '../quick-replies/reply-menu.tsx'
import { useReplyMenu } from '../quick-replies/use-reply-menu.ts'
import { type EnterMeaning, meaningOfEnter } from './enter-key.ts'
import { takeWish } from './focus-wish.ts'

type Props = {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly conversationId: string
  readonly customer: string
  readonly text: string
  readonly isTooLong: boolean
  /** Something else than text is ready to go: Enter sends it. */
  readonly hasTray: boolean
  readonly onText: (text: string) => void
  readonly onFiles: (files: File[]) => void
  readonly onReply: (reply: QuickReply, from: number, to: number) => void
  readonly onEnter: (meaning: Exclude<EnterMeaning, 'none'>) => void
}

/** Where one writes. Plain text is all that WeChat carries, so a plain field is all it needs. */
export function ReplyField(props: Props) {
  const { field, conversationId, customer, text, isTooLong, hasTray, onText, onFiles, onReply, onEnter } = props
  const { t } = useLingui()
  useLayoutEffect(() => {
    if (takeWish(conversationId)) field.current?.focus()
  }, [conversationId, field])
  const composedAt = useRef(Number.NEGATIVE_INFINITY)
  const menu = useReplyMenu({ field, text, onChoose: onReply })
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (menu.press(event)) return
    if (event.key === 'Escape') event.currentTarget.blur()
    const sinceComposition = event.timeStamp - composedAt.current
    const meaning = meaningOfEnter(event.nativeEvent, hasTray ? 'more' : text, sinceComposition)
    if (meaning === 'none') return
    event.preventDefault()
    onEnter(meaning)
  }
  return (
    <>
      {menu.isOpen ? <ReplyMenu menu={menu} /> : null}
      <textarea
        ref={field}
        data-composer={conversationId}
        aria-label={t`回复 ${customer}`}
        aria-invalid={isTooLong}
        placeholder={t`输入回复，Enter 发送，Shift+Enter 换行`}
        value={text}
        rows={3}
        aria-autocomplete="list"
        aria-controls={menu.isOpen ? menu.listId : undefined}
        aria-activedescendant={menu.isOpen ? optionId(menu.listId, menu.active) : undefined}
        onChange={(event) => {
          onText(event.currentTarget.value)
          menu.moveCursor(event.currentTarget)
        }}
        onCompositionEnd={(event) => {
          composedAt.current = event.timeStamp
        }}
        onKeyDown={press}
        onPaste={(event) => {
          const files = [...event.clipboardData.files]
          if (files.length === 0) return
          event.preventDefault()
          onFiles(files)
        }}
        className="field-sizing-content block max-h-[38vh] min-h-[72px] w-full resize-none bg-transparent px-4 py-2 leading-[22px] outline-none placeholder:text-text-3"
      />
    </>
  )
}
