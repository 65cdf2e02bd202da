import { Suspense, useEffect } from 'react'
import { useStore } from 'zustand'
import { lazyPart } from '../ui/lazy-part.ts'
import { deskState } from './desk-state.ts'

const load = () => import('./open-dialogs.tsx').then((file) => file.OpenDialogs)
const OpenDialogs = lazyPart(load)

/** After the first look there is time, and later perhaps no network. */
const idleAfterMs = 3_000

export function Dialogs() {
  const isOpen = useStore(deskState, ({ dialog }) => dialog.kind !== 'none')
  useEffect(() => {
    const timer = setTimeout(() => {
      // Without a network it is asked for again when it is needed.
      load().catch(() => {})
    }, idleAfterMs)
    return () => clearTimeout(timer)
  }, [])
  if (!isOpen) return null
  return (
    <Suspense fallback={null}>
      <OpenDialogs />
    </Suspense>
  )
}
