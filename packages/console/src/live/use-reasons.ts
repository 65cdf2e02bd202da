import type { Reason, ReasonUse } from '@duoke/contract'
import type { Locale } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { useMe } from './use-live.ts'

const labelIn = ({ label, labelEn }: Reason, locale: Locale): string => (locale === 'en' ? (labelEn ?? label) : label)

const none: readonly Reason[] = []

/** The organization's codes for one verb, in its order; empty where it has none. */
export function useReasons(use: ReasonUse): readonly Reason[] {
  const all = useMe()?.organization.sessions.reasons ?? none
  const locale = useLocale()
  return all
    .filter((reason) => reason.for.includes(use))
    .map((reason) => ({ ...reason, label: labelIn(reason, locale) }))
}

export function useIsReasonNeeded(use: ReasonUse): boolean {
  return useMe()?.organization.sessions.reasonNeededFor.includes(use) ?? false
}

/** A code that is gone from the settings is shown as it is. */
export function useReasonLabel(code: string | undefined): string | undefined {
  const all = useMe()?.organization.sessions.reasons ?? none
  const locale = useLocale()
  const known = all.find((reason) => reason.code === code)
  return known === undefined ? code : labelIn(known, locale)
}
