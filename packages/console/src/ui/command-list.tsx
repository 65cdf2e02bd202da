import { Autocomplete } from '@base-ui/react/autocomplete'
import { Keys } from './keys.tsx'

export type Command = {
  readonly id: string
  readonly label: string
  readonly keys?: string
  readonly run: () => void
}

type Props = {
  readonly commands: readonly Command[]
  readonly onChoose: (command: Command) => void
  readonly inputLabel: string
  readonly listLabel: string
  readonly nothing: string
}

/** A field over a list that it narrows; arrows move, Enter chooses. */
export function CommandList({ commands, onChoose, inputLabel, listLabel, nothing }: Props) {
  return (
    <Autocomplete.Root
      items={commands}
      itemToStringValue={(command: Command) => command.label}
      autoHighlight="always"
      open
      inline
    >
      <Autocomplete.Input
        aria-label={inputLabel}
        placeholder={`${inputLabel}…`}
        className="h-12 w-full border-b border-line bg-panel px-4 text-base outline-none placeholder:text-text-3"
      />
      <Autocomplete.Empty className="px-4 empty:hidden">
        <p className="py-6 text-center text-text-3">{nothing}</p>
      </Autocomplete.Empty>
      <Autocomplete.List aria-label={listLabel} className="max-h-[50vh] overflow-y-auto p-1 empty:hidden">
        {(command: Command) => (
          <Autocomplete.Item
            key={command.id}
            value={command}
            onClick={() => onChoose(command)}
            className="flex h-9 items-center justify-between gap-3 rounded-md px-3 outline-none data-highlighted:bg-hover"
          >
            <span className="truncate">{command.label}</span>
            {command.keys === undefined ? null : <Keys keys={command.keys} />}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  )
}
