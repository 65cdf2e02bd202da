import { type Agent, chosenIdPattern, type Role } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLive } from '../live/use-live.ts'
import { Refusal } from '../manage/refusal.tsx'
import { useApplyPart } from '../manage/use-configuration.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { Switch } from '../ui/switch.tsx'
import { useRoleWords } from './role-words.ts'
import { readSkills, writeSkills } from './skills-text.ts'

type Props = {
  /** Nobody yet, or the agent to change. */
  readonly agent: Agent | undefined
  readonly onClose: () => void
  readonly onCreated: (agentId: string, nickname: string) => void
}

/** Adds an agent or changes one: name, role, teams, capacity, skills, and whether they may work. */
export function AgentDialog({ agent, onClose, onCreated }: Props) {
  const { t } = useLingui()
  const applyPart = useApplyPart()
  const [form, setForm] = useState(() => formOf(agent))
  const { isId, capacity, skills } = readForm(form)
  const isGood = isId && form.nickname.trim() !== '' && capacity !== undefined && skills !== undefined
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => {
      const { id, role, teams, disabled } = form
      const given = { id, nickname: form.nickname.trim(), role, teams: [...teams], disabled }
      return applyPart({ agents: [{ ...given, skills: skills ?? {}, ...(capacity !== undefined && { capacity }) }] })
    },
    onSuccess: () => (agent === undefined ? onCreated(form.id, form.nickname.trim()) : onClose()),
  })
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={agent === undefined ? t`添加客服` : t`修改 ${agent.nickname}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={!isGood || isPending} onClick={() => mutate()}>
            {agent === undefined ? t`添加并生成登录链接` : t`保存`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <AgentFields form={form} isNew={agent === undefined} onChange={setForm} />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

type FieldsProps = { readonly form: Form; readonly isNew: boolean; readonly onChange: (form: Form) => void }

function AgentFields({ form, isNew, onChange }: FieldsProps) {
  const { t } = useLingui()
  const { isId, capacity, skills } = readForm(form)
  const change = (part: Partial<Form>) => onChange({ ...form, ...part })
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label={t`编号（登录用，之后不能改）`}
          value={form.id}
          disabled={!isNew}
          wrong={form.id !== '' && !isId ? t`编号只能用字母、数字、- 和 _` : undefined}
          onChange={(event) => change({ id: event.currentTarget.value })}
        />
        <Field
          label={t`昵称（客户会看到）`}
          value={form.nickname}
          maxLength={16}
          onChange={(event) => change({ nickname: event.currentTarget.value })}
        />
        <RoleSelect value={form.role} onChange={(role) => change({ role })} />
        <Field
          label={t`接待上限`}
          value={form.capacity}
          inputMode="numeric"
          wrong={capacity !== undefined ? undefined : t`接待上限是 0 到 1000 的整数`}
          onChange={(event) => change({ capacity: event.currentTarget.value })}
        />
      </div>
      <TeamBoxes chosen={form.teams} onChange={(teams) => change({ teams })} />
      <Field
        label={t`技能（选填）`}
        hint={t`用逗号分开，冒号后是 1 到 5 的水平，例如：英语:3，退款:5`}
        value={form.skills}
        wrong={skills === undefined ? t`写成 名称:水平，水平是 1 到 5` : undefined}
        onChange={(event) => change({ skills: event.currentTarget.value })}
      />
      {isNew ? null : (
        <div>
          <Switch label={t`停用`} checked={form.disabled} onChange={(disabled) => change({ disabled })} />
          <p className="text-xs text-text-3">
            <Trans>停用后立即退出所有登录，手上的会话交还排队。记录保留，可以再启用。</Trans>
          </p>
        </div>
      )}
    </>
  )
}

/** What the texts of the form stand for; undefined where one cannot be read. */
function readForm({ id, capacity, skills }: Form) {
  const figure = Number(capacity)
  const isFigure = capacity.trim() !== '' && Number.isInteger(figure) && figure >= 0 && figure <= 1000
  return {
    isId: new RegExp(chosenIdPattern).test(id),
    capacity: isFigure ? figure : undefined,
    skills: readSkills(skills),
  }
}

type Form = {
  readonly id: string
  readonly nickname: string
  readonly role: Role
  readonly teams: ReadonlySet<string>
  readonly capacity: string
  readonly skills: string
  readonly disabled: boolean
}

function formOf(agent: Agent | undefined): Form {
  const {
    id = '',
    nickname = '',
    role = 'agent',
    teams = [],
    capacity = 5,
    skills = {},
    disabled = false,
  } = agent ?? {}
  return {
    id,
    nickname,
    role,
    teams: new Set(teams),
    capacity: String(capacity),
    skills: writeSkills(skills),
    disabled,
  }
}

function RoleSelect({ value, onChange }: { readonly value: Role; readonly onChange: (role: Role) => void }) {
  const { t } = useLingui()
  const words = useRoleWords()
  const choices = (['agent', 'supervisor', 'admin'] as const).map((role) => ({ value: role, label: words[role] }))
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden="true" className="text-[13px] text-text-2">
        <Trans>角色</Trans>
      </span>
      <Select label={t`角色`} value={value} choices={choices} onChange={onChange} />
    </div>
  )
}

type TeamsProps = { readonly chosen: ReadonlySet<string>; readonly onChange: (chosen: ReadonlySet<string>) => void }

function TeamBoxes({ chosen, onChange }: TeamsProps) {
  const teams = useLive((live) => live.teams)
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChange(next)
  }
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
      <legend className="mb-1 text-[13px] text-text-2">
        <Trans>客服组</Trans>
      </legend>
      {Array.from(teams.values(), ({ id, name }) => (
        <label key={id} className="flex min-h-7 items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            checked={chosen.has(id)}
            onChange={() => toggle(id)}
            className="size-4 accent-brand-fill"
          />
          {name}
        </label>
      ))}
    </fieldset>
  )
}
