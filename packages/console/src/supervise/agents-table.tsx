import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { clockOf } from '../i18n/formatting.ts'
import { useStatusWords } from '../inbox/presence-select.tsx'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { useReasonLabel } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { StatusDot } from '../ui/status-dot.tsx'
import { AgentControlDialog } from './agent-control-dialog.tsx'
import type { Shown } from './conversations-dialog.tsx'
import { type AgentFigures, type Column, columns, inOrder, type Sorting, sortedBy } from './sorting.ts'

const cell = 'px-2.5 py-2 @min-[720px]/desk:px-4'

type Props = { readonly agents: readonly AgentFigures[]; readonly onShow: (shown: Shown) => void }

export function AgentsTable({ agents, onShow }: Props) {
  const { t } = useLingui()
  const words = useColumnWords()
  const names = useLive((live) => live.agents)
  const [sorting, sort] = useState<Sorting>({ by: 'hands', isDescending: true })
  const [changed, change] = useState<AgentFigures>()
  const nameOf = (agentId: string) => names.get(agentId)?.nickname ?? agentId
  return (
    <div className="overflow-x-auto rounded-card border border-line bg-panel">
      <table className="w-full text-left">
        <thead className="text-[13px] text-text-2">
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column}
                className={`${cell} font-normal`}
                aria-sort={sorting.by !== column ? 'none' : sorting.isDescending ? 'descending' : 'ascending'}
              >
                <button type="button" className="hover:underline" onClick={() => sort(sortedBy(sorting, column))}>
                  {words[column]}
                </button>
              </th>
            ))}
            <th className={`${cell} text-right font-normal`}>{t`操作`}</th>
          </tr>
        </thead>
        <tbody>
          {inOrder(agents, sorting).map((agent) => (
            <Row
              key={agent.agentId}
              agent={agent}
              name={nameOf(agent.agentId)}
              onShow={onShow}
              onChange={() => change(agent)}
            />
          ))}
        </tbody>
      </table>
      {changed === undefined ? null : (
        <AgentControlDialog agent={changed} name={nameOf(changed.agentId)} onClose={() => change(undefined)} />
      )}
    </div>
  )
}

type RowProps = {
  readonly agent: AgentFigures
  readonly name: string
  readonly onShow: (shown: Shown) => void
  readonly onChange: () => void
}

function Row({ agent, name, onShow, onChange }: RowProps) {
  const { t } = useLingui()
  const { agentId } = agent
  const words = useColumnWords()
  const figure = (column: Column, text: string, fits: Shown['fits']) => (
    <td className={cell}>
      <button
        type="button"
        className="numbers rounded px-1 text-brand hover:underline"
        aria-label={`${name} ${words[column]} ${text}`}
        onClick={() =>
          onShow({ title: `${name} · ${words[column]}`, fits: (one) => one.assignee === agentId && fits(one) })
        }
      >
        {text}
      </button>
    </td>
  )
  return (
    <tr className="border-b border-line last:border-0">
      <td className={`${cell} whitespace-nowrap`}>{name}</td>
      <Status agent={agent} />
      {figure('load', `${agent.load}/${agent.capacity}`, ({ parked }) => parked === null)}
      {figure('unanswered', String(agent.unanswered), ({ unread }) => unread > 0)}
      {figure('parked', String(agent.parked), ({ parked }) => parked !== null)}
      {figure('hands', String(agent.hands), ({ hand }) => hand !== undefined)}
      <td className={`${cell} text-right`}>
        <Button size="s" aria-label={t`调整 ${name}`} onClick={onChange}>
          <Trans>调整</Trans>
        </Button>
      </td>
    </tr>
  )
}

function Status({ agent: { status, statusReason, statusSince } }: { readonly agent: AgentFigures }) {
  const words = useStatusWords()
  const nowMs = useNow()
  const why = useReasonLabel(statusReason ?? undefined)
  return (
    <td className={`${cell} whitespace-nowrap`}>
      <span className="inline-flex items-center gap-2">
        <StatusDot status={status} />
        {why === undefined ? words[status] : `${words[status]}：${why}`}
        {statusSince === null ? null : (
          <time dateTime={statusSince} title={statusSince} className="numbers text-[13px] text-text-2">
            {clockOf(nowMs - Date.parse(statusSince))}
          </time>
        )}
      </span>
    </td>
  )
}

function useColumnWords(): Record<Column, string> {
  const { t } = useLingui()
  return {
    agentId: t`客服`,
    status: t`状态`,
    load: t`接待`,
    unanswered: t`未回复`,
    parked: t`已挂起`,
    hands: t`举手`,
  }
}
