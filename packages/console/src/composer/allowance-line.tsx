import { Plural, Trans } from '@lingui/react/macro'
import { spanOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import type { Allowance } from './allowance.ts'

const hourMs = 3_600_000

/** How often and how long WeChat still lets one write: seen before the first letter. */
export function AllowanceLine({ allowance }: { readonly allowance: Extract<Allowance, { kind: 'open' }> }) {
  const locale = useLocale()
  const { remaining, closesInMs } = allowance
  const isScarce = remaining <= 1 || closesInMs < hourMs
  const span = spanOf(closesInMs, locale)
  return (
    <p className={`numbers pr-2 text-right text-xs ${isScarce ? 'text-warn' : 'text-text-3'}`}>
      <Plural value={remaining} other="还可发送 # 条" /> · <Trans>{span}后截止</Trans>
    </p>
  )
}
