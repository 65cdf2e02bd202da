import { useLingui } from '@lingui/react/macro'
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react'
import { type EnterMeaning, meaningOfEnter } from './enter-key.ts'
import { takeWish } from './focus-wish.ts'

type Props = {
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly conversationId: string
  readonly customer: string
  readonly text: string
  readonly isTooLong: boolean
  /** Something else than text is ready to go: Enter sends it. */
  readonly hasImages: boolean
  readonly onText: (text: string) => void
  readonly onFiles: (files: File[]) => void
  readonly onEnter: (meaning: Exclude<EnterMeaning, 'none'>) => void
}

/** Where one writes. Plain text is all that WeChat carries, so a plain field is all it needs. */
export function ReplyField(props: Props) {
  const { field, conversationId, customer, text, isTooLong, hasImages, onText, onFiles, onEnter } = props
  const { t } = useLingui()
  useLayoutEffect(() => {
    if (takeWish(conversationId)) field.current?.focus()
  }, [conversationId, field])
  const composedAt = useRef(Number.NEGATIVE_INFINITY)
  const press = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Escape') event.currentTarget.blur()
    const sinceComposition = event.timeStamp - composedAt.current
    const meaning = meaningOfEnter(event.nativeEvent, hasImages ? 'image' : text, sinceComposition)
    if (meaning === 'none') return
    event.preventDefault()
    onEnter(meaning)
  }
  return (
    <textarea
      ref={field}
      data-composer={conversationId}
      aria-label={t`回复 ${customer}`}
      aria-invalid={isTooLong}
      placeholder={t`输入回复，Enter 发送，Shift+Enter 换行`}
      value={text}
      rows={3}
      onChange={(event) => onText(event.currentTarget.value)}
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
  )
}
