import { useLingui } from '@lingui/react/macro'
import { X } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { toasts } from '../ui/toasts.tsx'

/** What WeChat carries as a picture to followers (protocol reference, section 5.8). */
export const acceptedImages: readonly string[] = ['image/jpeg', 'image/png', 'image/gif']
const limitBytes = 10 * 1024 * 1024

export type PickedImage = { readonly key: string; readonly file: File; readonly previewUrl: string }

let picked = 0

export function usePickedImages() {
  const { t } = useLingui()
  const [images, setImages] = useState<readonly PickedImage[]>([])
  const latest = useRef(images)
  latest.current = images
  useEffect(() => () => void dropped(latest.current, () => true), [])
  const add = useCallback(
    (files: readonly File[]) => {
      const good = files.filter((file) => acceptedImages.includes(file.type) && file.size <= limitBytes)
      if (good.length < files.length) {
        toasts.add({ title: t`只能发送不超过 10 MB 的 JPG、PNG、GIF 图片`, type: 'bad' })
      }
      const added = good.map((file) => {
        picked += 1
        return { key: String(picked), file, previewUrl: URL.createObjectURL(file) }
      })
      setImages((before) => [...before, ...added])
    },
    [t],
  )
  const remove = useCallback((key: string) => setImages((before) => dropped(before, (image) => image.key === key)), [])
  const clear = useCallback(() => setImages((before) => dropped(before, () => true)), [])
  return { images, add, remove, clear }
}

function dropped(images: readonly PickedImage[], goes: (image: PickedImage) => boolean): readonly PickedImage[] {
  for (const image of images) if (goes(image)) URL.revokeObjectURL(image.previewUrl)
  return images.filter((image) => !goes(image))
}

type Props = { readonly images: readonly PickedImage[]; readonly onRemove: (key: string) => void }

/** What will be sent, seen before it is. */
export function ImageTray({ images, onRemove }: Props) {
  const { t } = useLingui()
  if (images.length === 0) return null
  return (
    <ul aria-label={t`待发送的图片`} className="flex gap-2 overflow-x-auto px-4 pt-2">
      {images.map(({ key, file, previewUrl }) => (
        <li key={key} className="relative shrink-0">
          <img src={previewUrl} alt={file.name} className="size-18 rounded-lg border border-line object-cover" />
          <button
            type="button"
            aria-label={t`移除 ${file.name}`}
            onClick={() => onRemove(key)}
            className="absolute -top-1.5 -right-1.5 inline-flex size-6 items-center justify-center rounded-full bg-text text-panel"
          >
            <X className="size-3.5" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  )
}
