import { useEffect } from 'react'
import { hasWish } from '../composer/focus-wish.ts'
import { deskState } from '../shell/desk-state.ts'
import { actionOf } from './key-table.ts'
import { useDeskActions } from './use-desk-actions.ts'

/** One listener for all keys of the desk. The composer takes its own Enter before it comes here. */
export function useDeskKeys(): void {
  const { run } = useDeskActions()
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return
      // A dialog has the keyboard for itself.
      if (deskState.getState().dialog.kind !== 'none') return
      // An editor stands in a shadow root; outside it the event names only its host.
      const [target] = event.composedPath()
      const isWithin = (selector: string) => target instanceof Element && target.closest(selector) !== null
      if (isWithin('[role="dialog"]')) return
      const isWriting = isWithin('input, textarea, select, [contenteditable]')
      const isOnControl = isWithin('[role="listbox"], [role="menu"]')
      const action = isOnControl ? undefined : actionOf(event, isWriting || hasWish())
      if (action === undefined) return
      event.preventDefault()
      run(action)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [run])
}
