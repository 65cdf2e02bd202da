import type { Delivery, Message } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { CircleAlert, CircleHelp, Clock, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { useCodeWords } from '../i18n/failure-words.ts'
import { forget, send } from '../live/acting.ts'
import type { Outgoing } from '../live/outbox.ts'
import { openDialog } from '../shell/desk-state.ts'
import { useDeliveryReason } from './delivery-reason.ts'

const sent = 'size-3.5 shrink-0 mb-1.5 text-text-3'

/** What became of an answer. Nothing is shown when all is well: silence is the usual case. */
export function DeliveryMark({ message, delivery }: { readonly message: Message; readonly delivery: Delivery }) {
  const { t } = useLingui()
  const reasonOf = useDeliveryReason()
  const again = () => openDialog({ kind: 'send-again', conversationId: message.conversationId, messageId: message.id })
  switch (delivery.state) {
    case 'queued':
    case 'sending':
      return <LoaderCircle className={`${sent} motion-safe:animate-spin`} role="img" aria-label={t`正在发送`} />
    case 'accepted':
      return <span className="sr-only">{t`已送达微信`}</span>
    case 'unknown':
      // A passive reply is never confirmed by WeChat: nothing is wrong with it.
      if (message.via === 'passive-reply') return <span className="sr-only">{t`已随应答发出`}</span>
      return (
        <Trouble tone="warn" icon={<CircleHelp className="size-3.5" aria-hidden="true" />} onAgain={again}>
          <Trans>微信没有应答，可能已送达</Trans>
        </Trouble>
      )
    case 'refused':
    case 'not-sent':
      return (
        <Trouble tone="bad" icon={<CircleAlert className="size-3.5" aria-hidden="true" />} onAgain={again}>
          {reasonOf(delivery)}
        </Trouble>
      )
    case 'expired':
      return (
        <Trouble tone="bad" icon={<Clock className="size-3.5" aria-hidden="true" />} onAgain={again}>
          <Trans>等待太久，未发送</Trans>
        </Trouble>
      )
    default:
      return delivery.state satisfies never
  }
}

/** The same for an answer that the log does not show yet. */
export function OutgoingMark({ outgoing }: { readonly outgoing: Outgoing }) {
  const { t } = useLingui()
  const { state, clientId, conversationId, content } = outgoing
  switch (state.kind) {
    case 'sending':
      return <LoaderCircle className={`${sent} motion-safe:animate-spin`} role="img" aria-label={t`正在发送`} />
    case 'unanswered':
      // The same client id: however often it is tried, it is sent once.
      return (
        <Trouble
          tone="bad"
          icon={<CircleAlert className="size-3.5" aria-hidden="true" />}
          onAgain={() => void send(conversationId, content, { clientId })}
        >
          <Trans>没有收到服务器的应答</Trans>
        </Trouble>
      )
    case 'refused':
      return (
        <Trouble
          tone="bad"
          icon={<CircleAlert className="size-3.5" aria-hidden="true" />}
          onAgain={() => void send(conversationId, content, { clientId })}
          onDrop={() => forget(clientId)}
        >
          <Refusal code={state.code} detail={state.detail} />
        </Trouble>
      )
    default:
      return state satisfies never
  }
}

function Refusal({ code, detail }: { readonly code: string; readonly detail: string }) {
  return useCodeWords(code) ?? detail
}

type TroubleProps = {
  readonly tone: 'warn' | 'bad'
  readonly icon: ReactNode
  readonly children: ReactNode
  readonly onAgain: () => void
  readonly onDrop?: () => void
}

function Trouble({ tone, icon, children, onAgain, onDrop }: TroubleProps) {
  return (
    // On a line of its own below the bubble, which keeps its width.
    <span
      role="status"
      className={`flex basis-full items-center justify-end gap-1 pt-0.5 text-right text-xs ${tone === 'bad' ? 'text-bad' : 'text-warn'}`}
    >
      <span className="shrink-0">{icon}</span>
      <span>
        {children}{' '}
        <button type="button" className="rounded underline underline-offset-2" onClick={onAgain}>
          <Trans>重新发送</Trans>
        </button>
        {onDrop === undefined ? null : (
          <button type="button" className="ml-1.5 rounded underline underline-offset-2" onClick={onDrop}>
            <Trans>放弃</Trans>
          </button>
        )}
      </span>
    </span>
  )
}
