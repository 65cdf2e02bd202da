import { Trans, useLingui } from '@lingui/react/macro'
import { Mic } from 'lucide-react'
import { useRef, useState } from 'react'
import { client } from '../live/client.ts'
import { DownloadLink } from './download-link.tsx'

const speeds = [1, 1.5, 2] as const

type Props = { readonly mediaId: string; readonly recognition?: string | undefined }

/** The server has made WeChat's AMR playable; what it could not decode can still be fetched, and read when recognised. */
export function VoiceView({ mediaId, recognition }: Props) {
  const { t } = useLingui()
  const player = useRef<HTMLAudioElement>(null)
  const [playable, setPlayable] = useState(true)
  const [speed, setSpeed] = useState(0)
  const factor = speeds[speed] ?? 1
  const faster = () => {
    const next = (speed + 1) % speeds.length
    setSpeed(next)
    if (player.current !== null) player.current.playbackRate = speeds[next] ?? 1
  }
  return (
    <div className="flex flex-col gap-1">
      <span className="flex items-center gap-2">
        <Mic className="size-4 shrink-0" aria-hidden="true" />
        {playable ? (
          <>
            {/* biome-ignore lint/a11y/useMediaCaption: what the customer said is beside it when WeChat recognised it */}
            <audio
              ref={player}
              controls
              preload="metadata"
              src={client.mediaUrl(mediaId, 'playable')}
              aria-label={t`语音消息`}
              className="h-9 w-56 min-w-0"
              onError={() => setPlayable(false)}
            />
            <button
              type="button"
              onClick={faster}
              aria-label={t`播放速度 ${factor} 倍`}
              className="numbers h-7 min-w-9 shrink-0 rounded-md text-[13px] hover:bg-hover"
            >
              {factor}×
            </button>
          </>
        ) : (
          <DownloadLink url={client.mediaUrl(mediaId)} label={t`下载语音`} />
        )}
      </span>
      {recognition === undefined || recognition === '' ? null : (
        <span className="text-[13px]">
          <Trans>识别文字：{recognition}</Trans>
        </span>
      )}
    </div>
  )
}
