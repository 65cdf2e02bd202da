import { createStore } from 'zustand/vanilla'
import { type Locale, localeFor } from './formatting.ts'

export type Theme = 'system' | 'light' | 'dark'
export type Preferences = {
  readonly locale: Locale
  readonly theme: Theme
  readonly sound: boolean
  readonly notifications: boolean
  /** The customer's pane beside the thread. */
  readonly showCustomer: boolean
}

const key = 'duoke.preferences'

/** Of this browser, not of the account: a shared screen keeps its own light. */
export const preferences = createStore<Preferences>(() => {
  const kept = read()
  return {
    locale: localeFor(kept.locale, navigator.languages),
    theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
    sound: kept.sound !== false,
    notifications: kept.notifications !== false,
    showCustomer: kept.showCustomer !== false,
  }
})

export function prefer(change: Partial<Preferences>): void {
  preferences.setState(change)
  try {
    localStorage.setItem(key, JSON.stringify(preferences.getState()))
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

function read(): Partial<Preferences> {
  try {
    // Ours, but anybody at this browser may have edited it: each field is checked where it is used.
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}')
    return typeof kept === 'object' && kept !== null ? kept : {}
  } catch {
    return {}
  }
}

/** Before the first paint, and whenever the wish or the system's light changes. */
export function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    const { theme } = preferences.getState()
    const isDark = theme === 'dark' || (theme === 'system' && dark.matches)
    document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
  }
  dark.addEventListener('change', apply)
  preferences.subscribe(apply)
  apply()
}
