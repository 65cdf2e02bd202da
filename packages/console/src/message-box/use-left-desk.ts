import { useMemo } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { useDeskActions } from '../keys/use-desk-actions.ts'
import type { LeftDesk } from './left-verbs.ts'

export function useLeftDesk(): LeftDesk {
  const { open } = useDeskActions()
  const act = useAct()
  return useMemo(() => ({ open, act }), [open, act])
}
