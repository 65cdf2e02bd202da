import { Switch as Base } from '@base-ui/react/switch'
import { useId } from 'react'

type Props = { readonly label: string; readonly checked: boolean; readonly onChange: (checked: boolean) => void }

export function Switch({ label, checked, onChange }: Props) {
  const id = useId()
  return (
    <div className="flex items-center justify-between gap-4 py-1.5">
      <span id={id}>{label}</span>
      <Base.Root
        aria-labelledby={id}
        checked={checked}
        onCheckedChange={onChange}
        className="h-5.5 w-10 shrink-0 rounded-full bg-strong-line p-0.5 motion-safe:transition-colors data-checked:bg-brand-fill"
      >
        <Base.Thumb className="block size-4.5 rounded-full bg-white shadow motion-safe:transition-transform data-checked:translate-x-4.5" />
      </Base.Root>
    </div>
  )
}
