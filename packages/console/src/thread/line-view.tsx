import { Plural, Trans } from '@lingui/react/macro'
import { Suspense } from 'react'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { sparedPart } from '../i18n/spared-part.ts'
import type { ThreadLine } from '../live/thread.ts'
import { useDispositionLabel } from '../live/use-dispositions.ts'
import { useLive } from '../live/use-live.ts'
import { useReasonLabel } from '../live/use-reasons.ts'
import { lazyPart } from '../ui/lazy-part.ts'
import { useHolderName } from './holder-name.ts'
import { HandLowered, HandRaised, Joined, Left, Whispered } from './supervision-lines.tsx'
import { WithNote } from './with-note.tsx'

// Few threads have these: they come when they are needed.
const Noted = lazyPart(() => import('../notes/noted.tsx').then((file) => file.Noted))
const LeftLine = sparedPart(() => import('../message-box/left-line.tsx').then((file) => file.LeftLine))
const ArbitrationLine = lazyPart(() => import('./arbitration-line.tsx').then((file) => file.ArbitrationLine))

/** What happened to the session or to apps' answers, in one line between the messages. */
export function LineView({ line }: { readonly line: ThreadLine }) {
  switch (line.type) {
    case 'session.opened':
      return line.facts.reopens === null ? <Trans>会话开始</Trans> : <Trans>会话重新打开</Trans>
    case 'session.queued':
      return <Queued line={line} />
    case 'session.assigned':
      return <Assigned line={line} />
    case 'session.idle-warned':
      return <Trans>已提醒客户：长时间没有消息，会话将结束</Trans>
    case 'session.closed':
      return <Closed line={line} />
    case 'reply.arbitrated':
      return (
        <Suspense fallback={null}>
          <ArbitrationLine line={line} />
        </Suspense>
      )
    case 'session.offered':
      return <Offered line={line} />
    case 'session.offer-ended':
      return <OfferEnded line={line} />
    case 'session.broadcast':
      return <Broadcast line={line} />
    case 'session.broadcast-left':
      return <OfferEnded line={line} />
    case 'session.broadcast-ended':
      return <Trans>没有人抢接</Trans>
    case 'session.disposed':
      return <Disposed line={line} />
    case 'session.parked':
      return <Parked line={line} />
    case 'session.resumed':
      return line.facts.cause === 'customer' ? (
        <Trans>客户回复，会话恢复</Trans>
      ) : line.facts.cause === 'time' ? (
        <Trans>时间到，会话恢复</Trans>
      ) : (
        <Trans>会话恢复</Trans>
      )
    case 'session.joined':
      return <Joined line={line} />
    case 'session.left':
      return <Left line={line} />
    case 'session.whispered':
      return <Whispered line={line} />
    case 'session.hand-raised':
      return <HandRaised line={line} />
    case 'session.hand-lowered':
      return <HandLowered line={line} />
    case 'message-box.left':
    case 'message-box.expired':
    case 'message-box.taken':
    case 'message-box.resolved':
    case 'message-box.reopened':
      return (
        <Suspense fallback={null}>
          <LeftLine line={line} />
        </Suspense>
      )
    case 'conversation.noted':
      return (
        <Suspense fallback={null}>
          <Noted line={line} />
        </Suspense>
      )
    default:
      return line satisfies never
  }
}

type Line<T extends ThreadLine['type']> = { readonly line: Extract<ThreadLine, { type: T }> }

function Queued({ line }: Line<'session.queued'>) {
  const { cause, from, teamId, decision } = line.facts
  const teamName = useLive((live) => live.teams.get(teamId ?? '')?.name) ?? teamId
  const name = useHolderName(from)
  return (
    <WithNote note={line.personal?.note} decisionId={decision?.decisionId}>
      {cause === 'transfer' && teamName !== null ? (
        <Trans>
          {name}转接到{teamName}，等待接入
        </Trans>
      ) : cause === 'routing' ? (
        <Trans>进入排队，等待接入</Trans>
      ) : (
        <Trans>{name}无法继续接待，重新排队</Trans>
      )}
    </WithNote>
  )
}

function Assigned({ line }: Line<'session.assigned'>) {
  const { cause, from, to, decision } = line.facts
  const giver = useHolderName(from)
  const name = useHolderName(to)
  return (
    <WithNote note={line.personal?.note} decisionId={decision?.decisionId}>
      {cause === 'transfer' ? (
        <Trans>
          {giver}转接给{name}
        </Trans>
      ) : cause === 'take-over' ? (
        <Trans>{name}接管会话</Trans>
      ) : cause === 'routing' ? (
        <Trans>已分配给{name}</Trans>
      ) : (
        <Trans>{name}接入会话</Trans>
      )}
    </WithNote>
  )
}

function Offered({ line }: Line<'session.offered'>) {
  const { agentId, decision } = line.facts
  const name = useHolderName({ kind: 'agent', agentId })
  return (
    <WithNote note={undefined} decisionId={decision.decisionId}>
      <Trans>已邀请{name}接入</Trans>
    </WithNote>
  )
}

function Broadcast({ line }: Line<'session.broadcast'>) {
  const { agentIds, decision } = line.facts
  return (
    <WithNote note={undefined} decisionId={decision.decisionId}>
      <Plural value={agentIds.length} other="已邀请 # 位客服抢接" />
    </WithNote>
  )
}

function OfferEnded({ line }: Line<'session.offer-ended' | 'session.broadcast-left'>) {
  const { agentId, outcome, reason } = line.facts
  const name = useHolderName({ kind: 'agent', agentId })
  const why = useReasonLabel(reason)
  if (outcome === 'timed-out') return <Trans>{name}没有应答</Trans>
  return why === undefined ? (
    <Trans>{name}没有接入</Trans>
  ) : (
    <Trans>
      {name}没有接入：{why}
    </Trans>
  )
}

function Parked({ line }: Line<'session.parked'>) {
  const { agentId, until } = line.facts
  const locale = useLocale()
  const name = useHolderName({ kind: 'agent', agentId })
  const time = until === null ? undefined : fullTime(Date.parse(until), locale)
  return (
    <WithNote note={line.personal?.note} decisionId={undefined}>
      {time === undefined ? (
        <Trans>{name}挂起会话，等客户回复</Trans>
      ) : (
        <Trans>
          {name}挂起会话，{time} 恢复
        </Trans>
      )}
    </WithNote>
  )
}

function Disposed({ line }: Line<'session.disposed'>) {
  const { cause, disposition } = line.facts
  const label = useDispositionLabel(disposition)
  if (cause === 'reopened') return <Trans>会话小结待重新打开的会话结束时填写</Trans>
  return (
    <WithNote note={line.personal?.note} decisionId={undefined}>
      {label === null ? <Trans>没有填写会话小结</Trans> : <Trans>会话小结：{label}</Trans>}
    </WithNote>
  )
}

function Closed({ line }: Line<'session.closed'>) {
  const { cause, from, reason } = line.facts
  const name = useHolderName(from)
  const why = useReasonLabel(reason)
  return (
    <WithNote note={line.personal?.note} decisionId={undefined}>
      {cause === 'idle' ? (
        <Trans>长时间没有消息，会话已自动结束</Trans>
      ) : cause === 'unfollowed' ? (
        <Trans>客户取消关注，会话已结束</Trans>
      ) : cause === 'customer' ? (
        <Trans>客户结束了会话</Trans>
      ) : cause === 'blocked' ? (
        <Trans>客户被拉黑，会话已结束</Trans>
      ) : cause === 'window' ? (
        <Trans>已超过微信允许回复的时间，会话已自动结束</Trans>
      ) : cause === 'system' ? (
        <Trans>会话已结束</Trans>
      ) : why !== undefined ? (
        <Trans>
          {name}结束了会话：{why}
        </Trans>
      ) : (
        <Trans>{name}结束了会话</Trans>
      )}
    </WithNote>
  )
}
