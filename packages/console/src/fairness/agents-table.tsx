import type { FairnessOfAgent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { saveCsv } from '../audit/save-csv.ts'
import type { Locale } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { useLive } from '../live/use-live.ts'
import { amountOf, lengthOf, percentOf } from '../manage/amounts.ts'
import { type Column, Figures } from '../manage/figures.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/page.tsx'

type Props = { readonly agents: readonly FairnessOfAgent[] }

/** Every figure of every agent, what each means, and the same as a file. */
export function AgentsTable({ agents }: Props) {
  const { t } = useLingui()
  const locale = useLocale()
  const names = useLive((live) => live.agents)
  const nameOf = ({ agentId }: FairnessOfAgent) => names.get(agentId)?.nickname ?? agentId
  const columns = useColumns(locale, nameOf)
  const save = () => {
    const heading = ['agent', ...figureNames]
    const rows = agents.map((agent) => [
      agent.agentId,
      ...figureNames.map((name) => (agent[name] === null ? '' : String(agent[name]))),
    ])
    void saveCsv('duoke-fairness.csv', [heading, ...rows])
  }
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <h2 className="grow font-semibold">
          <Trans>每位客服</Trans>
        </h2>
        <Button size="s" onClick={save}>
          <Trans>导出 CSV</Trans>
        </Button>
      </div>
      <Figures
        label={t`每位客服`}
        columns={columns}
        rows={agents}
        keyOf={({ agentId }) => agentId}
        first={{ by: 'given', isDescending: true }}
      />
      <Panel title={<Trans>这些数字是什么意思</Trans>}>
        <dl className="grid gap-x-6 gap-y-2 @min-[720px]/desk:grid-cols-2">
          {columns.map(({ id, label, hint }) =>
            hint === undefined ? null : (
              <div key={id}>
                <dt className="text-[13px] font-medium">{label}</dt>
                <dd className="text-[13px] text-text-2">{hint}</dd>
              </div>
            ),
          )}
        </dl>
      </Panel>
    </>
  )
}

/** As the interface calls them, for programs that read the file. */
const figureNames = [
  'given',
  'entitled',
  'deviation',
  'perHour',
  'onlineMs',
  'direct',
  'declined',
  'unanswered',
] as const satisfies readonly (keyof FairnessOfAgent)[]

/** Whoever has no figure stands behind all who have one. */
const orMissing = (figure: number | null): number => figure ?? Number.NEGATIVE_INFINITY

function useColumns(locale: Locale, nameOf: (agent: FairnessOfAgent) => string): readonly Column<FairnessOfAgent>[] {
  const { t } = useLingui()
  const figure = (
    id: (typeof figureNames)[number],
    label: string,
    hint: string,
    wordsOf: (value: number) => string = (value) => amountOf(value, locale),
  ): Column<FairnessOfAgent> => ({
    ...{ id, label, hint, isNumber: true },
    order: (agent) => orMissing(agent[id]),
    cell: (agent) => (agent[id] === null ? '—' : wordsOf(agent[id])),
  })
  return [
    { id: 'name', label: t`客服`, order: nameOf, cell: nameOf },
    figure('given', t`得到`, t`规则分给他的会话。`),
    figure(
      'entitled',
      t`应得`,
      t`每分出一个会话，当时在线、有空位、又在服务范围内的人各应得一份；这些份数加起来就是应得。`,
    ),
    figure('deviation', t`偏差`, t`得到的比应得的多或少多少。技能、专属客服和服务时间造成的差别也在里面。`, (value) =>
      percentOf(value, locale, true),
    ),
    figure('perHour', t`每小时`, t`平均每在线一小时由规则分到的会话。`),
    figure('onlineMs', t`在线`, t`状态为在线的时间，接满时也算。`, (value) => lengthOf(value, locale)),
    figure('direct', t`直接得到`, t`自己接入、同事转接、主管接管或应用指定的会话，不由规则分配，不算应得。`),
    figure('declined', t`不接入`, t`被询问后选择不接入的次数；应得的份额不因此减少。`),
    figure('unanswered', t`未应答`, t`被询问后没有在时限内应答的次数。`),
  ]
}
