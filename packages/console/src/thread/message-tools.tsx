import { useLingui } from '@lingui/react/macro'
import { Copy, Quote } from 'lucide-react'
import type { ReactNode } from 'react'
import { writeIn } from '../composer/write-in.ts'
import { copyText } from '../ui/copy-text.ts'
import { hintOf } from '../ui/hint.tsx'
import { toasts } from '../ui/toasts.ts'
import { quoteOf } from './message-words.ts'

type Props = {
  readonly words: string
  readonly sender: string
  readonly own: boolean
  /** Where one may write; null where one may not. */
  readonly quoteTo: string | null
}

/** Beside a message, when the mouse or the keyboard is there. */
export function MessageTools({ words, sender, own, quoteTo }: Props) {
  const { t } = useLingui()
  const copy = () =>
    copyText(words).then(
      () => toasts.add({ title: t`已复制` }),
      () => toasts.add({ title: t`浏览器不允许复制，请手动选择文字`, type: 'bad' }),
    )
  return (
    <span
      className={`absolute top-0 flex px-1 opacity-0 group-hover:opacity-100 focus-within:opacity-100 ${own ? 'right-full' : 'left-full'}`}
    >
      <Tool label={t`复制`} onClick={() => void copy()} icon={<Copy className="size-4" aria-hidden="true" />} />
      {quoteTo === null ? null : (
        <Tool
          label={t`引用`}
          onClick={() => writeIn(quoteTo, quoteOf(sender, words))}
          icon={<Quote className="size-4" aria-hidden="true" />}
        />
      )}
    </span>
  )
}

type ToolProps = { readonly label: string; readonly icon: ReactNode; readonly onClick: () => void }

function Tool({ label, icon, onClick }: ToolProps) {
  return (
    <button
      type="button"
      {...hintOf(label)}
      aria-label={label}
      onClick={onClick}
      className="inline-flex size-7 items-center justify-center rounded-md text-text-3 hover:bg-hover hover:text-text"
    >
      {icon}
    </button>
  )
}
