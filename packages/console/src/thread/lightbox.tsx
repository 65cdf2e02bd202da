import { useLingui } from '@lingui/react/macro'
import { Download, RotateCw, X, ZoomIn, ZoomOut } from 'lucide-react'
import { useState } from 'react'
import { client } from '../live/client.ts'
import { Overlay } from '../ui/overlay.tsx'

type Props = { readonly mediaId: string; readonly onClose: () => void }

const zooms = [1, 1.5, 2, 3, 4] as const

export function Lightbox({ mediaId, onClose }: Props) {
  const { t } = useLingui()
  const [zoom, setZoom] = useState(0)
  const [quarter, setQuarter] = useState(0)
  const url = client.mediaUrl(mediaId)
  const tools = [
    { label: t`放大`, icon: <ZoomIn className="size-5" />, run: () => setZoom(Math.min(zooms.length - 1, zoom + 1)) },
    { label: t`缩小`, icon: <ZoomOut className="size-5" />, run: () => setZoom(Math.max(0, zoom - 1)) },
    { label: t`旋转`, icon: <RotateCw className="size-5" />, run: () => setQuarter(quarter + 1) },
  ]
  const tool = 'inline-flex size-10 items-center justify-center rounded-full bg-black/55 text-white hover:bg-black/75'
  return (
    <Overlay label={t`查看图片`} onClose={onClose} backdropClass="bg-black/85" className="inset-0 flex">
      <div className="flex grow overflow-auto p-4">
        <img
          src={url}
          alt={t`图片`}
          className="m-auto max-h-full max-w-full object-contain"
          style={{ transform: `scale(${zooms[zoom] ?? 1}) rotate(${quarter * 90}deg)` }}
        />
      </div>
      <div className="absolute inset-x-0 bottom-4 flex justify-center gap-3">
        {tools.map(({ label, icon, run }) => (
          <button key={label} type="button" aria-label={label} className={tool} onClick={run}>
            {icon}
          </button>
        ))}
        <a href={url} download aria-label={t`下载`} className={tool}>
          <Download className="size-5" aria-hidden="true" />
        </a>
        <button type="button" aria-label={t`关闭`} className={tool} onClick={onClose}>
          <X className="size-5" aria-hidden="true" />
        </button>
      </div>
    </Overlay>
  )
}
