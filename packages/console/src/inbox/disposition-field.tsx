import { Trans, useLingui } from '@lingui/react/macro'
import { useDispositions } from '../live/use-dispositions.ts'
import { Select } from '../ui/select.tsx'

type Props = {
  readonly value: string | undefined
  readonly onChange: (code: string | undefined) => void
  readonly isNeeded: boolean
}

/** What the session was about, of the codes of one's own teams; nothing where there are none. */
export function DispositionField({ value, onChange, isNeeded }: Props) {
  const { t } = useLingui()
  const dispositions = useDispositions()
  if (dispositions.length === 0) return null
  const choices = dispositions.map(({ code, label }) => ({ value: code, label }))
  const none = { value: '', label: isNeeded ? t`请选择会话小结` : t`不填写` }
  return (
    <div className="mb-4 flex flex-col gap-1.5">
      <span aria-hidden="true" className="text-[13px] text-text-2">
        {isNeeded ? <Trans>会话小结</Trans> : <Trans>会话小结（选填）</Trans>}
      </span>
      <Select
        label={t`会话小结`}
        value={value ?? ''}
        choices={isNeeded && value !== undefined ? choices : [none, ...choices]}
        onChange={(code) => onChange(code === '' ? undefined : code)}
      />
    </div>
  )
}
