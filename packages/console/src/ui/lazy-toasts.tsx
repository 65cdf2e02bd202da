import { Suspense } from 'react'
import { useStore } from 'zustand'
import { lazyPart } from './lazy-part.ts'
import { toastsState } from './toasts.ts'
import { useIsIdle } from './when-idle.ts'

const ToastRegion = lazyPart(() => import('./toast-region.tsx').then((file) => file.ToastRegion))

/** The place of the toasts, loaded when the first one comes, or when the first look is over. */
export function Toasts() {
  const wanted = useStore(toastsState, (state) => state.wanted)
  const isIdle = useIsIdle()
  if (!wanted && !isIdle) return null
  return (
    <Suspense fallback={null}>
      <ToastRegion />
    </Suspense>
  )
}
