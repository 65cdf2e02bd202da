import { type App, type Body, type Scope, scopesOfRole } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useScopeWords } from '../apps/scope-words.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { Refusal } from '../manage/refusal.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

const dayMs = 86_400_000
const lifetimes = { month: 30 * dayMs, quarter: 90 * dayMs, year: 365 * dayMs, ever: null } as const
type Lifetime = keyof typeof lifetimes

/** A token for a program: whose, for what, for how long. It is shown once. */
export function CreateTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: (body: Body<'createToken'>) => client.tokens.create(body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  })
  if (data === undefined) return <Form busy={isPending} error={error} onClose={onClose} onCreate={mutate} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`令牌已创建`}
      description={t`现在复制它：关闭后再也不会显示。`}
      actions={
        <Button kind="primary" onClick={onClose}>
          <Trans>我已保存</Trans>
        </Button>
      }
    >
      <p className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1.5 pr-1.5 pl-3">
        <code className="min-w-0 grow font-mono text-xs break-all">{data.token}</code>
        <CopyButton text={data.token} label={t`复制令牌`} />
      </p>
    </Dialog>
  )
}

type FormProps = {
  readonly busy: boolean
  readonly error: unknown
  readonly onClose: () => void
  readonly onCreate: (body: Body<'createToken'>) => void
}

function Form({ busy, error, onClose, onCreate }: FormProps) {
  const { t } = useLingui()
  const holders = useHolders()
  const [label, setLabel] = useState('')
  const [holder, setHolder] = useState('admin')
  const [lifetime, setLifetime] = useState<Lifetime>('quarter')
  const [wanted, setWanted] = useState<ReadonlySet<Scope>>(new Set())
  const chosen = holders.find(({ value }) => value === holder)
  const scopes = (chosen?.scopes ?? []).filter((scope) => wanted.has(scope))
  const create = () => {
    const [kind, id = ''] = holder.split(':')
    const lasts = lifetimes[lifetime]
    onCreate({
      holder: kind === 'agent' || kind === 'app' ? { kind, id } : { kind: 'admin' },
      label: label.trim(),
      scopes,
      ...(lasts !== null && { expiresInMs: lasts }),
    })
  }
  const spans = [
    { value: 'month' as const, label: t`30 天` },
    { value: 'quarter' as const, label: t`90 天` },
    { value: 'year' as const, label: t`一年` },
    { value: 'ever' as const, label: t`不过期` },
  ]
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`创建令牌`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || label.trim() === '' || scopes.length === 0} onClick={create}>
            <Trans>创建</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field
          label={t`用途`}
          value={label}
          maxLength={100}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <Select label={t`属于谁`} value={holder} choices={holders} onChange={setHolder} />
          <Select label={t`有效期`} value={lifetime} choices={spans} onChange={setLifetime} />
        </div>
        <ScopeBoxes scopes={chosen?.scopes ?? []} wanted={wanted} onChange={setWanted} />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

type BoxesProps = {
  readonly scopes: readonly Scope[]
  readonly wanted: ReadonlySet<Scope>
  readonly onChange: (wanted: ReadonlySet<Scope>) => void
}

function ScopeBoxes({ scopes, wanted, onChange }: BoxesProps) {
  const words = useScopeWords()
  const toggle = (scope: Scope) => {
    const next = new Set(wanted)
    if (!next.delete(scope)) next.add(scope)
    onChange(next)
  }
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-[13px] text-text-2">
        <Trans>权限</Trans>
      </legend>
      {scopes.map((scope) => (
        <label key={scope} className="flex min-h-7 items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            checked={wanted.has(scope)}
            onChange={() => toggle(scope)}
            className="size-4 shrink-0 accent-brand-fill"
          />
          {words[scope]} <code className="hidden font-mono text-xs text-text-3 sm:inline">{scope}</code>
        </label>
      ))}
    </fieldset>
  )
}

type HolderChoice = { readonly value: string; readonly label: string; readonly scopes: readonly Scope[] }

/** Whoever may have a token, with the scopes that it may carry at most. */
function useHolders(): HolderChoice[] {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  const apps = useQuery({
    queryKey: ['apps'],
    queryFn: async () => (await client.apps.list({ limit: 200 })).items,
  })
  const known = new Set<string>(scopesOfRole.admin)
  const scopesOf = ({ scopes }: App) => scopes.filter((scope): scope is Scope => known.has(scope))
  return [
    { value: 'admin', label: t`整个组织`, scopes: scopesOfRole.admin },
    ...(apps.data ?? []).map((app) => ({
      value: `app:${app.id}`,
      label: t`应用 ${app.name}`,
      scopes: scopesOf(app),
    })),
    ...Array.from(agents.values())
      .filter(({ disabled }) => !disabled)
      .map(({ id, nickname, role }) => ({ value: `agent:${id}`, label: nickname, scopes: scopesOfRole[role] })),
  ]
}
