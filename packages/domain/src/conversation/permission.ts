import type { Actor } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'

/** Supervisors and administrators may act on what others hold; apps and operators were let in by their scope. */
export function mayOverrule({ state }: Pick<Attempt, 'state'>, actor: Actor): boolean {
  if (actor.kind === 'agent') return (state.agents.get(actor.agentId)?.role ?? 'agent') !== 'agent'
  return actor.kind !== 'customer'
}
