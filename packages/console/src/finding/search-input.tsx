import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'

type Props = {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** What is still being composed is not looked for: it is letters, not yet words. */
export function SearchInput({ label, value, onChange, onKeyDown }: Props) {
  const [written, setWritten] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  return (
    <span className="flex h-8 min-w-0 grow items-center gap-2 rounded-md border border-strong-line bg-panel px-2.5 focus-within:outline-2 focus-within:outline-brand">
      <Search className="size-4 shrink-0 text-text-3" aria-hidden="true" />
      <input
        ref={field}
        data-find
        type="text"
        enterKeyHint="search"
        maxLength={200}
        aria-label={label}
        placeholder={label}
        value={written}
        className="min-w-0 grow bg-transparent outline-none placeholder:text-text-3"
        onChange={(event) => {
          const { value: now } = event.currentTarget
          setWritten(now)
          // The event of a composition says so; only React's type of it does not.
          const isComposing = 'isComposing' in event.nativeEvent && event.nativeEvent.isComposing === true
          if (!isComposing) onChange(now)
        }}
        onCompositionEnd={(event) => onChange(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </span>
  )
}
