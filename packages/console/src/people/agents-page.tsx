import type { Agent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, MonitorSmartphone, Pencil } from 'lucide-react'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { useStatusWords } from '../inbox/presence-select.tsx'
import { client } from '../live/client.ts'
import { readAgents } from '../live/follow.ts'
import { useLive, useMe } from '../live/use-live.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Page } from '../ui/page.tsx'
import { StatusDot } from '../ui/status-dot.tsx'
import { AgentDialog } from './agent-dialog.tsx'
import { AgentSignInsDialog } from './agent-sign-ins-dialog.tsx'
import { ImportDialog } from './import-dialog.tsx'
import { useRoleWords } from './role-words.ts'
import { TeamsPanel } from './teams-panel.tsx'

const refreshMs = 10_000

export function AgentsPage() {
  const { t } = useLingui()
  const me = useMe()
  const mayManage = me?.scopes.includes('agents:manage') ?? false
  // Whoever adds agents changes the configuration.
  const mayConfigure = me?.scopes.includes('configuration:manage') ?? false
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const [link, setLink] = useState<{ name: string; url: string }>()
  const act = useAct()
  // Statuses come with the log; how much each has on hand is asked for.
  useQuery({
    queryKey: ['agents'],
    queryFn: () => readAgents().then(() => true),
    refetchInterval: refreshMs,
    staleTime: 0,
  })
  const close = () => setOpened({ kind: 'none' })
  const invite = (agentId: string, name: string) =>
    act(client.agents.createSignInLink(agentId).then(({ url }) => setLink({ name, url })))
  return (
    <Page title={t`客服`}>
      {mayConfigure ? (
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => setOpened({ kind: 'import' })}>
            <Trans>批量导入…</Trans>
          </Button>
          <Button kind="primary" onClick={() => setOpened({ kind: 'agent', agent: undefined })}>
            <Trans>添加客服</Trans>
          </Button>
        </div>
      ) : null}
      <AgentsTable
        onInvite={mayManage ? ({ id, nickname }) => void invite(id, nickname) : undefined}
        onSignIns={mayManage ? (agent) => setOpened({ kind: 'sign-ins', agent }) : undefined}
        onEdit={mayConfigure ? (agent) => setOpened({ kind: 'agent', agent }) : undefined}
      />
      <TeamsPanel mayManage={mayConfigure} />
      {opened.kind === 'import' ? <ImportDialog onClose={close} /> : null}
      {opened.kind === 'sign-ins' ? (
        <AgentSignInsDialog agentId={opened.agent.id} name={opened.agent.nickname} onClose={close} />
      ) : null}
      {opened.kind === 'agent' ? (
        <AgentDialog
          agent={opened.agent}
          onClose={close}
          onCreated={(agentId, nickname) => {
            close()
            void invite(agentId, nickname)
          }}
        />
      ) : null}
      {link === undefined ? null : <LinkDialog {...link} onClose={() => setLink(undefined)} />}
    </Page>
  )
}

type TableProps = {
  readonly onInvite: ((agent: Agent) => void) | undefined
  readonly onSignIns: ((agent: Agent) => void) | undefined
  readonly onEdit: ((agent: Agent) => void) | undefined
}

function AgentsTable({ onInvite, onSignIns, onEdit }: TableProps) {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  return (
    <div className="overflow-x-auto rounded-card border border-line bg-panel">
      <table className="w-full text-left">
        <thead className="text-[13px] text-text-3">
          <tr className="border-b border-line">
            <th className="px-2.5 py-2.5 @min-[720px]/desk:px-4 font-normal">{t`客服`}</th>
            <th className="px-2.5 py-2.5 @min-[720px]/desk:px-4 font-normal">{t`状态`}</th>
            <th className="px-2.5 py-2.5 @min-[720px]/desk:px-4 font-normal">{t`接待`}</th>
            <th className="hidden px-2.5 py-2.5 @min-[720px]/desk:px-4 font-normal @min-[720px]/desk:table-cell">{t`客服组`}</th>
            {onInvite !== undefined ? (
              <th className="px-2.5 py-2.5 @min-[720px]/desk:px-4 text-right font-normal">{t`操作`}</th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {[...agents.values()].map((agent) => (
            <AgentRow
              key={agent.id}
              agent={agent}
              onInvite={onInvite && (() => onInvite(agent))}
              onSignIns={onSignIns && (() => onSignIns(agent))}
              onEdit={onEdit && (() => onEdit(agent))}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type Opened =
  | { readonly kind: 'none' }
  | { readonly kind: 'import' }
  | { readonly kind: 'sign-ins'; readonly agent: Agent }
  | { readonly kind: 'agent'; readonly agent: Agent | undefined }
type RowProps = {
  readonly agent: Agent
  readonly onInvite: (() => void) | undefined
  readonly onSignIns: (() => void) | undefined
  readonly onEdit: (() => void) | undefined
}

function AgentRow({ agent, onInvite, onSignIns, onEdit }: RowProps) {
  const { t } = useLingui()
  const statusWords = useStatusWords()
  const teams = useLive((live) => live.teams)
  const roles = useRoleWords()
  const { nickname, id, role, status, load, capacity, disabled } = agent
  const share = capacity === 0 ? 0 : Math.min(1, load / capacity)
  return (
    <tr className="border-b border-line last:border-0">
      <td className="px-2.5 py-2.5 @min-[720px]/desk:px-4">
        <span className="flex items-center gap-2.5">
          <Avatar id={id} name={nickname} size="s" />
          <span>
            <span className="block leading-5">{nickname}</span>
            <span className="block text-xs text-text-3">
              {id} · {roles[role]}
            </span>
          </span>
        </span>
      </td>
      <td className="px-2.5 py-2.5 @min-[720px]/desk:px-4 whitespace-nowrap">
        <span className="inline-flex items-center gap-1.5">
          <StatusDot status={disabled ? 'offline' : status} />
          {disabled ? t`已停用` : statusWords[status]}
        </span>
      </td>
      <td className="px-2.5 py-2.5 @min-[720px]/desk:px-4">
        <span className="numbers flex items-center gap-2">
          <span className="w-10">
            {load}/{capacity}
          </span>
          <span
            aria-hidden="true"
            className="hidden h-1.5 w-20 overflow-hidden rounded-full bg-line @min-[480px]/desk:block"
          >
            <span
              className={`block h-full rounded-full ${share >= 1 ? 'bg-warn-dot' : 'bg-good-dot'}`}
              style={{ width: `${share * 100}%` }}
            />
          </span>
        </span>
      </td>
      <td className="hidden px-2.5 py-2.5 @min-[720px]/desk:px-4 text-[13px] text-text-2 @min-[720px]/desk:table-cell">
        {agent.teams.map((team) => teams.get(team)?.name ?? team).join('、') || '—'}
      </td>
      {onInvite === undefined ? null : (
        <td className="px-2.5 py-2.5 @min-[720px]/desk:px-4 text-right whitespace-nowrap">
          {onEdit === undefined ? null : (
            <IconButton
              label={t`修改 ${nickname}`}
              icon={<Pencil className="size-4" aria-hidden="true" />}
              onClick={onEdit}
            />
          )}
          <IconButton
            label={t`${nickname} 的登录`}
            icon={<MonitorSmartphone className="size-4" aria-hidden="true" />}
            onClick={onSignIns}
          />
          <IconButton
            label={t`生成登录链接`}
            icon={<KeyRound className="size-4" aria-hidden="true" />}
            onClick={onInvite}
          />
        </td>
      )}
    </tr>
  )
}

type LinkProps = { readonly name: string; readonly url: string; readonly onClose: () => void }

function LinkDialog({ name, url, onClose }: LinkProps) {
  const { t } = useLingui()
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`${name} 的登录链接`}
      description={t`30 分钟内有效，只能用一次。打开后即以该客服身份登录，请只发给本人。`}
    >
      <p className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1.5 pr-1.5 pl-3">
        <span className="min-w-0 grow font-mono text-xs break-all">{url}</span>
        <CopyButton text={url} label={t`复制链接`} />
      </p>
    </Dialog>
  )
}
