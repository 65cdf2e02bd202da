import type { Actor } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { useLive } from '../live/use-live.ts'

/** Who did it, by the name that people know. */
export function useActorName(): (actor: Actor) => string {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  return (actor) => {
    switch (actor.kind) {
      case 'agent':
        return agents.get(actor.agentId)?.nickname ?? actor.agentId
      case 'app':
        return t`应用 ${actor.appId}`
      case 'rule':
        return t`规则`
      case 'customer':
        return t`客户`
      case 'operator':
        return t`服务器管理员`
      case 'system':
        return t`系统`
      default:
        return actor satisfies never
    }
  }
}

export function ActorName({ actor }: { readonly actor: Actor }) {
  return useActorName()(actor)
}
