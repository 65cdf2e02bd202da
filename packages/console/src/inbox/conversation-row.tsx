import type { Conversation } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { memo } from 'react'
import { Link } from 'wouter'
import { clockOf, fullTime, rowTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { isLeftOpen, isMine } from '../live/conversation-list.ts'
import { useAgentName, useLive, useSelf } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Avatar } from '../ui/avatar.tsx'
import { usePreviewWords } from './preview-words.ts'
import { waitOf } from './waiting.ts'

type Props = {
  readonly conversation: Conversation
  readonly isCurrent: boolean
  /** With one account only, its name says nothing. */
  readonly showAccount: boolean
}

export const ConversationRow = memo(function ConversationRow({ conversation, isCurrent, showAccount }: Props) {
  const self = useSelf()
  const previewOf = usePreviewWords()
  const { id, customer, account, lastMessage, unread, status } = conversation
  const mine = isMine(conversation, self?.id)
  return (
    <Link
      href={`/c/${id}`}
      aria-current={isCurrent ? 'true' : undefined}
      className={`flex items-center gap-2.5 border-l-3 px-3 ${showAccount ? 'h-[74px]' : 'h-[60px]'} -outline-offset-2 ${
        isCurrent ? 'border-brand bg-selected' : 'border-transparent hover:bg-hover'
      } ${status === 'closed' ? 'opacity-80' : ''}`}
    >
      <span className="relative">
        <Avatar id={customer.id} name={customer.name} />
        {unread > 0 && status !== 'closed' ? <Unread count={unread} loud={mine || status === 'waiting'} /> : null}
      </span>
      <span className="flex min-w-0 grow flex-col gap-0.5">
        <span className="flex items-baseline gap-2">
          <span className="grow truncate font-medium">{customer.name}</span>
          <RowClock conversation={conversation} />
        </span>
        <span className="flex items-baseline gap-2 text-[13px]">
          <span className="grow truncate text-text-2">
            {lastMessage?.direction === 'out' ? <Trans>已回复：</Trans> : null}
            {previewOf(conversation)}
          </span>
          <HolderName conversation={conversation} />
        </span>
        {showAccount ? <span className="truncate text-xs text-text-3">{account.name}</span> : null}
      </span>
    </Link>
  )
})

function Unread({ count, loud }: { readonly count: number; readonly loud: boolean }) {
  return (
    <span
      className={`numbers absolute -top-1.5 -right-1.5 min-w-4.5 rounded-full px-1 text-center text-[11px] leading-4.5 ring-2 ring-panel ${
        loud ? 'bg-bad-fill text-on-fill' : 'bg-sunken text-text-2'
      }`}
    >
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">
        <Plural value={count} other="# 条未读" />
      </span>
    </span>
  )
}

/** How long somebody waits for us, else when something was said last. */
function RowClock({ conversation }: { readonly conversation: Conversation }) {
  const { t } = useLingui()
  const locale = useLocale()
  const nowMs = useNow()
  const wait = waitOf(conversation, nowMs)
  if (wait !== undefined) {
    const colour =
      wait.tone === 'red' ? 'text-bad font-medium' : wait.tone === 'amber' ? 'text-warn font-medium' : 'text-text-3'
    return (
      <span className={`numbers text-xs ${colour}`} data-tone={wait.tone}>
        <span className="sr-only">{t`已等待`} </span>
        {clockOf(wait.ms)}
      </span>
    )
  }
  const at = conversation.lastMessage?.at
  if (at === undefined) return null
  const atMs = Date.parse(at)
  return (
    <time dateTime={at} title={fullTime(atMs, locale)} className="numbers text-xs whitespace-nowrap text-text-3">
      {rowTime(atMs, nowMs, locale)}
    </time>
  )
}

function HolderName({ conversation }: { readonly conversation: Conversation }) {
  const { holder, status } = conversation
  const self = useSelf()
  const name = useAgentName(holder.kind === 'agent' ? holder.agentId : undefined)
  const teamName = useLive((live) => (holder.kind === 'queue' ? live.teams.get(holder.teamId ?? '')?.name : undefined))
  switch (holder.kind) {
    case 'agent':
      if (conversation.parked !== null) {
        return (
          <span className="shrink-0 text-xs text-text-3">
            <Trans>已挂起</Trans>
          </span>
        )
      }
      return holder.agentId === self?.id ? null : <span className="shrink-0 text-xs text-brand">{name}</span>
    case 'app':
      return <span className="shrink-0 text-xs text-brand">{holder.appId}</span>
    case 'queue':
      return teamName === undefined ? null : <span className="shrink-0 text-xs text-text-3">{teamName}</span>
    case 'nobody':
      return status === 'closed' ? (
        <span className="shrink-0 text-xs text-text-3">
          {isLeftOpen(conversation) ? <Trans>留言</Trans> : <Trans>已结束</Trans>}
        </span>
      ) : null
    default:
      return holder satisfies never
  }
}
