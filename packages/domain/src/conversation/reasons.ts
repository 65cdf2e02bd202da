import type { Actor, ReasonUse } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { type Refusal, refuse } from '../commands.ts'

type Reasoned = { readonly actor: Actor; readonly reason?: string | undefined }

/**
 * Why a reason is not taken for this; null when it is. An organization without codes for something takes any; programs, which may
 * know none, need not give one. */
export function refusalOfReason({ state }: Attempt, use: ReasonUse, { actor, reason }: Reasoned): Refusal | null {
  const { reasons = [], reasonNeededFor = [] } = state.settings?.sessions ?? {}
  if (reason === undefined) {
    return actor.kind === 'agent' && reasonNeededFor.includes(use) ? refuse('reason_needed') : null
  }
  const codes = reasons.filter((one) => one.for.includes(use)).map(({ code }) => code)
  return codes.length === 0 || codes.includes(reason)
    ? null
    : refuse('reason_unknown', `Known codes: ${codes.join(', ')}`)
}
