import type { StaffingForecast } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client } from '../live/client.ts'
import { NoAnswer } from '../manage/no-answer.tsx'
import type { Period } from '../manage/period.ts'
import { PeriodPicker, usePeriod } from '../manage/period-picker.tsx'
import { Page } from '../ui/page.tsx'
import { DayTable } from './day-table.tsx'
import { type Asked, firstWritten, questionIn } from './question.ts'
import { QuestionForm } from './question-form.tsx'
import { Summary } from './summary.tsx'

/** Reading months of the log takes longer than other answers. */
const timeoutMs = 120_000

/** How many agents each interval of a day needs. */
export function ForecastPage() {
  const { t } = useLingui()
  const { chosen, choose, period, timeZone } = usePeriod('month')
  const [asked, ask] = useState<Asked>(() => {
    const first = questionIn(firstWritten)
    return 'has' in first ? {} : first
  })
  return (
    <Page title={t`人力测算`}>
      <p className="text-text-2">
        <Trans>
          根据过去一段时间里客户什么时候来、接待要多久、愿意等多久，算出每个时段要达到目标需要几位客服在线。每个数字都从日志重新计算。
        </Trans>
      </p>
      <PeriodPicker chosen={chosen} timeZone={timeZone} onChoose={choose} />
      <QuestionForm onAsk={ask} />
      {period === undefined ? null : <Answer period={period} asked={asked} />}
    </Page>
  )
}

function Answer({ period, asked }: { readonly period: Period; readonly asked: Asked }) {
  const { data, error } = useQuery<StaffingForecast>({
    queryKey: ['forecast', period, asked],
    queryFn: ({ signal }) => client.rules.forecast({ ...period, ...asked }, { signal, timeoutMs }),
  })
  if (data !== undefined) {
    return (
      <>
        <Summary forecast={data} />
        <DayTable forecast={data} />
      </>
    )
  }
  return <NoAnswer error={error} />
}
