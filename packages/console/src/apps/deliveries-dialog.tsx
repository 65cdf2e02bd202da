import type { App, AppDelivery } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useFailureWords } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Empty, Waiting } from '../ui/empty.tsx'
import { isTrouble, useDeliveryWords } from './delivery-words.ts'

type Props = { readonly app: App; readonly onClose: () => void }

const refreshMs = 5_000
const pageSize = 50

/** Every try of every push to one app, newest first. */
export function DeliveriesDialog({ app, onClose }: Props) {
  const { t } = useLingui()
  return (
    <Dialog open wide onClose={onClose} title={t`${app.name} 的推送记录`} description={t`每次推送一行，最新的在前。`}>
      <Deliveries appId={app.id} onLeave={onClose} />
    </Dialog>
  )
}

function Deliveries({ appId, onLeave }: { readonly appId: string; readonly onLeave: () => void }) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['apps', appId, 'deliveries'],
    queryFn: ({ pageParam }) =>
      client.apps.deliveries(appId, { limit: pageSize, ...(pageParam && { after: pageParam }) }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: refreshMs,
  })
  if (data === undefined)
    return error === null ? <Waiting label={t`正在读取`} /> : <Empty title={wordsOf(error).sentence} />
  const deliveries = data.pages.flatMap(({ items }) => items)
  if (deliveries.length === 0) return <Empty title={<Trans>还没有推送</Trans>} />
  return (
    <>
      <ol>
        {deliveries.map((delivery) => (
          <Line key={delivery.id} delivery={delivery} onLeave={onLeave} />
        ))}
      </ol>
      {hasNextPage ? (
        <p className="pt-3 text-center">
          <Button size="s" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            <Trans>更早的记录</Trans>
          </Button>
        </p>
      ) : null}
    </>
  )
}

function Line({ delivery, onLeave }: { readonly delivery: AppDelivery; readonly onLeave: () => void }) {
  const locale = useLocale()
  const words = useDeliveryWords()
  const { account, at, attempt, tookMs, kind, name, status, reason, became, becameReason, conversationId } = delivery
  const reasons = [status === null || status === 200 ? null : `HTTP ${status}`, reason, becameReason].filter(Boolean)
  return (
    <li className="border-b border-line py-2 text-[13px] last:border-0">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <time className="numbers text-text-3">{fullTime(Date.parse(at), locale)}</time>
        <span>
          {words.kinds[kind]} {name}
        </span>
        <span className="text-text-3">{account}</span>
        <span className="grow" />
        <span className="numbers text-text-3">
          {attempt > 1 ? <Trans>第 {attempt} 次 · </Trans> : null}
          {tookMs} ms
        </span>
      </div>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className={isTrouble(delivery) ? 'text-bad' : 'text-text-2'}>
          {words.outcomeOf(delivery)}
          {became === null ? null : ` · ${words.became[became]}`}
        </span>
        {reasons.length === 0 ? null : <span className="min-w-0 break-words text-text-3">{reasons.join(' · ')}</span>}
        {conversationId === null ? null : (
          <Link href={`/c/${conversationId}`} onClick={onLeave} className="text-brand hover:underline">
            <Trans>查看对话</Trans>
          </Link>
        )}
      </div>
    </li>
  )
}
