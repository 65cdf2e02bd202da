import { Plural, Trans } from '@lingui/react/macro'
import { useEffect, useState } from 'react'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'

/** A blink of the network is nobody's business; longer than this, people must know that the page may be behind. */
const patienceMs = 2_000

export function OfflineBar() {
  const link = useLive((live) => live.link)
  const isAway = link.kind === 'waiting' || link.kind === 'connecting'
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (!isAway) {
      setShown(false)
      return
    }
    const timer = setTimeout(() => setShown(true), patienceMs)
    return () => clearTimeout(timer)
  }, [isAway])
  return (
    <div role="status">
      {shown && isAway ? (
        <p className="bg-warn-soft px-4 py-1.5 text-center text-[13px] text-warn">
          <Trans>连接已断开，正在自动重连，消息不会丢失。</Trans>{' '}
          {link.kind === 'waiting' ? <Countdown atMs={link.retryAtMs} /> : null}
        </p>
      ) : null}
    </div>
  )
}

function Countdown({ atMs }: { readonly atMs: number }) {
  const seconds = Math.max(0, Math.ceil((atMs - useNow()) / 1000))
  return (
    <span aria-hidden="true">
      <Plural value={seconds} other="# 秒后重试" />
    </span>
  )
}
