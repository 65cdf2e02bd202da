import type { FairnessReport } from '@duoke/contract'
import { useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useLocale } from '../i18n/language.ts'
import { amountOf, lengthOf } from '../manage/amounts.ts'

/** The figures of the whole period, each with what it means below it. */
export function Summary({ report }: { readonly report: FairnessReport }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { given, gini, waitMs, overtakings } = report
  const none = t`无`
  const { median, longest, longestToMedian } = waitMs
  const times = longestToMedian === null ? undefined : amountOf(longestToMedian, locale)
  const most = amountOf(overtakings.most, locale)
  return (
    <dl className="grid gap-3 @min-[480px]/desk:grid-cols-2 @min-[1000px]/desk:grid-cols-4">
      <Figure label={t`规则分出的会话`} value={amountOf(given, locale)}>
        {t`客服自己接入、转接和主管接管的不算。`}
      </Figure>
      <Figure label={t`集中程度（基尼系数）`} value={gini === null ? none : amountOf(gini, locale, 2)}>
        {gini === null
          ? t`没有客服在线，算不出来。`
          : t`按每人在线每小时得到的会话计算：0 是人人一样多，越接近 1 越集中在少数人手上。`}
      </Figure>
      <Figure label={t`最长等待`} value={longest === null ? none : lengthOf(longest, locale)}>
        {longest === null
          ? t`没有客户等待过。`
          : median === null || times === undefined
            ? t`还没有人等到客服，最久的已经等了这么长。`
            : t`一半的客户等了不到 ${lengthOf(median, locale)}；最长的是它的 ${times} 倍。`}
      </Figure>
      <Figure label={t`插队`} value={amountOf(overtakings.total, locale)}>
        {overtakings.total === 0
          ? t`没有人被同一队里优先级不比自己高、又比自己晚来的客户赶到前面。`
          : t`同一队里，晚来且优先级不更高的客户先得到接待的次数；同一位客户最多遇到 ${most} 次。`}
      </Figure>
    </dl>
  )
}

type FigureProps = { readonly label: string; readonly value: string; readonly children: ReactNode }

function Figure({ label, value, children }: FigureProps) {
  return (
    <div className="rounded-card border border-line bg-panel px-4 py-3">
      <dt className="text-[13px] text-text-2">{label}</dt>
      <dd>
        <span className="numbers block text-xl font-semibold">{value}</span>
        <span className="block text-[13px] text-text-3">{children}</span>
      </dd>
    </div>
  )
}
