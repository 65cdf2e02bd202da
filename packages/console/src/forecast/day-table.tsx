import type { ForecastInterval, StaffingForecast } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { saveCsv } from '../audit/save-csv.ts'
import type { Locale } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { amountOf, lengthOf, percentOf } from '../manage/amounts.ts'
import { type Column, Figures } from '../manage/figures.tsx'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Select } from '../ui/select.tsx'

type Props = { readonly forecast: StaffingForecast }

/** One kind of day at a time: each interval in which somebody comes, and who has to be there. */
export function DayTable({ forecast }: Props) {
  const { t } = useLingui()
  const locale = useLocale()
  const words = useDayWords()
  const columns = useColumns(locale)
  const { days, coming } = forecast
  const [chosen, choose] = useState(coming[0]?.kind)
  const day = days.find(({ kind }) => kind === chosen) ?? days[0]
  if (day === undefined) return <Empty title={<Trans>这段时间里没有一整个时段</Trans>} />
  const rows = day.intervals.filter(({ arrivals, agents }) => arrivals > 0 || (agents ?? 0) > 0)
  const [count, mean] = [amountOf(day.days, locale), amountOf(day.arrivals, locale)]
  const variation = day.variation === null ? null : percentOf(day.variation, locale)
  const dates = coming.flatMap(({ date, kind }) => (kind === day.kind ? [date] : [])).join(t`、`)
  const save = () => {
    const heading = ['day', 'at', 'arrivals', 'agents', 'agentsFrom', 'agentsTo', 'onShift']
    const lines = days.flatMap(({ kind, intervals }) =>
      intervals.map(({ at, arrivals, agents, agentsRange, onShift }) =>
        [kind, at, arrivals, agents, agentsRange?.from, agentsRange?.to, onShift].map((cell) => String(cell ?? '')),
      ),
    )
    void saveCsv('duoke-forecast.csv', [heading, ...lines])
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Select
          compact
          label={t`哪种日子`}
          value={day.kind}
          choices={days.map(({ kind }) => ({ value: kind, label: words[kind] }))}
          onChange={choose}
        />
        <p className="grow text-[13px] text-text-2">
          {variation === null
            ? t`这段时间里有 ${count} 个这样的日子，平均每天 ${mean} 个会话。`
            : t`这段时间里有 ${count} 个这样的日子，平均每天 ${mean} 个会话，日子之间相差 ${variation}。`}
          {dates === '' ? '' : t`接下来：${dates}。`}
        </p>
        <Button size="s" onClick={save}>
          <Trans>导出 CSV</Trans>
        </Button>
      </div>
      {day.tooFewDays ? (
        <p className="text-text-2">
          <Trans>这样的日子不到 3 个，只列出来了多少会话，不给出人数。</Trans>
        </p>
      ) : null}
      {rows.length === 0 ? (
        <Empty title={<Trans>这样的日子没有客户来</Trans>} />
      ) : (
        <Figures
          key={day.kind}
          label={t`每个时段`}
          columns={columns}
          rows={rows}
          keyOf={({ at }) => at}
          first={{ by: 'at', isDescending: false }}
        />
      )}
    </>
  )
}

function useDayWords(): Record<StaffingForecast['days'][number]['kind'], string> {
  const { t } = useLingui()
  return {
    mon: t`周一`,
    tue: t`周二`,
    wed: t`周三`,
    thu: t`周四`,
    fri: t`周五`,
    sat: t`周六`,
    sun: t`周日`,
    holiday: t`节假日`,
    'made-up': t`调休上班日`,
  }
}

const missing = '—'

function useColumns(locale: Locale): readonly Column<ForecastInterval>[] {
  const { t } = useLingui()
  const figure = (
    id: string,
    label: string,
    hint: string,
    of: (one: ForecastInterval) => number | null,
    wordsOf: (value: number) => string = (value) => amountOf(value, locale),
  ): Column<ForecastInterval> => ({
    ...{ id, label, hint, isNumber: true },
    order: (one) => of(one) ?? Number.NEGATIVE_INFINITY,
    cell: (one) => {
      const value = of(one)
      return value === null ? missing : wordsOf(value)
    },
  })
  const percent = (value: number) => percentOf(value, locale)
  return [
    { id: 'at', label: t`时段`, order: ({ at }) => at, cell: ({ at }) => at },
    figure('arrivals', t`会话`, t`这个时段平均来多少会话。`, ({ arrivals }) => arrivals),
    figure('agents', t`在线客服`, t`平均的一天里达到目标至少要几位在线。`, ({ agents }) => agents),
    {
      ...{ id: 'range', label: t`十天里八天`, isNumber: true, hint: t`十个这样的日子里有八个在这之间。` },
      cell: ({ agentsRange }) => (agentsRange === null ? missing : `${agentsRange.from}–${agentsRange.to}`),
    },
    figure('onShift', t`排班`, t`加上损耗后要安排几位上班。`, ({ onShift }) => onShift),
    figure(
      'answered',
      t`及时`,
      t`有这些客服时预计及时接待的比例。`,
      ({ expected }) => expected?.answeredShare ?? null,
      percent,
    ),
    figure(
      'wait',
      t`平均等待`,
      t`有这些客服时预计的平均等待。`,
      ({ expected }) => expected?.meanWaitMs ?? null,
      (value) => lengthOf(value, locale),
    ),
    figure(
      'busy',
      t`忙碌`,
      t`客服能同时接待的里面有多少在用。`,
      ({ expected }) => expected?.occupancy ?? null,
      percent,
    ),
  ]
}
