import type { QuickReplyPart } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { toasts } from '../ui/toasts.ts'

/** What WeChat carries as a picture to followers (protocol reference, section 5.8). */
export const acceptedImages: readonly string[] = ['image/jpeg', 'image/png', 'image/gif']
const limitBytes = 10 * 1024 * 1024

/** What goes out before the words in the field, in this order. */
export type TrayItem =
  | { readonly kind: 'file'; readonly key: string; readonly file: File; readonly previewUrl: string }
  | { readonly kind: 'stored'; readonly key: string; readonly mediaId: string }
  | { readonly kind: 'text'; readonly key: string; readonly text: string }

let picked = 0
const nextKey = () => {
  picked += 1
  return String(picked)
}

export function useTray() {
  const { t } = useLingui()
  const [items, setItems] = useState<readonly TrayItem[]>([])
  const latest = useRef(items)
  latest.current = items
  useEffect(() => () => void dropped(latest.current, () => true), [])
  const add = useCallback(
    (files: readonly File[]) => {
      const good = files.filter((file) => acceptedImages.includes(file.type) && file.size <= limitBytes)
      if (good.length < files.length) {
        toasts.add({ title: t`只能发送不超过 10 MB 的 JPG、PNG、GIF 图片`, type: 'bad' })
      }
      const added = good.map(
        (file): TrayItem => ({ kind: 'file', key: nextKey(), file, previewUrl: URL.createObjectURL(file) }),
      )
      setItems((before) => [...before, ...added])
    },
    [t],
  )
  const put = useCallback((parts: readonly QuickReplyPart[]) => {
    const added = parts.map(
      (part): TrayItem =>
        part.type === 'text'
          ? { kind: 'text', key: nextKey(), text: part.text }
          : { kind: 'stored', key: nextKey(), mediaId: part.mediaId },
    )
    setItems((before) => [...before, ...added])
  }, [])
  const remove = useCallback((key: string) => setItems((before) => dropped(before, (item) => item.key === key)), [])
  const clear = useCallback(() => setItems((before) => dropped(before, () => true)), [])
  return { items, add, put, remove, clear }
}

function dropped(items: readonly TrayItem[], goes: (item: TrayItem) => boolean): readonly TrayItem[] {
  for (const item of items) if (item.kind === 'file' && goes(item)) URL.revokeObjectURL(item.previewUrl)
  return items.filter((item) => !goes(item))
}

type Props = { readonly items: readonly TrayItem[]; readonly onRemove: (key: string) => void }

/** What will be sent, seen before it is. */
export function Tray({ items, onRemove }: Props) {
  const { t } = useLingui()
  if (items.length === 0) return null
  return (
    <ul aria-label={t`待发送`} className="flex gap-2 overflow-x-auto px-4 pt-2">
      {items.map((item) => (
        <li key={item.key} className="relative shrink-0">
          <ItemView item={item} />
          <button
            type="button"
            aria-label={t`移除 ${nameOf(item)}`}
            onClick={() => onRemove(item.key)}
            className="absolute -top-1.5 -right-1.5 inline-flex size-6 items-center justify-center rounded-full bg-text text-panel"
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}

function ItemView({ item }: { readonly item: TrayItem }) {
  const { t } = useLingui()
  const imageClass = 'size-18 rounded-lg border border-line object-cover'
  switch (item.kind) {
    case 'file':
      return <img src={item.previewUrl} alt={item.file.name} className={imageClass} />
    case 'stored':
      return <img src={client.mediaUrl(item.mediaId)} alt={t`图片`} className={imageClass} />
    case 'text':
      return (
        <p className="line-clamp-3 h-18 w-40 overflow-hidden rounded-lg bg-own text-own-text px-2.5 py-1.5 text-[13px] whitespace-pre-wrap">
          {item.text}
        </p>
      )
    default:
      return item satisfies never
  }
}

function nameOf(item: TrayItem): string {
  switch (item.kind) {
    case 'file':
      return item.file.name
    case 'stored':
      return item.mediaId
    case 'text':
      return item.text.slice(0, 20)
    default:
      return item satisfies never
  }
}
