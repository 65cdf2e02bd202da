import type { Agent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { UsersRound } from 'lucide-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useAct } from '../i18n/failure-words.ts'
import { type TransferTarget, transfer } from '../live/acting.ts'
import { readAgents } from '../live/follow.ts'
import { useConversation, useLive, useSelf } from '../live/use-live.ts'
import { useIsReasonNeeded } from '../live/use-reasons.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { StatusDot } from '../ui/status-dot.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { useStatusWords } from './presence-select.tsx'
import { ReasonField } from './reason-field.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

export function TransferDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const [, navigate] = useLocation()
  const name = useConversation(conversationId)?.customer.name
  const [target, setTarget] = useState<TransferTarget>()
  const [note, setNote] = useState('')
  const [reason, setReason] = useState<string>()
  const isReasonNeeded = useIsReasonNeeded('transfer')
  const [busy, setBusy] = useState(false)
  // Loads are as of now only when they are read now.
  useQuery({ queryKey: ['agents'], queryFn: () => readAgents().then(() => true), staleTime: 0 })
  const submit = async () => {
    if (target === undefined) return
    setBusy(true)
    const done = await act(transfer(conversationId, { to: target, note, reason }))
    setBusy(false)
    if (!done) return
    onClose()
    navigate('/')
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`转接 ${name ?? ''}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind="primary"
            disabled={target === undefined || busy || (isReasonNeeded && reason === undefined)}
            onClick={() => void submit()}
          >
            <Trans>转接</Trans>
          </Button>
        </>
      }
    >
      <Targets chosen={target} onChoose={setTarget} />
      <ReasonField use="transfer" value={reason} onChange={setReason} />
      <TextArea label={t`附言（只有同事能看到）`} value={note} onChange={setNote} rows={2} maxLength={2000} />
    </Dialog>
  )
}

type TargetsProps = { readonly chosen: TransferTarget | undefined; readonly onChoose: (target: TransferTarget) => void }

function Targets({ chosen, onChoose }: TargetsProps) {
  const { t } = useLingui()
  const self = useSelf()
  const statusWords = useStatusWords()
  const agents = useLive((live) => live.agents)
  const teams = useLive((live) => live.teams)
  const others = [...agents.values()].filter((agent) => agent.id !== self?.id && !agent.disabled).sort(byReadiness)
  return (
    <fieldset className="mb-4 max-h-[46vh] overflow-y-auto rounded-lg border border-line">
      <legend className="sr-only">{t`转接给谁`}</legend>
      {[...teams.values()].map((team) => (
        <Row
          key={`team/${team.id}`}
          checked={chosen !== undefined && 'teamId' in chosen && chosen.teamId === team.id}
          onCheck={() => onChoose({ teamId: team.id })}
          disabled={false}
        >
          <span className="flex size-7 items-center justify-center rounded-lg bg-brand-soft text-brand">
            <UsersRound className="size-4" aria-hidden="true" />
          </span>
          <span className="grow truncate">{team.name}</span>
          <span className="text-xs text-text-3">
            <Trans>客服组，按规则分配</Trans>
          </span>
        </Row>
      ))}
      {others.map((agent) => (
        <Row
          key={agent.id}
          checked={chosen !== undefined && 'agentId' in chosen && chosen.agentId === agent.id}
          onCheck={() => onChoose({ agentId: agent.id })}
          disabled={agent.status !== 'online'}
        >
          <Avatar id={agent.id} name={agent.nickname} size="s" />
          <span className="grow truncate">{agent.nickname}</span>
          <span className="flex items-center gap-1.5 text-xs text-text-3">
            <StatusDot status={agent.status} />
            {statusWords[agent.status]}
          </span>
          <span className="numbers w-10 text-right text-xs text-text-3">
            {agent.load}/{agent.capacity}
          </span>
        </Row>
      ))}
      {others.length + teams.size === 0 ? (
        <p className="p-6 text-center text-text-3">
          <Trans>还没有其他客服</Trans>
        </p>
      ) : null}
    </fieldset>
  )
}

type RowProps = {
  readonly checked: boolean
  readonly disabled: boolean
  readonly onCheck: () => void
  readonly children: React.ReactNode
}

function Row({ checked, disabled, onCheck, children }: RowProps) {
  return (
    <label
      className={`flex h-11 items-center gap-3 border-b border-line px-3 last:border-0 has-focus-visible:bg-hover ${
        disabled ? 'opacity-60' : 'cursor-pointer hover:bg-hover'
      } ${checked ? 'bg-selected' : ''}`}
    >
      <input
        type="radio"
        name="transfer-to"
        checked={checked}
        disabled={disabled}
        onChange={onCheck}
        className="size-4 accent-brand-fill"
      />
      {children}
    </label>
  )
}

const order = { online: 0, away: 1, offline: 2 }

/** Who can take it now comes first, then who has most room. */
function byReadiness(left: Agent, right: Agent): number {
  return (
    order[left.status] - order[right.status] ||
    right.capacity - right.load - (left.capacity - left.load) ||
    left.nickname.localeCompare(right.nickname)
  )
}
