type Key = Pick<KeyboardEvent, 'key' | 'keyCode' | 'isComposing' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>

export type EnterMeaning = 'send' | 'send-and-end' | 'accept-next' | 'none'

/** Chromium ends a composition with a last Enter: for this long after it, Enter still belongs to the input method. */
const afterCompositionMs = 30

/**
 * What Enter means in the composer. While an input method composes (Chinese, Japanese), it never sends:
 * Safari says keyCode 229 instead of `isComposing`, and fires the key just after the composition has ended.
 */
export function meaningOfEnter(event: Key, text: string, sinceCompositionMs: number): EnterMeaning {
  if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return 'none'
  if (sinceCompositionMs < afterCompositionMs) return 'none'
  if (event.altKey) return 'none'
  if (event.ctrlKey || event.metaKey) {
    if (event.shiftKey) return 'send-and-end'
    return text.trim() === '' ? 'accept-next' : 'send'
  }
  return event.shiftKey ? 'none' : 'send'
}
