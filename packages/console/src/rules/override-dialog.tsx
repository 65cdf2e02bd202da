import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { spanOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { Refusal } from '../manage/refusal.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

const hourMs = 3_600_000
const lengths = [0.5, 1, 2, 4, 8, 12].map((hours) => hours * hourMs)

/** One rule that for a time is tried before all others. */
export function OverrideDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [form, setForm] = useState({ reason: '', team: '', when: '', priority: '', lastsMs: String(hourMs) })
  const change = (part: Partial<typeof form>) => setForm({ ...form, ...part })
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => {
      const { team, priority } = form
      const when = form.when.trim()
      const then = { ...(team !== '' && { team }), ...(priority !== '' && { priority: Number(priority) }) }
      const expiresAt = new Date(Date.now() + Number(form.lastsMs)).toISOString()
      return client.rules.override({ then, reason: form.reason.trim(), expiresAt, ...(when !== '' && { when }) })
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['rules'] })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`开始紧急覆盖`}
      description={t`从现在起，新的会话先按这里的设置分配，已经在接待或排队的不变。不需要批准，所有人都能看到是谁、为什么开始的。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="danger" disabled={isPending || form.reason.trim() === ''} onClick={() => mutate()}>
            <Trans>立即覆盖</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field
          label={t`原因`}
          value={form.reason}
          maxLength={500}
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
        <Choices form={form} onChange={change} />
        <Field
          label={t`只对这些会话（条件，不填则为所有新会话）`}
          hint={t`与分配规则的 when 写法相同，例如：message.text.contains('退款')`}
          value={form.when}
          maxLength={1000}
          onChange={(event) => change({ when: event.currentTarget.value })}
        />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

type Chosen = { readonly team: string; readonly priority: string; readonly lastsMs: string }
type ChoicesProps = { readonly form: Chosen; readonly onChange: (part: Partial<Chosen>) => void }

function Choices({ form, onChange }: ChoicesProps) {
  const { t } = useLingui()
  const locale = useLocale()
  const teams = useLive((live) => live.teams)
  const given = Array.from(teams.values(), ({ id, name }) => ({ value: id, label: name }))
  const priorities = Array.from({ length: 10 }, (_, index) => ({ value: String(index), label: String(index) }))
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Labelled label={t`交给`}>
        <Select
          label={t`交给`}
          value={form.team}
          choices={[{ value: '', label: t`公众号的客服组` }, ...given]}
          onChange={(team) => onChange({ team })}
        />
      </Labelled>
      <Labelled label={t`优先级`}>
        <Select
          label={t`优先级`}
          value={form.priority}
          choices={[{ value: '', label: t`不指定` }, ...priorities]}
          onChange={(priority) => onChange({ priority })}
        />
      </Labelled>
      <Labelled label={t`持续`}>
        <Select
          label={t`持续`}
          value={form.lastsMs}
          choices={lengths.map((ms) => ({ value: String(ms), label: spanOf(ms, locale) }))}
          onChange={(lastsMs) => onChange({ lastsMs })}
        />
      </Labelled>
    </div>
  )
}

function Labelled({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <span aria-hidden="true" className="text-[13px] text-text-2">
        {label}
      </span>
      {children}
    </div>
  )
}
