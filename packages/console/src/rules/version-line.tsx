import type { RulesVersion } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { ActorName } from '../manage/actor-name.tsx'

/** A version in a line: number, reason, author, time. */
export function VersionLine({ version }: { readonly version: RulesVersion }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { version: number, at, by, reason, effectiveAt, reverts } = version
  const time = effectiveAt === null ? undefined : fullTime(Date.parse(effectiveAt), locale)
  const isLater = at !== null && effectiveAt !== null && Date.parse(effectiveAt) - Date.parse(at) > 1000
  return (
    <p className="flex flex-wrap items-baseline gap-x-2.5">
      <span className="numbers font-medium">{number === 0 ? t`第 0 版（默认规则）` : t`第 ${number} 版`}</span>
      <span className="min-w-0 break-words text-text-2">
        {number === 0 ? t`还没有发布过规则：所有客户都由公众号的客服组接待。` : reason}
        {reverts === null ? '' : t`（恢复第 ${reverts} 版）`}
      </span>
      {by === null ? null : (
        <span className="text-[13px] text-text-3">
          <ActorName actor={by} />
        </span>
      )}
      {time === undefined ? null : (
        <span className="numbers text-[13px] text-text-3">{isLater ? t`${time} 起生效` : time}</span>
      )}
    </p>
  )
}
