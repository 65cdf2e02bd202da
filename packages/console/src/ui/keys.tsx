const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
const names: Record<string, string> = isApple
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵', Up: '↑', Down: '↓' }
  : { Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt', Enter: 'Enter', Up: '↑', Down: '↓' }

/** `Mod+Shift+Enter` as this machine's keyboard calls it. */
export function Keys({ keys, inverse = false }: { readonly keys: string; readonly inverse?: boolean }) {
  const parts = keys.split('+').map((part) => names[part] ?? part)
  return (
    <span className="inline-flex items-center gap-0.5">
      {parts.map((part) => (
        <kbd
          key={part}
          className={`inline-flex h-[18px] min-w-[18px] items-center justify-center rounded px-1 font-sans text-[11px] ${
            inverse ? 'bg-panel/20' : 'border border-line bg-sunken text-text-2'
          }`}
        >
          {part}
        </kbd>
      ))}
    </span>
  )
}
