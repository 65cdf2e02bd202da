import type { FairnessReport } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { client } from '../live/client.ts'
import { NoAnswer } from '../manage/no-answer.tsx'
import type { Period } from '../manage/period.ts'
import { PeriodPicker, usePeriod } from '../manage/period-picker.tsx'
import { Empty } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { AgentShares } from './agent-shares.tsx'
import { AgentsTable } from './agents-table.tsx'
import { Summary } from './summary.tsx'

/** Reading a month of the log takes longer than other answers. */
const timeoutMs = 120_000

/** How evenly the rules gave sessions, and in which turn customers were served. */
export function FairnessPage() {
  const { t } = useLingui()
  const { chosen, choose, period, timeZone } = usePeriod('week')
  return (
    <Page title={t`公平报告`}>
      <p className="text-text-2">
        <Trans>规则有没有把会话平均分给能接待的客服，客户有没有按先来后到得到接待。每个数字都从日志重新计算。</Trans>
      </p>
      <PeriodPicker chosen={chosen} timeZone={timeZone} onChoose={choose} />
      {period === undefined ? null : <Report period={period} />}
    </Page>
  )
}

function Report({ period }: { readonly period: Period }) {
  const { data, error } = useQuery<FairnessReport>({
    queryKey: ['fairness', period],
    queryFn: ({ signal }) => client.rules.fairness(period, { signal, timeoutMs }),
  })
  if (data !== undefined) {
    return (
      <>
        <Summary report={data} />
        {data.agents.length === 0 ? (
          <Empty title={<Trans>这段时间里没有客服在线，也没有分出会话</Trans>} />
        ) : (
          <>
            <AgentShares agents={data.agents} />
            <AgentsTable agents={data.agents} />
          </>
        )}
      </>
    )
  }
  return <NoAnswer error={error} />
}
