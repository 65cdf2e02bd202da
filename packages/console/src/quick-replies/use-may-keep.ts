import type { QuickReplyOwner } from '@duoke/contract'
import { useCallback } from 'react'
import { useMe, useSelf } from '../live/use-live.ts'

/** Whether one may change what belongs to this owner. */
export function useMayKeep(): (owner: QuickReplyOwner) => boolean {
  const selfId = useSelf()?.id
  const mayShare = useMe()?.scopes.includes('quick-replies:manage') ?? false
  return useCallback((owner) => (owner.kind === 'agent' ? owner.agentId === selfId : mayShare), [selfId, mayShare])
}
