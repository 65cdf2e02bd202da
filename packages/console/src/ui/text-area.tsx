import { useId } from 'react'

type Props = {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly rows?: number
  readonly maxLength?: number
}

export function TextArea({ label, value, onChange, rows = 3, maxLength }: Props) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] text-text-2">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        rows={rows}
        maxLength={maxLength}
        onChange={(event) => onChange(event.currentTarget.value)}
        className="w-full resize-none rounded-md border border-strong-line bg-panel px-3 py-2"
      />
    </div>
  )
}
