import { Trans } from '@lingui/react/macro'
import type { ThreadLine } from '../live/thread.ts'
import { useAgentName } from '../live/use-live.ts'
import { useReasonLabel } from '../live/use-reasons.ts'

type Line<T extends ThreadLine['type']> = { readonly line: Extract<ThreadLine, { type: T }> }

export function Joined({ line }: Line<'session.joined'>) {
  const { agentId, mayWrite } = line.facts
  const name = useAgentName(agentId)
  return mayWrite ? <Trans>主管{name}加入了会话</Trans> : <Trans>主管{name}正在旁观</Trans>
}

export function Left({ line }: Line<'session.left'>) {
  const name = useAgentName(line.facts.agentId)
  return <Trans>主管{name}离开了会话</Trans>
}

/** Only colleagues have it: the customer never sees it. */
export function Whispered({ line }: Line<'session.whispered'>) {
  const { actor, personal } = line
  const name = useAgentName(actor.kind === 'agent' ? actor.agentId : '')
  const text = personal?.text
  return (
    <span className="mt-1 block rounded-md border border-dashed border-brand bg-brand-soft px-2.5 py-1 text-left whitespace-pre-wrap text-text">
      {text === undefined ? (
        <Trans>{name}的悄悄话已清除</Trans>
      ) : (
        <Trans>
          {name}悄悄对客服说（客户看不到）：{text}
        </Trans>
      )}
    </span>
  )
}

export function HandRaised({ line }: Line<'session.hand-raised'>) {
  const { agentId, reason } = line.facts
  const name = useAgentName(agentId)
  const why = useReasonLabel(reason) ?? line.personal?.note
  return why === undefined ? (
    <Trans>{name}举手，请主管帮忙</Trans>
  ) : (
    <Trans>
      {name}举手，请主管帮忙：{why}
    </Trans>
  )
}

export function HandLowered({ line }: Line<'session.hand-lowered'>) {
  const { actor, facts } = line
  const name = useAgentName(actor.kind === 'agent' ? actor.agentId : facts.agentId)
  return facts.outcome === 'answered' ? <Trans>{name}响应了举手</Trans> : <Trans>{name}放下了手</Trans>
}
