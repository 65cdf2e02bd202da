import type { Customer } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { Link } from 'wouter'
import { useAct, useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { Field } from '../ui/field.tsx'
import { Page } from '../ui/page.tsx'

const pageSize = 200
/** More is nothing that a person looks through. */
const most = 2_000

/** Who is on the block list: searched, looked at, and taken off it, which can be undone where it was done. */
export function BlockedPage() {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error } = useQuery({ queryKey: ['blocked'], queryFn: readBlocked, staleTime: 0 })
  return (
    <Page title={t`黑名单`}>
      <p className="text-text-2">
        <Trans>黑名单上的客户发来的消息只记录，不排队、不提醒、不自动回复。在客户资料里可以拉黑客户。</Trans>
      </p>
      {data !== undefined ? (
        <List customers={data} />
      ) : error === null ? (
        <Waiting label={t`正在读取`} />
      ) : (
        <Empty title={wordsOf(error).sentence} />
      )}
    </Page>
  )
}

async function readBlocked(): Promise<Customer[]> {
  const found: Customer[] = []
  for await (const customer of client.customers.list({ blocked: true, limit: pageSize })) {
    found.push(customer)
    if (found.length >= most) break
  }
  return found
}

function List({ customers }: { readonly customers: readonly Customer[] }) {
  const { t } = useLingui()
  const [text, setText] = useState('')
  const sought = useDeferredValue(text.trim().toLowerCase())
  if (customers.length === 0) return <Empty title={<Trans>黑名单是空的</Trans>} />
  const found = customers.filter(({ name, openid }) => `${name} ${openid}`.toLowerCase().includes(sought))
  return (
    <>
      <Field
        label={t`搜索备注名或 OpenID`}
        type="search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p role="status" className="numbers text-[13px] text-text-3">
        <Plural value={found.length} other="# 位客户" />
        {customers.length < most ? null : <Trans>（只显示最近 {most} 位）</Trans>}
      </p>
      {found.length === 0 ? (
        <Empty title={<Trans>没有符合条件的客户</Trans>} />
      ) : (
        <ul className="rounded-card border border-line bg-panel">
          {found.map((customer) => (
            <Row key={customer.id} customer={customer} />
          ))}
        </ul>
      )}
    </>
  )
}

function Row({ customer }: { readonly customer: Customer }) {
  const { t } = useLingui()
  const act = useAct()
  const locale = useLocale()
  const [isOff, setOff] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const { id, name, openid, conversationId, blocked } = customer
  const turn = async (off: boolean) => {
    setBusy(true)
    // As it was: to the same end.
    const until = blocked?.until == null ? {} : { until: blocked.until }
    const isDone = await act(off ? client.customers.unblock(id) : client.customers.block(id, until))
    setBusy(false)
    if (isDone) setOff(off)
  }
  const since = blocked === undefined ? '' : fullTime(Date.parse(blocked.since), locale)
  const until = blocked?.until == null ? undefined : fullTime(Date.parse(blocked.until), locale)
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2.5 last:border-0">
      <Avatar id={id} name={name} size="s" />
      <span className="min-w-0 grow basis-52">
        <Link href={`/c/${conversationId}`} className="block truncate text-brand hover:underline">
          {name}
        </Link>
        <span className="numbers block text-xs break-words text-text-3">
          {isOff ? t`已移出黑名单` : until === undefined ? t`${since} 起，直到移出` : t`${since} 至 ${until}`}
          {' · '}
          {openid}
        </span>
      </span>
      {isOff ? (
        <Button size="s" disabled={isBusy} aria-label={t`撤销：重新拉黑 ${name}`} onClick={() => void turn(false)}>
          <Trans>撤销</Trans>
        </Button>
      ) : (
        <Button size="s" disabled={isBusy} aria-label={t`移出黑名单：${name}`} onClick={() => void turn(true)}>
          <Trans>移出黑名单</Trans>
        </Button>
      )}
    </li>
  )
}
