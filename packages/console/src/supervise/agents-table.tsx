import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { clockOf } from '../i18n/formatting.ts'
import { useStatusWords } from '../inbox/presence-select.tsx'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { useReasonLabel } from '../live/use-reasons.ts'
import { type Column, Figures } from '../manage/figures.tsx'
import { Button } from '../ui/button.tsx'
import { StatusDot } from '../ui/status-dot.tsx'
import { AgentControlDialog } from './agent-control-dialog.tsx'
import type { AgentFigures } from './alarms.ts'
import type { Shown } from './conversations-dialog.tsx'

type Props = { readonly agents: readonly AgentFigures[]; readonly onShow: (shown: Shown) => void }

/** What each agent is doing; on a phone a card for each. */
export function AgentsTable({ agents, onShow }: Props) {
  const { t } = useLingui()
  const names = useLive((live) => live.agents)
  const [changed, change] = useState<AgentFigures>()
  const nameOf = ({ agentId }: AgentFigures) => names.get(agentId)?.nickname ?? agentId
  const columns = useColumns(nameOf, onShow, change)
  return (
    <>
      <Figures
        label={t`每位客服`}
        columns={columns}
        rows={agents}
        keyOf={({ agentId }) => agentId}
        first={{ by: 'hands', isDescending: true }}
      />
      {changed === undefined ? null : (
        <AgentControlDialog agent={changed} name={nameOf(changed)} onClose={() => change(undefined)} />
      )}
    </>
  )
}

function useColumns(
  nameOf: (agent: AgentFigures) => string,
  onShow: Props['onShow'],
  onChange: (agent: AgentFigures) => void,
): readonly Column<AgentFigures>[] {
  const { t } = useLingui()
  const changing = (name: string) => t`调整 ${name}`
  const figure = (
    id: 'load' | 'unanswered' | 'parked' | 'hands',
    label: string,
    hint: string,
    fits: Shown['fits'],
  ): Column<AgentFigures> => ({
    ...{ id, label, hint, isNumber: true },
    order: (agent) => agent[id],
    cell: (agent) => {
      const name = nameOf(agent)
      const text = id === 'load' ? `${agent.load}/${agent.capacity}` : String(agent[id])
      const show = () =>
        onShow({ title: `${name} · ${label}`, fits: (one) => one.assignee === agent.agentId && fits(one) })
      return (
        <button
          type="button"
          className="numbers rounded px-1 text-brand hover:underline"
          aria-label={`${name} ${label} ${text}`}
          onClick={show}
        >
          {text}
        </button>
      )
    },
  })
  return [
    { id: 'agentId', label: t`客服`, order: nameOf, cell: nameOf },
    { id: 'status', label: t`状态`, order: ({ status }) => status, cell: (agent) => <Status agent={agent} /> },
    figure('load', t`接待`, t`占用的名额与接待上限`, ({ parked }) => parked === null),
    figure('unanswered', t`未回复`, t`客户最后说了话、客服还没有看的对话`, ({ unread }) => unread > 0),
    figure('parked', t`已挂起`, t`等客户回复或等到约定时间的会话`, ({ parked }) => parked !== null),
    figure('hands', t`举手`, t`请主管帮忙的会话`, ({ hand }) => hand !== undefined),
    {
      id: 'change',
      label: t`操作`,
      cell: (agent) => (
        <Button size="s" aria-label={changing(nameOf(agent))} onClick={() => onChange(agent)}>
          <Trans>调整</Trans>
        </Button>
      ),
    },
  ]
}

function Status({ agent: { status, statusReason, statusSince } }: { readonly agent: AgentFigures }) {
  const words = useStatusWords()
  const nowMs = useNow()
  const why = useReasonLabel(statusReason ?? undefined)
  return (
    <span className="inline-flex items-center gap-2">
      <StatusDot status={status} />
      {why === undefined ? words[status] : `${words[status]}：${why}`}
      {statusSince === null ? null : (
        <time dateTime={statusSince} title={statusSince} className="numbers text-[13px] text-text-2">
          {clockOf(nowMs - Date.parse(statusSince))}
        </time>
      )}
    </span>
  )
}
