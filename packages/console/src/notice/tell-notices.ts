import type { Notice } from './noticing.ts'

/** Set by the page that shows notices; until then they make no noise. */
let teller: (notices: readonly Notice[]) => void = () => {}

export function tellNotices(notices: readonly Notice[]): void {
  if (notices.length > 0) teller(notices)
}

export function onNotices(tell: (notices: readonly Notice[]) => void): () => void {
  teller = tell
  return () => {
    teller = () => {}
  }
}
