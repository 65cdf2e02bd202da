import { Field as Base } from '@base-ui/react/field'
import type { ComponentProps, ReactNode } from 'react'

type Props = Omit<ComponentProps<typeof Base.Control>, 'className'> & {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly wrong?: ReactNode
}

export function Field({ label, hint, wrong, ...rest }: Props) {
  const isWrong = wrong !== undefined && wrong !== null && wrong !== false
  return (
    <Base.Root className="flex flex-col gap-1" invalid={isWrong}>
      <Base.Label className="text-[13px] text-text-2">{label}</Base.Label>
      <Base.Control
        {...rest}
        className="h-9 w-full rounded-md border border-strong-line bg-panel px-3 outline-offset-0 data-invalid:border-bad"
      />
      {hint === undefined ? null : <Base.Description className="text-xs text-text-3">{hint}</Base.Description>}
      {isWrong ? (
        <Base.Error match className="text-[13px] text-bad">
          {wrong}
        </Base.Error>
      ) : null}
    </Base.Root>
  )
}
