import type { ReasonUse } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { type Refusal, refuse } from '../commands.ts'

/** Why a reason is not taken for this; null when it is. An organization without codes for something takes any. */
export function refusalOfReason({ state }: Attempt, use: ReasonUse, reason: string | undefined): Refusal | null {
  const { reasons = [], reasonNeededFor = [] } = state.settings?.sessions ?? {}
  if (reason === undefined) return reasonNeededFor.includes(use) ? refuse('reason_needed') : null
  const codes = reasons.filter((one) => one.for.includes(use)).map(({ code }) => code)
  return codes.length === 0 || codes.includes(reason)
    ? null
    : refuse('reason_unknown', `Known codes: ${codes.join(', ')}`)
}
