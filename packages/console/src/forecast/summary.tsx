import type { StaffingForecast } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useLocale } from '../i18n/language.ts'
import { amountOf, lengthOf, percentOf } from '../manage/amounts.ts'
import { Panel } from '../ui/page.tsx'

/** What the figures rest on, and what there is too little of. */
export function Summary({ forecast }: { readonly forecast: StaffingForecast }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { arrivals, service, patience, history, concurrency, lacks } = forecast
  const none = t`不知道`
  const [ended, left] = [amountOf(service.sessions, locale), amountOf(patience.left, locale)]
  const figures = [
    { label: t`来找客服的会话`, value: amountOf(arrivals, locale), note: t`第一次排队或分给客服时算一个。` },
    {
      label: t`每个会话要多久`,
      value: service.meanMs === null ? none : lengthOf(service.meanMs, locale),
      note: t`根据 ${ended} 个结束的会话，含话后处理，不含挂起。`,
    },
    {
      label: t`客户愿意等多久`,
      value: patience.meanMs === null ? none : lengthOf(patience.meanMs, locale),
      note:
        patience.meanMs === null
          ? t`排队时离开的只有 ${left} 人，按没有人会离开计算。`
          : t`根据排队时离开的 ${left} 人。`,
    },
    {
      label: t`当时及时接待的`,
      value: history.answeredShare === null ? none : percentOf(history.answeredShare, locale),
      note: t`计算时每人同时接待 ${amountOf(concurrency, locale)} 个。`,
    },
  ]
  return (
    <>
      <Panel title={<Trans>计算的依据</Trans>}>
        <dl className="grid gap-3 @min-[480px]/desk:grid-cols-2 @min-[1000px]/desk:grid-cols-4">
          {figures.map(({ label, value, note }) => (
            <div key={label}>
              <dt className="text-[13px] text-text-2">{label}</dt>
              <dd>
                <span className="numbers block text-xl font-semibold">{value}</span>
                <span className="block text-[13px] text-text-3">{note}</span>
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
      {lacks.length === 0 ? null : (
        <p className="text-bad">
          <Trans>结束的会话太少，还说不出一个会话要多久，所以不给出人数。请选更长的时间段。</Trans>
        </p>
      )}
    </>
  )
}
