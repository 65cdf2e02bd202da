import { lazy, Suspense, useEffect } from 'react'
import { useStore } from 'zustand'
import { deskState } from './desk-state.ts'
import { untilLoaded } from './until-loaded.ts'

const load = () => import('./open-dialogs.tsx')
const OpenDialogs = lazy(() => untilLoaded(load).then((file) => ({ default: file.OpenDialogs })))

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
