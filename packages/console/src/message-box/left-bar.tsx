import type { Conversation } from '@duoke/contract'
import { Trans } from '@lingui/react/macro'
import { isLeftOpen } from '../live/conversation-list.ts'
import { Button } from '../ui/button.tsx'
import { reopenOne, resolveOrAsk, takeOne } from './left-verbs.ts'
import { useLeftWords } from './left-words.ts'
import { useLeftDesk } from './use-left-desk.ts'

/** In the place of the composer: that this is a message left, and what one does with it. */
export function LeftBar({ conversation }: { readonly conversation: Conversation }) {
  const desk = useLeftDesk()
  const { since, team, answerable, mayTake } = useLeftWords(conversation)
  const { id, messageLeft } = conversation
  if (!isLeftOpen(conversation)) {
    return (
      <>
        <p data-left>
          <Trans>留言已标为已处理</Trans>
        </p>
        <Button onClick={() => void reopenOne(desk, id)}>
          <Trans>撤销</Trans>
        </Button>
      </>
    )
  }
  return (
    <>
      <p data-left className="numbers">
        {messageLeft?.cause === 'waited' ? <Trans>客户排队后留言</Trans> : <Trans>客户在无人接待时留言</Trans>}
        {' · '}
        {since}
        {' · '}
        {team}
        {' · '}
        <span className={mayTake ? '' : 'text-warn'}>{answerable}</span>
        {messageLeft?.expired === true ? (
          <span className="block text-[13px]">
            <Trans>超过微信允许的 48 小时。客户再次发来消息后，即可接入回复。</Trans>
          </span>
        ) : null}
      </p>
      {mayTake ? (
        <Button kind="primary" onClick={() => void takeOne(desk, id)}>
          <Trans>接入</Trans>
        </Button>
      ) : null}
      <Button onClick={() => void resolveOrAsk(desk, id)}>
        <Trans>标为已处理</Trans>
      </Button>
    </>
  )
}
