import type { LiveFigures } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { clockOf } from '../i18n/formatting.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Page } from '../ui/page.tsx'
import { AgentsTable } from './agents-table.tsx'
import { alarmOf } from './alarms.ts'
import { ConversationsDialog, type Shown } from './conversations-dialog.tsx'

const refreshMs = 2_000
const alarmClass = { none: '', amber: 'text-warn', red: 'text-bad' } as const

/** How it stands at this moment, at most two seconds old. */
export function LivePage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const [shown, show] = useState<Shown>()
  const { data, error } = useQuery({
    queryKey: ['live'],
    queryFn: () => client.live(),
    refetchInterval: refreshMs,
    staleTime: 0,
  })
  if (data === undefined) {
    return (
      <Page title={t`实时`}>
        {error === null ? <Waiting label={t`正在读取`} /> : <Empty title={wordsOf(error).sentence} />}
      </Page>
    )
  }
  return (
    <Page title={t`实时`}>
      {error === null ? null : (
        <p role="status" className="text-warn">
          {wordsOf(error).sentence}
        </p>
      )}
      <Queues live={data} onShow={show} />
      <AgentsTable agents={data.agents} onShow={show} />
      {shown === undefined ? null : <ConversationsDialog shown={shown} onClose={() => show(undefined)} />}
    </Page>
  )
}

type Props = { readonly live: LiveFigures; readonly onShow: (shown: Shown) => void }

function Queues({ live: { waiting, longestSince, queues }, onShow }: Props) {
  const { t } = useLingui()
  const nowMs = useNow()
  const teams = useLive((state) => state.teams)
  const all = { key: 'all', name: t`全部`, waiting, since: longestSince, teamId: undefined }
  const each = queues.map(({ teamId, longestSince: since, waiting: count }) => ({
    key: `team ${teamId ?? ''}`,
    name: teamId === null ? t`未指定客服组` : (teams.get(teamId)?.name ?? teamId),
    waiting: count,
    since,
    teamId,
  }))
  return (
    <section aria-label={t`待接入`} className="flex flex-wrap gap-3">
      {[all, ...each].map(({ key, name, waiting: count, since, teamId }) => {
        const waitedMs = since === null ? 0 : nowMs - Date.parse(since)
        const title = t`待接入：${name}`
        return (
          <button
            key={key}
            type="button"
            className="flex min-w-36 flex-col rounded-card border border-line bg-panel px-4 py-3 text-left hover:bg-hover"
            onClick={() =>
              onShow({
                title,
                fits: ({ holder }) => holder.kind === 'queue' && (teamId === undefined || holder.teamId === teamId),
              })
            }
          >
            <span className="text-[13px] text-text-2">{title}</span>
            <span className="numbers text-xl font-semibold">{count}</span>
            <span className={`numbers text-[13px] ${since === null ? 'text-text-3' : alarmClass[alarmOf(waitedMs)]}`}>
              {since === null ? <Trans>没有人在等</Trans> : <Trans>最久 {clockOf(waitedMs)}</Trans>}
            </span>
          </button>
        )
      })}
    </section>
  )
}
