import type { Reason, ReasonUse } from '@duoke/contract'
import { useMe } from './use-live.ts'

const none: readonly Reason[] = []

/** The organization's codes for one verb, in its order; empty where it has none. */
export function useReasons(use: ReasonUse): readonly Reason[] {
  const all = useMe()?.organization.sessions.reasons ?? none
  return all.filter((reason) => reason.for.includes(use))
}

export function useIsReasonNeeded(use: ReasonUse): boolean {
  return useMe()?.organization.sessions.reasonNeededFor.includes(use) ?? false
}

/** A code that is gone from the settings is shown as it is. */
export function useReasonLabel(code: string | undefined): string | undefined {
  const all = useMe()?.organization.sessions.reasons ?? none
  return code === undefined ? undefined : (all.find((reason) => reason.code === code)?.label ?? code)
}
