import type { Conversation } from '@duoke/contract'
import { Plural, Trans } from '@lingui/react/macro'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import { clockOf } from '../i18n/formatting.ts'
import { useDeskActions } from '../keys/use-desk-actions.ts'
import { askedUntil, offersTo } from '../live/conversation-list.ts'
import { liveStore, selfOf } from '../live/live-store.ts'
import { useNow } from '../live/use-now.ts'
import { openDialog } from '../shell/desk-state.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { usePreviewWords } from './preview-words.ts'

/** What one is asked to take, wherever one looks: it does not wait long. */
export function OfferBar() {
  const offers = useStore(
    liveStore,
    useShallow((live) => offersTo(live.conversations, selfOf(live)?.id)),
  )
  const [first] = offers
  return <div role="status">{first === undefined ? null : <Asked offer={first} more={offers.length - 1} />}</div>
}

function Asked({ offer: conversation, more }: { readonly offer: Conversation; readonly more: number }) {
  const { acceptOne } = useDeskActions()
  const previewOf = usePreviewWords()
  const { id, customer, broadcast } = conversation
  return (
    <div className="flex items-center gap-2.5 border-b border-line bg-brand-soft px-3 py-2">
      <Avatar id={customer.id} name={customer.name} size="s" />
      <p className="min-w-0 grow">
        <span className="block truncate text-[13px] font-medium">
          {broadcast === undefined ? (
            <Trans>邀请你接入 {customer.name}</Trans>
          ) : (
            <Trans>{customer.name} 可以抢接</Trans>
          )}
          {more > 0 ? (
            <span className="ml-1.5 text-text-2">
              <Plural value={more} other="还有 # 位" />
            </span>
          ) : null}
        </span>
        <span className="block truncate text-xs text-text-2">{previewOf(conversation)}</span>
      </p>
      <TimeLeft conversation={conversation} />
      <Button size="s" kind="primary" onClick={() => void acceptOne(id)}>
        {broadcast === undefined ? <Trans>接入</Trans> : <Trans>抢接</Trans>}
      </Button>
      <Button size="s" onClick={() => openDialog({ kind: 'decline', conversationId: id })}>
        <Trans>不接入</Trans>
      </Button>
    </div>
  )
}

function TimeLeft({ conversation }: { readonly conversation: Conversation }) {
  const nowMs = useNow()
  const leftMs = Math.max(0, Date.parse(askedUntil(conversation) ?? '') - nowMs)
  return (
    <span aria-hidden="true" className={`numbers text-xs ${leftMs < 10_000 ? 'font-medium text-bad' : 'text-text-2'}`}>
      {clockOf(leftMs)}
    </span>
  )
}
