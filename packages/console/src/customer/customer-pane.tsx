import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { fullTime, spanOf } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { find } from '../live/looking.ts'
import { useConversation } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { closeDialog, openDialog } from '../shell/desk-state.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { BlockControl } from './block-control.tsx'
import { DecisionDigest } from './decision-digest.tsx'

/** Who this is and why they are here. `bare`: inside a dialog that has a title of its own. */
export function CustomerPane({ id, bare = false }: { readonly id: string; readonly bare?: boolean }) {
  const { t } = useLingui()
  const conversation = useConversation(id)
  if (conversation === undefined) return null
  const { customer, decisionId } = conversation
  return (
    <section aria-label={t`客户资料`} className={bare ? '' : 'h-full overflow-y-auto'}>
      <header className="flex flex-col items-center gap-2 border-b border-line px-4 py-5">
        <Avatar id={customer.id} name={customer.name} size="l" />
        <p className="max-w-full truncate font-semibold">{customer.name}</p>
        <p className="text-xs text-text-3">
          {customer.following ? <Trans>已关注</Trans> : <Trans>已取消关注</Trans>} · {conversation.account.name}
        </p>
        <Button
          size="s"
          onClick={() => {
            if (bare) closeDialog()
            find(id)
          }}
        >
          <Trans>查找聊天记录</Trans>
        </Button>
      </header>
      <Section title={t`可回复`}>
        <Window id={id} />
      </Section>
      <Section title={t`资料`}>
        <Details customerId={customer.id} />
      </Section>
      <Section title={t`黑名单`}>
        <BlockControl customer={customer} />
      </Section>
      {decisionId === null ? null : (
        <Section title={t`为什么分给我？`}>
          <DecisionDigest decisionId={decisionId} />
          <div className="mt-2">
            <Button size="s" onClick={() => openDialog({ kind: 'decision', decisionId })}>
              <Trans>查看完整依据</Trans>
            </Button>
          </div>
        </Section>
      )}
    </section>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="border-b border-line px-4 py-3.5 last:border-0">
      <h2 className="mb-1.5 text-xs text-text-3">{title}</h2>
      {children}
    </div>
  )
}

function Window({ id }: { readonly id: string }) {
  const { t } = useLingui()
  const locale = useLocale()
  const nowMs = useNow(10_000)
  const conversation = useConversation(id)
  const words = { message: t`发来消息`, menu: t`点击菜单`, follow: t`关注`, scan: t`扫码`, enter: t`进入小程序客服` }
  const open = conversation?.quota.windows.filter(({ expiresAt }) => Date.parse(expiresAt) > nowMs) ?? []
  if (open.length === 0) {
    return (
      <p className="text-text-2">
        <Trans>现在不能主动回复</Trans>
      </p>
    )
  }
  return (
    <ul className="flex flex-col gap-2">
      {open.map(({ trigger, expiresAt, limit, used }) => (
        <li key={trigger} className="text-[13px]">
          <span className="numbers flex justify-between gap-2">
            <span>{words[trigger]}</span>
            <span className="text-text-2">
              {Math.max(0, limit - used)}/{limit} · {spanOf(Date.parse(expiresAt) - nowMs, locale)}
            </span>
          </span>
          <span aria-hidden="true" className="mt-1 flex gap-1">
            {Array.from({ length: limit }, (_, index) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: the boxes have nothing but their place
                key={index}
                className={`h-1.5 grow rounded-full ${index < limit - used ? 'bg-good-dot' : 'bg-line'}`}
              />
            ))}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Details({ customerId }: { readonly customerId: string }) {
  const { t } = useLingui()
  const locale = useLocale()
  const { data } = useQuery({
    queryKey: ['customer', customerId],
    queryFn: () => client.customers.get(customerId),
  })
  if (data === undefined) return <p className="text-text-3">…</p>
  const city = [data.profile['province'], data.profile['city']].filter(
    (part) => typeof part === 'string' && part !== '',
  )
  const rows = [
    ...(city.length > 0 ? [{ label: t`地区`, value: city.join(' ') }] : []),
    { label: t`首次联系`, value: fullTime(Date.parse(data.createdAt), locale) },
  ]
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-[13px]">
      {rows.map(({ label, value }) => (
        <div key={label} className="contents">
          <dt className="text-text-3">{label}</dt>
          <dd className="wrap-anywhere">{value}</dd>
        </div>
      ))}
      <dt className="text-text-3">OpenID</dt>
      <dd className="flex min-w-0 items-center gap-1">
        <span className="truncate font-mono text-xs">{data.openid}</span>
        <CopyButton text={data.openid} label={t`复制 OpenID`} />
      </dd>
    </dl>
  )
}
