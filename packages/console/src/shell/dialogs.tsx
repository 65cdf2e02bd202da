import { Suspense, useEffect } from 'react'
import { useStore } from 'zustand'
import { loadErrorWords } from '../i18n/failure-words.ts'
import { learn } from '../i18n/language.ts'
import { sparedPart } from '../i18n/spared-part.ts'
import { useIsIdle } from '../ui/when-idle.ts'
import { deskState } from './desk-state.ts'

const load = () => import('./open-dialogs.tsx').then((file) => file.OpenDialogs)
const OpenDialogs = sparedPart(load)

export function Dialogs() {
  const isOpen = useStore(deskState, ({ dialog }) => dialog.kind !== 'none')
  const isIdle = useIsIdle()
  useEffect(() => {
    // Without a network it is asked for again when it is needed.
    if (!isIdle) return
    load().catch(() => {})
    learn('spared').catch(() => {})
    void loadErrorWords()
  }, [isIdle])
  if (!isOpen) return null
  return (
    <Suspense fallback={null}>
      <OpenDialogs />
    </Suspense>
  )
}
