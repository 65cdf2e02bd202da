import { useLingui } from '@lingui/react/macro'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from './copy-text.ts'
import { toasts } from './toasts.ts'

type Props = { readonly text: string; readonly label: string }

const shownMs = 1_500

export function CopyButton({ text, label }: Props) {
  const { t } = useLingui()
  const [done, setDone] = useState(false)
  const copy = () => {
    copyText(text).then(
      () => {
        setDone(true)
        setTimeout(() => setDone(false), shownMs)
      },
      () => toasts.add({ title: t`浏览器不允许复制，请手动选择文字`, type: 'bad' }),
    )
  }
  return (
    <button
      type="button"
      aria-label={done ? t`已复制` : label}
      onClick={copy}
      className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-text-3 hover:bg-hover hover:text-text"
    >
      {done ? (
        <Check className="size-4 text-good" aria-hidden="true" />
      ) : (
        <Copy className="size-4" aria-hidden="true" />
      )}
    </button>
  )
}
