import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronsUpDown } from 'lucide-react'
import type { ReactNode } from 'react'

export type Choice<T extends string> = { readonly value: T; readonly label: string; readonly mark?: ReactNode }
type Props<T extends string> = {
  readonly label: string
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly onChange: (value: T) => void
  readonly compact?: boolean
  readonly disabled?: boolean
}

export function Select<T extends string>({
  label,
  value,
  choices,
  onChange,
  compact = false,
  disabled = false,
}: Props<T>) {
  const chosen = choices.find((choice) => choice.value === value)
  return (
    <Base.Root
      value={value}
      disabled={disabled}
      onValueChange={(next) => {
        if (next !== null) onChange(next)
      }}
    >
      <Base.Trigger
        aria-label={label}
        className={`inline-flex items-center gap-2 rounded-md border bg-panel hover:bg-hover ${
          compact ? 'h-8 border-line px-2 text-[13px]' : 'h-9 w-full border-strong-line px-3'
        }`}
      >
        {chosen?.mark}
        <Base.Value className="grow truncate text-left">{() => chosen?.label ?? value}</Base.Value>
        <Base.Icon>
          <ChevronsUpDown className="size-3.5 text-text-3" aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="max-h-[min(320px,var(--available-height))] min-w-(--anchor-width) overflow-y-auto rounded-lg bg-panel p-1 shadow-raised">
            {choices.map((choice) => (
              <Base.Item
                key={choice.value}
                value={choice.value}
                className="flex h-8 items-center gap-2 rounded-md px-2 text-[13px] outline-none select-none data-highlighted:bg-hover"
              >
                {choice.mark}
                <Base.ItemText className="grow pr-4">{choice.label}</Base.ItemText>
                <Base.ItemIndicator>
                  <Check className="size-4 text-brand" aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
