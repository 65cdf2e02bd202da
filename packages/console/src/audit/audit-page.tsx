import type { PublicEvent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { useActorName } from '../manage/actor-name.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Field } from '../ui/field.tsx'
import { Page } from '../ui/page.tsx'
import { Select } from '../ui/select.tsx'
import { saveCsv } from './save-csv.ts'
import { type AuditEntry, type AuditFilter, auditedTypes, matching, trailOf } from './trail.ts'

const pageSize = 200
const shownAtOnce = 100

/** Who changed what and when, from the log itself: it cannot be edited afterwards. */
export function AuditPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useQuery({ queryKey: ['audit'], queryFn: readTrail, staleTime: 0 })
  return (
    <Page title={t`操作记录`}>
      {data !== undefined ? (
        <Trail entries={data} />
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <Empty title={wordsOf(error).sentence} />
      )}
    </Page>
  )
}

async function readTrail(): Promise<AuditEntry[]> {
  const events: PublicEvent[] = []
  let after: string | undefined
  for (;;) {
    const query = { types: auditedTypes.join(), limit: pageSize, ...(after !== undefined && { after }) }
    const page = await client.call('listEvents', {}, { query })
    events.push(...(page.items as PublicEvent[])) // the server tells declared events only
    if (page.items.length < pageSize) return trailOf(events)
    after = page.next
  }
}

function Trail({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { t } = useLingui()
  const actorName = useActorName()
  const [filter, setFilter] = useState<AuditFilter>({ text: '', area: '', from: '', to: '' })
  const [count, setCount] = useState(shownAtOnce)
  const found = matching(entries, useDeferredValue(filter), ({ actor }) => actorName(actor))
  const save = () => {
    const rows = found.flatMap(({ at, actor, type, subject, differences }) =>
      differences.map(({ field, before = '', after }) => [at, actorName(actor), type, subject, field, before, after]),
    )
    void saveCsv('duoke-audit.csv', [[t`时间`, t`谁`, t`做了什么`, t`对象`, t`字段`, t`之前`, t`之后`], ...rows])
  }
  return (
    <>
      <FilterBar filter={filter} onChange={setFilter} />
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="numbers grow text-[13px] text-text-3">{t`${found.length} 条记录`}</p>
        <Button size="s" disabled={found.length === 0} onClick={save}>
          <Trans>导出 CSV</Trans>
        </Button>
      </div>
      {found.length === 0 ? (
        <Empty title={<Trans>没有符合条件的记录</Trans>} />
      ) : (
        <ol className="rounded-card border border-line bg-panel">
          {found.slice(0, count).map((entry) => (
            <EntryLine key={entry.position} entry={entry} />
          ))}
        </ol>
      )}
      {found.length > count ? (
        <Button onClick={() => setCount(count + shownAtOnce)}>
          <Trans>更早的记录</Trans>
        </Button>
      ) : null}
    </>
  )
}

type BarProps = { readonly filter: AuditFilter; readonly onChange: (filter: AuditFilter) => void }

function FilterBar({ filter, onChange }: BarProps) {
  const { t } = useLingui()
  const areas = [
    { value: '', label: t`所有内容` },
    { value: 'organization', label: t`组织` },
    { value: 'account', label: t`公众号` },
    { value: 'team', label: t`客服组` },
    { value: 'agent', label: t({ message: '客服', context: 'role' }) },
    { value: 'app', label: t`应用` },
    { value: 'rules', label: t`分配规则` },
  ]
  return (
    <div className="grid items-end gap-3 @min-[720px]/desk:grid-cols-4">
      <Field
        label={t`搜索`}
        type="search"
        value={filter.text}
        onChange={(event) => onChange({ ...filter, text: event.currentTarget.value })}
      />
      <Select label={t`内容`} value={filter.area} choices={areas} onChange={(area) => onChange({ ...filter, area })} />
      <Field
        label={t`从`}
        type="date"
        value={filter.from}
        onChange={(event) => onChange({ ...filter, from: event.currentTarget.value })}
      />
      <Field
        label={t`到`}
        type="date"
        value={filter.to}
        onChange={(event) => onChange({ ...filter, to: event.currentTarget.value })}
      />
    </div>
  )
}

function EntryLine({ entry }: { readonly entry: AuditEntry }) {
  const { t } = useLingui()
  const locale = useLocale()
  const who = useActorName()(entry.actor)
  const verbs: Record<AuditEntry['type'], string> = {
    'organization.configured': t`修改了组织设置`,
    'account.configured': t`配置了公众号`,
    'account.removed': t`移除了公众号`,
    'team.configured': t`配置了客服组`,
    'team.removed': t`移除了客服组`,
    'agent.configured': t`配置了客服`,
    'agent.secured': t`改变了登录方式`,
    'agent.removed': t`移除了客服`,
    'app.configured': t`配置了应用`,
    'app.consented': t`改变了应用的授权`,
    'app.removed': t`移除了应用`,
    'rules.published': t`发布了分配规则`,
  }
  return (
    <li className="border-b border-line px-4 py-2.5 last:border-0">
      <details>
        <summary className="flex cursor-pointer flex-wrap gap-x-3">
          <span className="min-w-0 grow break-words">
            {who} {verbs[entry.type]} {entry.subject}
          </span>
          <span className="numbers text-[13px] text-text-3">{fullTime(Date.parse(entry.at), locale)}</span>
        </summary>
        <ul className="mt-2 flex flex-col gap-1 text-[13px]">
          {entry.differences.map(({ field, before, after }) => (
            <li key={field} className="break-all">
              <code className="font-mono text-xs text-text-3">{field}</code>{' '}
              {before === undefined ? null : <del className="text-bad">{before === '' ? t`空` : before}</del>}{' '}
              <ins className="text-good no-underline">{after === '' ? t`空` : after}</ins>
            </li>
          ))}
          {entry.differences.length === 0 ? (
            <li className="text-text-3">{t`内容没有变化（可能更换了密钥）。`}</li>
          ) : null}
        </ul>
      </details>
    </li>
  )
}
