import type { Disposition } from '@duoke/contract'
import { isChosenBy } from '@duoke/domain'
import { useMe, useSelf } from './use-live.ts'

const none: readonly Disposition[] = []

/** What an agent of one's own teams may say about a session, in the organization's order. */
export function useDispositions(): readonly Disposition[] {
  const all = useMe()?.organization.sessions.dispositions ?? none
  const teams = useSelf()?.teams ?? []
  return all.filter((disposition) => isChosenBy(teams, disposition))
}

/** A code that is gone from the settings is shown as it is. */
export function useDispositionLabel(code: string | null): string | null {
  const all = useMe()?.organization.sessions.dispositions ?? none
  return all.find((disposition) => disposition.code === code)?.label ?? code
}
