import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo, useState } from 'react'
import { useMe } from '../live/use-live.ts'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { type ChosenDays, dateIn, daysOf, type Period, periodOf, spans } from './period.ts'

/** Days that a person chooses, and the period that they are; the period stays the same until others are chosen. */
export function usePeriod(first: 'yesterday' | 'week' | 'month') {
  const timeZone = useMe()?.organization.timeZone ?? 'UTC'
  const [chosen, choose] = useState(() => daysOf(first, dateIn(timeZone, Date.now())))
  const period: Period | undefined = useMemo(() => periodOf(chosen, timeZone, Date.now()), [chosen, timeZone])
  return { chosen, choose, period, timeZone }
}

type Props = {
  readonly chosen: ChosenDays
  readonly timeZone: string
  readonly onChoose: (chosen: ChosenDays) => void
}

export function PeriodPicker({ chosen, timeZone, onChoose }: Props) {
  const { t } = useLingui()
  const today = dateIn(timeZone, Date.now())
  const words = {
    today: t`今天`,
    yesterday: t`昨天`,
    week: t`最近 7 天`,
    month: t`最近 30 天`,
    custom: t`自选日期`,
  }
  const isWrong = chosen.from > chosen.to || chosen.from > today
  return (
    <div className="grid grid-cols-2 gap-3 @min-[720px]/desk:grid-cols-4">
      <div className="flex flex-col gap-1">
        <span aria-hidden="true" className="text-[13px] text-text-2">
          <Trans>时间段</Trans>
        </span>
        <Select
          label={t`时间段`}
          value={chosen.span}
          choices={spans.map((value) => ({ value, label: words[value] }))}
          onChange={(span) => onChoose(span === 'custom' ? { ...chosen, span } : daysOf(span, today))}
        />
      </div>
      {chosen.span === 'custom' ? (
        <>
          <Field
            label={t`第一天`}
            type="date"
            max={today}
            value={chosen.from}
            wrong={isWrong ? t`第一天应不晚于最后一天和今天` : undefined}
            onChange={(event) => onChoose({ ...chosen, from: event.currentTarget.value })}
          />
          <Field
            label={t`最后一天`}
            type="date"
            max={today}
            value={chosen.to}
            onChange={(event) => onChoose({ ...chosen, to: event.currentTarget.value })}
          />
        </>
      ) : null}
    </div>
  )
}
