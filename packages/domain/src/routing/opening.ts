import type { HolidayCalendar, Hours } from '@duoke/contract'
import type { DecisionContext } from '../attempt.ts'
import { type OpeningTimes, openingTimes } from '../hours/hours.ts'
import type { OrganizationState } from '../organization/state.ts'

const noHolidays: HolidayCalendar = () => undefined

type Known = { readonly zone: string; readonly holidays: HolidayCalendar; readonly times: OpeningTimes }
/** A version of the rules is never changed, so its hours are prepared once. */
const prepared = new WeakMap<Hours, Known>()

export function timesOf(
  hours: Hours,
  { settings }: OrganizationState,
  { holidays = noHolidays }: Pick<DecisionContext, 'holidays'>,
): OpeningTimes {
  const zone = settings?.timeZone ?? 'UTC'
  const known = prepared.get(hours)
  if (known?.zone === zone && known.holidays === holidays) return known.times
  const times = openingTimes(hours, zone, holidays)
  prepared.set(hours, { zone, holidays, times })
  return times
}

/** A team for which the rules name no hours is always open. */
export function isTeamOpen(state: OrganizationState, teamId: string, context: DecisionContext): boolean {
  const document = state.rules?.current?.document
  const name = document?.teams?.[teamId]?.hours
  const hours = name === undefined ? undefined : document?.hours?.[name]
  return hours === undefined || timesOf(hours, state, context).isOpen(context.atMs)
}

/** The next moment at which a team opens or closes; null when none ever does. */
export function nextOpeningMs(state: OrganizationState, context: DecisionContext): number | null {
  const document = state.rules?.current?.document
  const names = new Set(Object.values(document?.teams ?? {}).flatMap(({ hours }) => hours ?? []))
  const changes = [...names].flatMap((name) => {
    const hours = document?.hours?.[name]
    return hours === undefined ? [] : (timesOf(hours, state, context).nextChange(context.atMs) ?? [])
  })
  return changes.length === 0 ? null : Math.min(...changes)
}
