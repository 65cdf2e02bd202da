import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { Redirect } from 'wouter'
import { useCounts } from '../live/use-live.ts'
import { Desk } from '../shell/desk.tsx'
import { openDialog } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'
import { Waiting } from '../ui/empty.tsx'
import { Keys } from '../ui/keys.tsx'
import { usePhoneUrl } from './use-example.ts'

/** The first minute: a follower's phone on the left, the desk on the right, and one key between them. */
export function TryPage() {
  const { t } = useLingui()
  const phoneUrl = usePhoneUrl()
  const [side, setSide] = useState<'phone' | 'desk'>('desk')
  if (phoneUrl === undefined) return <Waiting label={t`正在打开`} />
  if (phoneUrl === null) return <Redirect to="~/" />
  return (
    <div className="flex h-full flex-col">
      <ExampleBar side={side} onSide={setSide} />
      <div className="flex min-h-0 grow">
        <section
          aria-label={t`客户的手机（模拟）`}
          className={`h-full w-full shrink-0 flex-col bg-page md:flex md:w-[391px] md:border-r md:border-line ${side === 'phone' ? 'flex' : 'hidden'}`}
        >
          <iframe
            src={phoneUrl}
            title={t`客户的手机（模拟）`}
            // The phone lives on an origin of its own, so its scripts reach nothing of ours.
            sandbox="allow-scripts allow-same-origin allow-forms"
            referrerPolicy="no-referrer"
            className="h-full w-full border-0"
          />
        </section>
        <div className={`h-full min-w-0 grow md:block ${side === 'desk' ? '' : 'hidden'}`}>
          <Desk />
        </div>
      </div>
    </div>
  )
}

type BarProps = { readonly side: 'phone' | 'desk'; readonly onSide: (side: 'phone' | 'desk') => void }

function ExampleBar({ side, onSide }: BarProps) {
  const { waiting } = useCounts()
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b border-line bg-brand-soft px-4 py-2 text-[13px]">
      <div className="flex grow items-center">
        <p className="hidden md:block">
          {waiting > 0 ? (
            <Trans>
              一位客户正在等待：按 <Keys keys="Mod+Enter" /> 接入，输入回复后按 <Keys keys="Enter" />
              ，消息会出现在左边的手机上。
            </Trans>
          ) : (
            <Trans>示例数据：在左边的手机上发消息，右边会立即收到。</Trans>
          )}
        </p>
        <div className="flex gap-1 md:hidden">
          <Button
            size="s"
            kind={side === 'phone' ? 'primary' : 'plain'}
            aria-pressed={side === 'phone'}
            onClick={() => onSide('phone')}
          >
            <Trans>客户的手机</Trans>
          </Button>
          <Button
            size="s"
            kind={side === 'desk' ? 'primary' : 'plain'}
            aria-pressed={side === 'desk'}
            onClick={() => onSide('desk')}
          >
            <Trans>客服工作台</Trans>
          </Button>
        </div>
      </div>
      <Button size="s" onClick={() => openDialog({ kind: 'remove-example' })}>
        <Trans>清除示例数据</Trans> <Keys keys="X" />
      </Button>
    </header>
  )
}
