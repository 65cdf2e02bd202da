import type { DecisionEntry } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useLive } from '../live/use-live.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Field } from '../ui/field.tsx'
import { Page } from '../ui/page.tsx'
import { Select } from '../ui/select.tsx'
import { useEntryWords } from './entry-words.ts'

const pageSize = 50
const refreshMs = 10_000

type Filters = { readonly agent: string; readonly from: string; readonly to: string }

/** Why each session went where it went: everything that routing decided, by agent and time. */
export function DecisionsPage() {
  const { t } = useLingui()
  const [filters, setFilters] = useState<Filters>({ agent: '', from: '', to: '' })
  return (
    <Page title={t`分配记录`}>
      <FilterBar filters={filters} onChange={setFilters} />
      <Entries filters={filters} />
    </Page>
  )
}

type BarProps = { readonly filters: Filters; readonly onChange: (filters: Filters) => void }

function FilterBar({ filters, onChange }: BarProps) {
  const { t } = useLingui()
  const agents = useLive((live) => live.agents)
  const choices = [
    { value: '', label: t`所有客服` },
    ...Array.from(agents.values(), ({ id, nickname }) => ({ value: id, label: nickname })),
  ]
  return (
    <div className="grid gap-3 @min-[720px]/desk:grid-cols-3">
      <div className="flex flex-col gap-1">
        <span aria-hidden="true" className="text-[13px] text-text-2">
          <Trans>客服</Trans>
        </span>
        <Select
          label={t`客服`}
          value={filters.agent}
          choices={choices}
          onChange={(agent) => onChange({ ...filters, agent })}
        />
      </div>
      <Field
        label={t`从`}
        type="datetime-local"
        value={filters.from}
        onChange={(event) => onChange({ ...filters, from: event.currentTarget.value })}
      />
      <Field
        label={t`到`}
        type="datetime-local"
        value={filters.to}
        onChange={(event) => onChange({ ...filters, to: event.currentTarget.value })}
      />
    </div>
  )
}

const instantOf = (local: string) => new Date(local).toISOString()

function Entries({ filters }: { readonly filters: Filters }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['decisions', filters],
    queryFn: ({ pageParam }) =>
      client.decisions.list({
        limit: pageSize,
        ...(pageParam && { after: pageParam }),
        ...(filters.agent && { agent: filters.agent }),
        ...(filters.from && { from: instantOf(filters.from) }),
        ...(filters.to && { to: instantOf(filters.to) }),
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: refreshMs,
  })
  if (data === undefined)
    return error === null ? <Waiting label={t`正在读取`} /> : <Empty title={wordsOf(error).sentence} />
  const entries = data.pages.flatMap(({ items }) => items)
  if (entries.length === 0) return <Empty title={<Trans>没有符合条件的分配</Trans>} />
  return (
    <>
      <ol className="rounded-card border border-line bg-panel">
        {entries.map((entry) => (
          <EntryLine key={entry.id} entry={entry} />
        ))}
      </ol>
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          <Trans>更早的记录</Trans>
        </Button>
      ) : null}
    </>
  )
}

function EntryLine({ entry }: { readonly entry: DecisionEntry }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { result, rule, place } = useEntryWords()(entry)
  const name = useLive((live) => live.conversations.get(entry.conversationId)?.customer.name)
  const time = fullTime(Date.parse(entry.at), locale)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
      <span className="min-w-0 grow basis-60">
        <span className="block">
          {result}
          {place === undefined ? '' : ` · ${place}`}
        </span>
        <span className="numbers block text-[13px] text-text-3">
          {time} · {rule}
        </span>
      </span>
      <Link
        href={`/c/${entry.conversationId}`}
        className="shrink-0 text-[13px] whitespace-nowrap text-brand hover:underline"
        aria-label={t`打开 ${name ?? entry.conversationId} 的对话`}
      >
        {name ?? <Trans>打开对话</Trans>}
      </Link>
      <Button
        size="s"
        aria-label={t`${time} 的依据`}
        onClick={() => openDialog({ kind: 'decision', decisionId: entry.id })}
      >
        <Trans>依据</Trans>
      </Button>
    </li>
  )
}
