import type { ReasonUse } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useIsReasonNeeded, useReasons } from '../live/use-reasons.ts'
import { Select } from '../ui/select.tsx'

type Props = {
  readonly use: ReasonUse
  readonly value: string | undefined
  readonly onChange: (code: string | undefined) => void
}

/** The organization's codes to choose from; nothing where it has none. */
export function ReasonField({ use, value, onChange }: Props) {
  const { t } = useLingui()
  const reasons = useReasons(use)
  const isNeeded = useIsReasonNeeded(use)
  if (reasons.length === 0) return null
  const choices = reasons.map(({ code, label }) => ({ value: code, label }))
  const none = { value: '', label: isNeeded ? t`请选择原因` : t`不填写` }
  return (
    <div className="mb-4 flex flex-col gap-1.5">
      <span aria-hidden="true" className="text-[13px] text-text-2">
        {isNeeded ? <Trans>原因</Trans> : <Trans>原因（选填）</Trans>}
      </span>
      <Select
        label={t`原因`}
        value={value ?? ''}
        choices={isNeeded && value !== undefined ? choices : [none, ...choices]}
        onChange={(code) => onChange(code === '' ? undefined : code)}
      />
    </div>
  )
}
