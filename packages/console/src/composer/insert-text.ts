import { flushSync } from 'react-dom'

/** Puts text where the cursor stands and the cursor behind it, before the next key can come. */
export function insertAtCursor(
  field: HTMLTextAreaElement | null,
  inserted: string,
  change: (text: string) => void,
): void {
  if (field === null) return
  const { selectionStart, selectionEnd, value } = field
  flushSync(() => change(value.slice(0, selectionStart) + inserted + value.slice(selectionEnd)))
  const cursor = selectionStart + inserted.length
  field.focus()
  field.setSelectionRange(cursor, cursor)
}

export function isAtLineStart(field: HTMLTextAreaElement | null): boolean {
  return field === null || field.selectionStart === 0 || field.value[field.selectionStart - 1] === '\n'
}
