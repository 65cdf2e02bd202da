import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { Ban } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { sparedPart } from '../i18n/spared-part.ts'
import { useDeskActions } from '../keys/use-desk-actions.ts'
import { reopen } from '../live/acting.ts'
import { isBroadcastTo, isOfferedTo } from '../live/conversation-list.ts'
import { useAgentName, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { setNoteMode } from '../notes/note-mode.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'
import { Keys } from '../ui/keys.tsx'
import { lazyPart } from '../ui/lazy-part.ts'
import { type ClosedReason, windowOf } from './allowance.ts'
import { wishToWrite } from './focus-wish.ts'

const LeftBar = sparedPart(() => import('../message-box/left-bar.tsx').then((file) => file.LeftBar))
/** Its field to choose from is a large part of the library, which no first load carries. */
const WrapUpForm = lazyPart(() => import('./wrap-up-form.tsx').then((file) => file.WrapUpForm))

type Props = { readonly conversation: Conversation; readonly reason: ClosedReason }

/** In the place of the composer: why one cannot write here, and what one can do instead. */
export function ClosedComposer({ conversation, reason }: Props) {
  const { t } = useLingui()
  return (
    <section
      aria-label={t`回复`}
      className="flex min-h-20 shrink-0 flex-wrap items-center justify-center gap-x-4 gap-y-2 border-t border-line bg-panel px-4 py-4 text-center text-text-2"
    >
      <Inside conversation={conversation} reason={reason} />
      <Button onClick={() => setNoteMode(conversation.id, true)}>
        <Trans>写备注</Trans>
      </Button>
    </section>
  )
}

function Inside({ conversation, reason }: Props) {
  switch (reason) {
    case 'waiting':
      return <Waiting conversation={conversation} />
    case 'ended':
      return <Ended conversation={conversation} />
    case 'other':
      return <HeldByOther conversation={conversation} />
    case 'unfollowed':
      return (
        <Refusal>
          <Trans>客户已取消关注，重新关注前无法发送消息。</Trans>
        </Refusal>
      )
    case 'window':
      return (
        <Refusal>
          <Trans>超过微信允许的时间（客户最后一次互动后 48 小时），不能主动回复。请等待客户再次发来消息。</Trans>
        </Refusal>
      )
    case 'count':
      return (
        <Refusal>
          <Trans>微信允许的回复条数已用完。客户再次发来消息后可继续回复。</Trans>
        </Refusal>
      )
    default:
      return reason satisfies never
  }
}

function Refusal({ children }: { readonly children: ReactNode }) {
  return (
    <p className="flex items-center gap-2">
      <Ban className="size-4 shrink-0 text-warn" aria-hidden="true" />
      <span>{children}</span>
    </p>
  )
}

function Waiting({ conversation }: { readonly conversation: Conversation }) {
  const { acceptOne } = useDeskActions()
  const self = useSelf()
  const { id, offer, broadcast } = conversation
  const askedName = useAgentName(offer?.agentId)
  const isAsked = isOfferedTo(conversation, self?.id)
  if ((offer !== null || broadcast !== undefined) && !isAsked && self?.role === 'agent') {
    return <p>{offer === null ? <Trans>同事正在抢接</Trans> : <Trans>已邀请{askedName}接入</Trans>}</p>
  }
  return (
    <>
      <p>{isAsked ? <Trans>邀请你接入</Trans> : <Trans>接入后即可回复</Trans>}</p>
      <Button kind="primary" onClick={() => void acceptOne(id)}>
        {isBroadcastTo(conversation, self?.id) ? <Trans>抢接</Trans> : <Trans>接入</Trans>}
      </Button>
      {isAsked ? (
        <Button onClick={() => openDialog({ kind: 'decline', conversationId: id })}>
          <Trans>不接入</Trans>
        </Button>
      ) : null}
      <span className="hidden items-center gap-1.5 text-xs text-text-3 @min-[900px]/desk:inline-flex">
        <Trans>
          <Keys keys="Mod+Enter" /> 接入等待最久的
        </Trans>
      </span>
    </>
  )
}

function Ended({ conversation }: { readonly conversation: Conversation }) {
  const act = useAct()
  const nowMs = useNow(10_000)
  const self = useSelf()
  const window = windowOf(conversation, nowMs)
  const reopenAndWrite = async () => {
    if (await act(reopen(conversation.id))) wishToWrite(conversation.id)
  }
  const { lastClose } = conversation
  if (lastClose?.wrapUpUntil != null && lastClose.agentId === self?.id) {
    const untilMs = Date.parse(lastClose.wrapUpUntil)
    return (
      <Suspense fallback={null}>
        <WrapUpForm key={lastClose.sessionId} conversationId={conversation.id} closed={lastClose} untilMs={untilMs} />
      </Suspense>
    )
  }
  if (conversation.messageLeft !== undefined) {
    return (
      <Suspense fallback={null}>
        <LeftBar conversation={conversation} />
      </Suspense>
    )
  }
  if (!conversation.customer.following) return <Inside conversation={conversation} reason="unfollowed" />
  if (window.kind === 'closed') return <Inside conversation={conversation} reason={window.reason} />
  return (
    <>
      <p>
        <Trans>会话已结束</Trans>
      </p>
      <Button onClick={() => void reopenAndWrite()}>
        <Trans>重新打开并接待</Trans>
      </Button>
    </>
  )
}

function HeldByOther({ conversation }: { readonly conversation: Conversation }) {
  const { holder } = conversation
  const agentName = useAgentName(holder.kind === 'agent' ? holder.agentId : undefined)
  const name = holder.kind === 'app' ? holder.appId : (agentName ?? '')
  return (
    <p>
      <Trans>由{name}接待中，只能查看</Trans>
    </p>
  )
}
