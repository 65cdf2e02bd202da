import { useEffect, useRef, useState } from 'react'
import { Keys } from './keys.tsx'

/** Attributes that give a control its hint. The name for screen readers is the control's own. */
export function hintOf(text: string, keys?: string) {
  return { 'data-hint': text, ...(keys === undefined ? {} : { 'data-hint-keys': keys }) }
}

type Shown = { readonly text: string; readonly keys: string | undefined; readonly x: number; readonly y: number }

const patienceMs = 450
const gapPx = 6

/** One hint for the whole page, shown after a moment of hovering or on keyboard focus: a listener instead of a component each. */
export function Hints() {
  const [shown, setShown] = useState<Shown>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    const hide = () => {
      clearTimeout(timer.current)
      setShown(undefined)
    }
    const consider = (event: Event) => {
      const control = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-hint]') : null
      hide()
      if (control === null || (event.type === 'focusin' && !control.matches(':focus-visible'))) return
      timer.current = setTimeout(() => setShown(placed(control)), patienceMs)
    }
    const events = ['pointerover', 'focusin'] as const
    const enders = ['pointerdown', 'keydown', 'scroll', 'focusout'] as const
    for (const name of events) document.addEventListener(name, consider)
    for (const name of enders) document.addEventListener(name, hide, true)
    return () => {
      hide()
      for (const name of events) document.removeEventListener(name, consider)
      for (const name of enders) document.removeEventListener(name, hide, true)
    }
  }, [])
  if (shown === undefined) return null
  return (
    <div
      aria-hidden="true"
      className="pointer-events-none fixed z-60 flex max-w-72 -translate-x-1/2 items-center gap-2 rounded-md bg-text px-2 py-1 text-xs text-panel"
      style={{ left: shown.x, top: shown.y }}
    >
      {shown.text}
      {shown.keys === undefined ? null : <Keys keys={shown.keys} inverse />}
    </div>
  )
}

/** Below the control, or above it at the lower edge of the page; never over the side. */
function placed(control: HTMLElement): Shown | undefined {
  if (!control.isConnected) return undefined
  const { left, right, top, bottom } = control.getBoundingClientRect()
  const text = control.dataset['hint'] ?? ''
  const halfWidth = 10 + text.length * 7
  const x = Math.min(innerWidth - halfWidth, Math.max(halfWidth, (left + right) / 2))
  const isLow = bottom > innerHeight - 48
  return { text, keys: control.dataset['hintKeys'], x, y: isLow ? top - gapPx - 26 : bottom + gapPx }
}
