import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { memo } from 'react'
import { Link } from 'wouter'
import { usePreviewWords } from '../inbox/preview-words.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { resolveOrAsk, takeOne } from './left-verbs.ts'
import { useLeftWords } from './left-words.ts'
import { useLeftDesk } from './use-left-desk.ts'

type Props = {
  readonly conversation: Conversation
  readonly isCurrent: boolean
  /** With one account only, its name says nothing. */
  readonly showAccount: boolean
}

/** A message that was left: since when, for whom, until when it can be answered, and what one does with it. */
export const LeftRow = memo(function LeftRow({ conversation, isCurrent, showAccount }: Props) {
  const { t } = useLingui()
  const previewOf = usePreviewWords()
  const { since, sinceExactly, team, answerable, mayTake } = useLeftWords(conversation)
  const { id, customer, account, messageLeft } = conversation
  return (
    <div
      data-left-row
      className={`flex flex-col border-l-3 ${showAccount ? 'h-[130px]' : 'h-[114px]'} ${
        isCurrent ? 'border-brand bg-selected' : 'border-transparent hover:bg-hover'
      }`}
    >
      <Link
        href={`/c/${id}`}
        aria-current={isCurrent ? 'true' : undefined}
        className="flex grow items-center gap-2.5 px-3 -outline-offset-2"
      >
        <Avatar id={customer.id} name={customer.name} />
        <span className="flex min-w-0 grow flex-col gap-0.5">
          <span className="flex items-baseline gap-2">
            <span className="grow truncate font-medium">{customer.name}</span>
            <time
              dateTime={messageLeft?.since}
              title={sinceExactly}
              className="numbers text-xs whitespace-nowrap text-text-3"
            >
              <span className="sr-only">{t`留言于`} </span>
              {since}
            </time>
          </span>
          <span className="truncate text-[13px] text-text-2">{previewOf(conversation)}</span>
          <span className="truncate text-xs text-text-3" title={`${team} · ${answerable}`}>
            {team} · <span className={mayTake ? '' : 'text-warn'}>{answerable}</span>
          </span>
          {showAccount ? <span className="truncate text-xs text-text-3">{account.name}</span> : null}
        </span>
      </Link>
      <LeftVerbs conversation={conversation} mayTake={mayTake} />
    </div>
  )
})

function LeftVerbs({ conversation, mayTake }: { readonly conversation: Conversation; readonly mayTake: boolean }) {
  const { t } = useLingui()
  const desk = useLeftDesk()
  const { id } = conversation
  const { name } = conversation.customer
  return (
    <div className="flex justify-end gap-2 px-3 pb-2.5">
      <Button size="s" aria-label={t`标为已处理：${name}`} onClick={() => void resolveOrAsk(desk, id)}>
        <Trans>标为已处理</Trans>
      </Button>
      {mayTake ? (
        <Button size="s" kind="primary" aria-label={t`接入：${name}`} onClick={() => void takeOne(desk, id)}>
          <Trans>接入</Trans>
        </Button>
      ) : null}
    </div>
  )
}
