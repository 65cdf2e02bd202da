import { createStore } from 'zustand/vanilla'

export type NewToast = {
  readonly title: string
  readonly description?: string
  readonly type?: 'bad'
  readonly priority?: 'high'
}

let show: ((toast: NewToast) => void) | undefined
const waiting: NewToast[] = []
/** Whether there is anything to show, so that who shows it is loaded. */
export const toastsState = createStore(() => ({ wanted: false }))

/** Short notices that go by themselves. One that comes before its region is loaded waits for it. */
export const toasts = {
  add(toast: NewToast): void {
    if (show === undefined) {
      waiting.push(toast)
      toastsState.setState({ wanted: true })
    } else show(toast)
  },
}

/** Whoever shows them takes what waits, and all that comes until it ends. */
export function takeToasts(take: (toast: NewToast) => void): () => void {
  show = take
  for (const toast of waiting.splice(0)) take(toast)
  return () => {
    show = undefined
  }
}
