import type { RulesInForce } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { stringify } from 'yaml'
import { CodeDiff } from '../code/code-diff.tsx'
import { client } from '../live/client.ts'
import { Refusal } from '../manage/refusal.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { toasts } from '../ui/toasts.ts'
import type { NamedHours } from './use-hours.ts'

type Props = {
  readonly rules: RulesInForce
  readonly hours: NamedHours
  readonly onClose: () => void
  readonly onDone: () => void
}

/** Publishes the rules with other hours: with a reason, and only if nobody published anything meanwhile. */
export function SaveDialog({ rules, hours, onClose, onDone }: Props) {
  const { t } = useLingui()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const { document } = rules.current
  const { mutate, error, isPending } = useMutation({
    mutationFn: () =>
      client.rules.publish({ document: { ...document, hours }, reason: reason.trim(), basedOn: rules.newest }),
    onSuccess: async ({ awaitsApproval }) => {
      const title = awaitsApproval ? t`已提交，需要另一位管理员批准后才会生效` : t`服务时间已保存并生效`
      toasts.add({ title })
      await queries.invalidateQueries({ queryKey: ['rules'] })
      onClose()
      onDone()
    },
  })
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`保存服务时间`}
      description={t`服务时间是分配规则的一部分：保存后作为新的一版立即生效，可以在「分配规则」里恢复以前的版本。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={isPending || reason.trim() === ''} onClick={() => mutate()}>
            <Trans>保存并生效</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <CodeDiff label={t`改动`} before={textOf(document.hours ?? {})} after={textOf(hours)} />
        <Field
          label={t`为什么修改`}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {error === null ? null : <Refusal error={error} />}
      </div>
    </Dialog>
  )
}

const textOf = (hours: NamedHours): string => stringify({ hours }, { lineWidth: 0 })
