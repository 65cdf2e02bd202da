import type { Rule, RulesInForce } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useAct, useFailureWords } from '../i18n/failure-words.ts'
import { clockOf, fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive, useMe, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { ActorName } from '../manage/actor-name.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/page.tsx'
import { OverrideDialog } from './override-dialog.tsx'

const pageSize = 5
/** The number of decisions grows while it lasts. */
const refreshMs = 5_000

type Override = RulesInForce['override']

function useOverrides(isLasting: boolean) {
  return useInfiniteQuery({
    queryKey: ['rules', 'overrides'],
    queryFn: ({ pageParam }) => client.rules.overrides({ limit: pageSize, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: isLasting ? refreshMs : false,
  })
}

/** Break glass: what for a time counts before the rules, who did it before and why, and how much it decided. */
export function OverridePanel({ override }: { readonly override: Override }) {
  const wordsOf = useFailureWords()
  const role = useSelf()?.role
  const mayManage = (useMe()?.scopes.includes('configuration:manage') ?? false) && role === 'admin'
  const [isOpen, setOpen] = useState(false)
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useOverrides(override !== null)
  const overrides = data?.pages.flatMap(({ items }) => items) ?? []
  const isDecided = overrides.find(({ overrideId }) => overrideId === override?.overrideId)?.decisions
  return (
    <Panel title={<Trans>紧急覆盖</Trans>}>
      {override === null ? (
        <div className="flex flex-wrap items-center gap-3">
          <p className="grow basis-72 text-[13px] text-text-2">
            <Trans>
              系统故障或突发事件时，不等批准，让新的会话暂时先按一条规则分配；到时自动结束，每次都留下记录。
            </Trans>
          </p>
          {mayManage ? (
            <Button size="s" onClick={() => setOpen(true)}>
              <Trans>开始紧急覆盖…</Trans>
            </Button>
          ) : null}
        </div>
      ) : (
        <Lasting override={override} decisions={isDecided} mayManage={mayManage} />
      )}
      {error === null ? null : <p role="alert">{wordsOf(error).sentence}</p>}
      {overrides.length === 0 ? null : (
        <ol className="mt-3 border-t border-line">
          {overrides.map((one) => (
            <PastLine key={one.overrideId} override={one} />
          ))}
        </ol>
      )}
      {hasNextPage ? (
        <Button size="s" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          <Trans>更早的记录</Trans>
        </Button>
      ) : null}
      {isOpen ? <OverrideDialog onClose={() => setOpen(false)} /> : null}
    </Panel>
  )
}

type LastingProps = {
  readonly override: NonNullable<Override>
  readonly decisions: number | undefined
  readonly mayManage: boolean
}

function Lasting({ override, decisions, mayManage }: LastingProps) {
  const act = useAct()
  const queries = useQueryClient()
  const nowMs = useNow()
  const what = useRuleWords()(override.rule)
  const [isBusy, setBusy] = useState(false)
  const end = async () => {
    setBusy(true)
    await act(client.rules.endOverride())
    await queries.invalidateQueries({ queryKey: ['rules'] })
    setBusy(false)
  }
  const left = clockOf(Date.parse(override.expiresAt) - nowMs)
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-warn-soft px-4 py-3">
      <TriangleAlert className="size-5 shrink-0 text-warn" aria-hidden="true" />
      <div className="min-w-0 grow basis-60">
        <p className="font-medium break-words">
          <Trans>正在覆盖规则：{override.reason}</Trans>
        </p>
        <p className="text-[13px] break-words text-text-2">{what}</p>
        <p className="numbers text-[13px] text-text-2">
          <Trans>还有 {left} 自动结束</Trans>
          {decisions === undefined ? null : (
            <>
              {' · '}
              <Plural value={decisions} other="已决定 # 次分配" />
            </>
          )}
        </p>
      </div>
      {mayManage ? (
        <Button disabled={isBusy} onClick={() => void end()}>
          <Trans>立即结束，恢复按规则分配</Trans>
        </Button>
      ) : null}
    </div>
  )
}

type Past = Awaited<ReturnType<typeof client.rules.overrides>>['items'][number]

function PastLine({ override: { at, by, rule, reason, endedAt, decisions } }: { readonly override: Past }) {
  const { t } = useLingui()
  const locale = useLocale()
  const what = useRuleWords()(rule)
  const [began, ended] = [at, endedAt].map((one) => (one === null ? undefined : fullTime(Date.parse(one), locale)))
  return (
    <li className="border-b border-line py-2 text-[13px] last:border-0">
      <p className="break-words">
        <span className="font-medium">{reason}</span>
        {' · '}
        <ActorName actor={by} />
        {' · '}
        <Plural value={decisions} other="决定了 # 次分配" />
      </p>
      <p className="numbers break-words text-text-3">
        {ended === undefined ? t`${began ?? ''} 开始，仍在生效` : t`${began ?? ''} 至 ${ended}`}
        {' · '}
        {what}
      </p>
    </li>
  )
}

/** What an override does, in a sentence. */
export function useRuleWords(): (rule: Rule) => string {
  const { t } = useLingui()
  const teams = useLive((live) => live.teams)
  return ({ when, then }) => {
    const team = then.team === undefined ? t`公众号的客服组` : (teams.get(then.team)?.name ?? then.team)
    const target = then.refuse !== undefined ? t`婉拒` : then.app !== undefined ? t`应用 ${then.app}` : team
    return when === 'true' ? t`所有新会话 → ${target}` : t`符合 ${when} 的新会话 → ${target}`
  }
}
