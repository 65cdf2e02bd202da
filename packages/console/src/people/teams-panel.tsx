import { chosenIdPattern } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLive } from '../live/use-live.ts'
import { Refusal } from '../manage/refusal.tsx'
import { useApplyPart, useConfiguration } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Panel } from '../ui/page.tsx'

type Given = { readonly id: string; readonly name: string }

/** The teams and how many are in each; one is added or renamed here, removed in the configuration document. */
export function TeamsPanel({ mayManage }: { readonly mayManage: boolean }) {
  const { t } = useLingui()
  const teams = useLive((live) => live.teams)
  const agents = useLive((live) => live.agents)
  const [edited, setEdited] = useState<Given>()
  const sizeOf = (teamId: string) => [...agents.values()].filter((agent) => agent.teams.includes(teamId)).length
  return (
    <Panel title={<Trans>客服组</Trans>}>
      <ul className="flex flex-col">
        {Array.from(teams.values(), (team) => (
          <li key={team.id} className="flex items-center gap-3 border-b border-line py-2 last:border-0">
            <span className="min-w-0 grow break-words">
              {team.name} <span className="text-[13px] text-text-3">{team.id}</span>
            </span>
            <span className="numbers text-[13px] text-text-3">{t`${sizeOf(team.id)} 人`}</span>
            {mayManage ? (
              <Button size="s" aria-label={t`修改客服组 ${team.name}`} onClick={() => setEdited(team)}>
                <Trans context="verb">修改</Trans>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {teams.size === 0 ? (
        <p className="text-text-3">
          <Trans>还没有客服组：所有客服一起接待。</Trans>
        </p>
      ) : null}
      {mayManage ? (
        <p className="mt-3">
          <Button size="s" onClick={() => setEdited({ id: '', name: '' })}>
            <Trans>添加客服组</Trans>
          </Button>
        </p>
      ) : null}
      {edited === undefined ? null : <TeamDialog team={edited} onClose={() => setEdited(undefined)} />}
    </Panel>
  )
}

function TeamDialog({ team, onClose }: { readonly team: Given; readonly onClose: () => void }) {
  const { t } = useLingui()
  const applyPart = useApplyPart()
  const configured = useConfiguredTeam(team.id)
  const [id, setId] = useState(team.id)
  const [name, setName] = useState(team.name)
  const isNew = team.id === ''
  const isId = new RegExp(chosenIdPattern).test(id)
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => applyPart({ teams: [{ ...configured, id, name: name.trim() }] }),
    onSuccess: onClose,
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={isNew ? t`添加客服组` : t`修改客服组 ${team.name}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind="primary"
            disabled={!isId || name.trim() === '' || isPending || configured === undefined}
            onClick={() => mutate()}
          >
            <Trans>保存</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label={t`编号（规则中使用，之后不能改）`}
          value={id}
          disabled={!isNew}
          wrong={id !== '' && !isId ? t`编号只能用字母、数字、- 和 _` : undefined}
          onChange={(event) => setId(event.currentTarget.value)}
        />
        <Field label={t`名称`} value={name} maxLength={100} onChange={(event) => setName(event.currentTarget.value)} />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

/** What else is configured of a team stays when it is renamed; undefined until that is known. */
function useConfiguredTeam(id: string): object | undefined {
  const { data } = useConfiguration()
  if (data === undefined) return undefined
  const teams: unknown = data['teams']
  const isIt = (one: unknown): one is object => typeof one === 'object' && one !== null && 'id' in one && one.id === id
  return Array.isArray(teams) ? (teams.find(isIt) ?? {}) : {}
}
