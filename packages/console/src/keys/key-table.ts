/** Everything that can be done by a key. `anywhere` also works while writing; the others are single letters outside of fields. */
export const actions = {
  acceptNext: { keys: 'Mod+Enter', anywhere: true },
  sendAndEnd: { keys: 'Mod+Shift+Enter', anywhere: true },
  palette: { keys: 'Mod+K', anywhere: true },
  next: { keys: 'Alt+Down', anywhere: true },
  previous: { keys: 'Alt+Up', anywhere: true },
  nextRow: { keys: 'J', anywhere: false },
  previousRow: { keys: 'K', anywhere: false },
  write: { keys: 'R', anywhere: false },
  takeNext: { keys: 'N', anywhere: false },
  decline: { keys: 'D', anywhere: false },
  park: { keys: 'P', anywhere: false },
  hand: { keys: 'H', anywhere: false },
  supervise: { keys: 'S', anywhere: false },
  transfer: { keys: 'T', anywhere: false },
  end: { keys: 'E', anywhere: false },
  takeLeft: { keys: 'L', anywhere: false },
  resolveLeft: { keys: 'V', anywhere: false },
  why: { keys: 'W', anywhere: false },
  note: { keys: 'M', anywhere: false },
  mentions: { keys: 'A', anywhere: false },
  find: { keys: 'F', anywhere: false },
  searchAll: { keys: 'G', anywhere: false },
  goToDate: { keys: 'C', anywhere: false },
  waitingTab: { keys: '1', anywhere: false },
  mineTab: { keys: '2', anywhere: false },
  allTab: { keys: '3', anywhere: false },
  leftTab: { keys: '4', anywhere: false },
  removeExample: { keys: 'X', anywhere: false },
  keys: { keys: '?', anywhere: false },
} as const

export type Action = keyof typeof actions
export const actionNames = Object.keys(actions) as Action[] // Object.keys loses the key type

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'isComposing'>

/** Which action a key press means. Letters are known by their place (`code`), so that they work under a Chinese input method. */
export function actionOf(event: Pressed, isWriting: boolean): Action | undefined {
  if (event.isComposing) return undefined
  return actionNames.find((name) => {
    const { keys, anywhere } = actions[name]
    return (anywhere || !isWriting) && matches(event, keys)
  })
}

function matches(event: Pressed, keys: string): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const wants = (modifier: string) => parts.includes(modifier)
  if ((event.ctrlKey || event.metaKey) !== wants('Mod') || event.altKey !== wants('Alt')) return false
  if (key === '?') return event.key === '?' || event.key === '？'
  if (event.shiftKey !== wants('Shift')) return false
  return event.code === codeOf(key) || (key === 'Enter' && event.key === 'Enter')
}

function codeOf(key: string): string {
  if (/^[A-Z]$/.test(key)) return `Key${key}`
  if (/^\d$/.test(key)) return `Digit${key}`
  return key === 'Up' || key === 'Down' ? `Arrow${key}` : key
}
