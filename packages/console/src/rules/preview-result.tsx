import type { PreviewedService, RulesPreview } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useLocale } from '../i18n/language.ts'
import { useLive } from '../live/use-live.ts'
import { amountOf, lengthOf, percentOf } from '../manage/amounts.ts'
import { type Compared, Comparison } from './comparison.tsx'

type Props = { readonly preview: RulesPreview; readonly withinMs: number; readonly starvationMs: number }

/** The draft beside the rules of then, both simulated: so that what differs comes from the rules and not from the simulation. */
export function PreviewResult({ preview, withinMs, starvationMs }: Props) {
  const { t } = useLingui()
  const { simulated, candidate } = preview
  const services = useServiceRows(simulated, candidate, withinMs, starvationMs)
  const loads = useLoadRows(simulated, candidate)
  return (
    <div className="flex flex-col gap-4">
      <Trust preview={preview} />
      <Comparison title={t`客户等了多久`} rows={services.waits} isOneKind />
      <Comparison title={t`服务水平`} rows={services.counts} />
      <Comparison title={t`每位客服分到的会话`} rows={loads} isOneKind />
      <Told preview={preview} />
    </div>
  )
}

/** How far the simulation can be trusted: by its own account of what really happened. */
function Trust({ preview: { conformity, history, simulated, events } }: { readonly preview: RulesPreview }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { decisions, rederived, erased } = conformity
  const isTrue = rederived + erased === decisions
  const real = history.waitMs.p50
  const again = simulated.waitMs.p50
  const none = t`无`
  const [realWords, againWords] = [real, again].map((ms) => (ms === null ? none : lengthOf(ms, locale)))
  const [eventCount, count] = [amountOf(events, locale), amountOf(decisions, locale)]
  return (
    <div className="flex gap-2 rounded-md bg-sunken px-4 py-3 text-[13px]">
      {isTrue ? (
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden="true" />
      ) : (
        <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warn" aria-hidden="true" />
      )}
      <div className="flex flex-col gap-1">
        <p>
          {isTrue
            ? t`${eventCount} 个事件，${count} 次分配都按当时的规则重新推导出了相同的结果。`
            : t`${count} 次分配中有 ${amountOf(decisions - rederived - erased, locale)} 次没有推导出相同的结果，请谨慎参考。`}
        </p>
        <p className="text-text-2">
          {t`用当时的规则模拟，一半的客户等待不超过 ${againWords ?? none}；真实的是 ${realWords ?? none}。两者越接近，下面的比较越可信。`}
        </p>
      </div>
    </div>
  )
}

function useServiceRows(
  before: PreviewedService,
  after: PreviewedService | null,
  withinMs: number,
  starvationMs: number,
): { readonly waits: readonly Compared[]; readonly counts: readonly Compared[] } {
  const { t } = useLingui()
  const locale = useLocale()
  const length = (ms: number) => lengthOf(ms, locale)
  const amount = (value: number) => amountOf(value, locale)
  const [within, starvation] = [length(withinMs), length(starvationMs)]
  const row = (
    label: string,
    figureOf: (service: PreviewedService) => number | null,
    wordsOf: (value: number) => string,
    better: Compared['better'] = 'lower',
  ): Compared => ({ label, before: figureOf(before), after: after === null ? null : figureOf(after), wordsOf, better })
  return {
    waits: [
      row(t`一半的客户不超过`, ({ waitMs }) => waitMs.p50, length),
      row(t`九成的客户不超过`, ({ waitMs }) => waitMs.p90, length),
      row(t`95% 的客户不超过`, ({ waitMs }) => waitMs.p95, length),
      row(t`最长`, ({ waitMs }) => waitMs.longest, length),
    ],
    counts: [
      row(
        t`${within}内接待`,
        ({ serviceLevel }) => serviceLevel,
        (share) => percentOf(share, locale),
        'higher',
      ),
      row(t`接待了`, ({ served }) => served, amount, 'higher'),
      row(t`没等到就走了`, ({ abandoned }) => abandoned, amount),
      row(t`被规则婉拒`, ({ refused }) => refused, amount),
      row(t`到最后还在等`, ({ waiting }) => waiting, amount),
      row(t`等了超过 ${starvation}`, ({ starved }) => starved, amount),
    ],
  }
}

function useLoadRows(before: PreviewedService, after: PreviewedService | null): readonly Compared[] {
  const { t } = useLingui()
  const locale = useLocale()
  const names = useLive((live) => live.agents)
  const ids = new Set([...before.agents, ...(after?.agents ?? [])].map(({ agentId }) => agentId))
  const of = (service: PreviewedService | null, id: string) => service?.agents.find(({ agentId }) => agentId === id)
  return Array.from(ids, (id) => {
    const [then, now] = [of(before, id), of(after, id)]
    const [loadThen, loadNow] = [then, now].map((agent) =>
      agent?.meanLoad == null ? '—' : amountOf(agent.meanLoad, locale),
    )
    return {
      label: names.get(id)?.nickname ?? id,
      before: then?.given ?? 0,
      after: after === null ? null : (now?.given ?? 0),
      wordsOf: (value: number) => amountOf(value, locale),
      better: 'neither' as const,
      note: after === null ? t`平均同时 ${loadThen ?? ''} 个` : t`平均同时 ${loadThen ?? ''} → ${loadNow ?? ''} 个`,
    }
  })
}

/** Where the simulation had to leave the log. */
function Told({ preview: { told } }: { readonly preview: RulesPreview }) {
  return (
    <details className="text-[13px] text-text-2">
      <summary className="cursor-pointer">
        <Trans>模拟中与日志不同的地方</Trans>
      </summary>
      <ul className="mt-1 list-disc pl-5">
        <li>
          <Plural value={told.merged} other="# 个会话开始时，同一位客户的上一个会话还没有结束，合并计算。" />
        </li>
        <li>
          <Plural value={told.drawn} other="# 个会话的接待时长由这段时间里的其他会话抽取。" />
        </li>
        <li>
          <Plural value={told.refused} other="# 个操作在模拟中做不了，略过。" />
        </li>
      </ul>
    </details>
  )
}
