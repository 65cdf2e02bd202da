import { type ReactNode, useId, useRef } from 'react'

type Props = {
  readonly label: string
  readonly trigger: ReactNode
  readonly triggerClass: string
  /** Read aloud for the trigger, when its content is not enough. */
  readonly triggerLabel: string
  readonly triggerHint?: Readonly<Record<string, string>>
  readonly className: string
  /** Gets the way to close it. */
  readonly children: (close: () => void) => ReactNode
}

const gapPx = 4
const edgePx = 8

/**
 * The browser's own popover: on the top layer, closed by Escape or a click elsewhere, the focus given back. It needs no
 * library; only its place is ours.
 */
export function Popover({ label, trigger, triggerClass, triggerLabel, triggerHint, className, children }: Props) {
  const id = useId()
  const anchor = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const place = () => {
    if (anchor.current === null || panel.current === null) return
    const from = anchor.current.getBoundingClientRect()
    const { offsetWidth, offsetHeight, style } = panel.current
    const fitsBelow = from.bottom + gapPx + offsetHeight <= innerHeight - edgePx
    style.left = `${Math.max(edgePx, Math.min(from.left, innerWidth - offsetWidth - edgePx))}px`
    style.top = `${fitsBelow ? from.bottom + gapPx : Math.max(edgePx, from.top - gapPx - offsetHeight)}px`
  }
  return (
    <>
      <button
        ref={anchor}
        type="button"
        aria-label={triggerLabel}
        aria-haspopup="dialog"
        popoverTarget={id}
        className={triggerClass}
        {...triggerHint}
      >
        {trigger}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={`fixed m-0 border-0 bg-panel text-text shadow-raised ${className}`}
        onToggle={(event) => {
          if (event.newState === 'open') place()
        }}
      >
        {children(() => panel.current?.hidePopover())}
      </div>
    </>
  )
}
