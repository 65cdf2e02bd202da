import type { FairnessOfAgent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useLocale } from '../i18n/language.ts'
import { useLive } from '../live/use-live.ts'
import { amountOf, percentOf } from '../manage/amounts.ts'
import { Panel } from '../ui/page.tsx'

type Props = { readonly agents: readonly FairnessOfAgent[] }

/** A bar for what each agent got, and a mark at what they were entitled to; the furthest from it first. */
export function AgentShares({ agents }: Props) {
  const names = useLive((live) => live.agents)
  const compared = agents
    .filter(({ given, entitled }) => given + entitled > 0)
    .toSorted((left, right) => awayBy(right) - awayBy(left))
  const most = Math.max(...compared.map(({ given, entitled }) => Math.max(given, entitled)))
  if (compared.length === 0) return null
  return (
    <Panel title={<Trans>得到的与应得的</Trans>}>
      <p className="mb-3 flex flex-wrap items-center gap-x-5 gap-y-1 text-[13px] text-text-2">
        <span className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className="h-3 w-6 rounded-sm bg-brand-fill" />
          <Trans>横条是得到的会话</Trans>
        </span>
        <span className="inline-flex items-center gap-1.5">
          <span aria-hidden="true" className="h-4 w-0.75 rounded-full bg-text" />
          <Trans>竖线是应得的：每分出一个会话，当时能接的人各应得一份</Trans>
        </span>
      </p>
      <ul className="flex flex-col gap-2.5">
        {compared.map((agent) => (
          <Share
            key={agent.agentId}
            agent={agent}
            name={names.get(agent.agentId)?.nickname ?? agent.agentId}
            most={most}
          />
        ))}
      </ul>
    </Panel>
  )
}

const awayBy = ({ given, entitled }: FairnessOfAgent): number => Math.abs(given - entitled)
const widthOf = (part: number, most: number) => `${(part / most) * 100}%`

type ShareProps = { readonly agent: FairnessOfAgent; readonly name: string; readonly most: number }

function Share({ agent: { given, entitled, deviation }, name, most }: ShareProps) {
  const { t } = useLingui()
  const locale = useLocale()
  const [got, due] = [amountOf(given, locale), amountOf(entitled, locale)]
  const away = deviation === null ? '' : percentOf(deviation, locale, true)
  return (
    <li className="grid items-center gap-x-3 @min-[640px]/desk:grid-cols-[8rem_1fr_13rem]">
      <span className="truncate">{name}</span>
      <span aria-hidden="true" className="relative block h-4 rounded-sm bg-sunken">
        <span className="block h-full rounded-sm bg-brand-fill" style={{ width: widthOf(given, most) }} />
        <span
          className="absolute -top-0.5 h-5 w-0.75 -translate-x-1/2 rounded-full bg-text outline outline-panel"
          style={{ left: widthOf(entitled, most) }}
        />
      </span>
      <span className="numbers text-[13px] text-text-2 @min-[640px]/desk:text-right">
        {away === '' ? t`得到 ${got}，应得 ${due}` : t`得到 ${got}，应得 ${due}（${away}）`}
      </span>
    </li>
  )
}
