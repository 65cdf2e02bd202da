import { Trans, useLingui } from '@lingui/react/macro'
import { ImageOff } from 'lucide-react'
import { useState } from 'react'
import { client } from '../live/client.ts'
import { openDialog } from '../shell/desk-state.ts'
import { DownloadLink } from './download-link.tsx'

export function ImageView({ mediaId }: { readonly mediaId: string }) {
  const { t } = useLingui()
  const [state, setState] = useState<'loading' | 'shown' | 'gone'>('loading')
  if (state === 'gone') {
    return (
      <p className="flex items-center gap-2 rounded-lg bg-theirs px-3 py-2 text-[13px] text-text-3">
        <ImageOff className="size-4" aria-hidden="true" />
        <Trans>图片无法显示</Trans>
      </p>
    )
  }
  return (
    <button
      type="button"
      aria-label={t`查看图片`}
      onClick={() => openDialog({ kind: 'image', mediaId })}
      className={`overflow-hidden rounded-lg bg-theirs ${state === 'loading' ? 'h-40 w-40' : ''}`}
    >
      <img
        src={client.mediaUrl(mediaId)}
        alt={t`图片`}
        onLoad={() => setState('shown')}
        onError={() => setState('gone')}
        className="max-h-60 max-w-full object-contain"
      />
    </button>
  )
}

type VideoProps = {
  readonly mediaId: string
  readonly thumbId?: string | undefined
  readonly title?: string | undefined
}

export function VideoView({ mediaId, thumbId, title }: VideoProps) {
  const { t } = useLingui()
  const [playable, setPlayable] = useState(true)
  const url = client.mediaUrl(mediaId)
  if (!playable) {
    return (
      <p className="rounded-lg bg-theirs px-3 py-2">
        <DownloadLink url={url} label={t`下载视频`} />
      </p>
    )
  }
  return (
    // biome-ignore lint/a11y/useMediaCaption: a customer's video has none
    <video
      controls
      preload="metadata"
      src={url}
      poster={thumbId === undefined ? undefined : client.mediaUrl(thumbId)}
      aria-label={title === undefined || title === '' ? t`视频消息` : title}
      className="max-h-64 max-w-full rounded-lg bg-black"
      onError={() => setPlayable(false)}
    />
  )
}
