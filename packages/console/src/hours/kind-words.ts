import type { DayKind } from '@duoke/domain'
import { useLingui } from '@lingui/react/macro'

export type DayPlan = DayKind & { readonly open: readonly string[] }

/** What kind of day it is, with the holiday's name or the exception's note; nothing of ordinary ones. */
export function useKindWords(): (plan: DayPlan) => string {
  const { t } = useLingui()
  return ({ kind, name }) => {
    switch (kind) {
      case 'weekday':
        return ''
      case 'holiday':
        return t`节假日（${name}）`
      case 'made-up':
        return t`调休上班（${name}）`
      case 'exception':
        return name === '' ? t`例外` : t`例外（${name}）`
      default:
        return kind satisfies never
    }
  }
}
