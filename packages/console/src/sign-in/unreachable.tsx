import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect } from 'react'
import { enter } from '../live/entering.ts'
import { Button } from '../ui/button.tsx'
import { Card } from './card.tsx'

const againMs = 3_000

/** Nobody has to press reload: the page asks again by itself. */
export function Unreachable() {
  const { t } = useLingui()
  useEffect(() => {
    const timer = setInterval(() => void enter(), againMs)
    return () => clearInterval(timer)
  }, [])
  return (
    <Card title={t`连接不上服务器`}>
      <p className="mb-4 text-text-2">
        <Trans>正在自动重试。请检查网络，或让管理员运行 duoke doctor。</Trans>
      </p>
      <Button kind="primary" onClick={() => void enter()}>
        <Trans>立即重试</Trans>
      </Button>
    </Card>
  )
}
