import type { Holder } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useLive, useSelf } from '../live/use-live.ts'

type Named =
  | Holder
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'app'; readonly appId: string }

/** Who did it, as one says it between the messages. */
export function useHolderName(holder: Named): string {
  const { t } = useLingui()
  const self = useSelf()
  const agents = useLive((live) => live.agents)
  switch (holder.kind) {
    case 'agent':
      return holder.agentId === self?.id ? t`你` : (agents.get(holder.agentId)?.nickname ?? holder.agentId)
    case 'app':
      return holder.appId
    case 'queue':
      return t`排队`
    case 'nobody':
      return t`系统`
    default:
      return holder satisfies never
  }
}
