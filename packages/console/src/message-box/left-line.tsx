import { Trans } from '@lingui/react/macro'
import type { ThreadLine } from '../live/thread.ts'
import { useReasonLabel } from '../live/use-reasons.ts'
import { useHolderName } from '../thread/holder-name.ts'
import { WithNote } from '../thread/with-note.tsx'

type LeftLineType = Extract<ThreadLine['type'], `message-box.${string}`>
type Props = { readonly line: Extract<ThreadLine, { type: LeftLineType }> }

/** What became of a message left, in one line between the messages. */
export function LeftLine({ line }: Props) {
  const { actor } = line
  const name = useHolderName(actor.kind === 'agent' || actor.kind === 'app' ? actor : { kind: 'nobody' })
  const why = useReasonLabel(line.type === 'message-box.resolved' ? line.facts.reason : undefined)
  switch (line.type) {
    case 'message-box.left':
      return line.facts.cause === 'waited' ? <Trans>排队时间已到，转为留言</Trans> : <Trans>无人接待，转为留言</Trans>
    case 'message-box.expired':
      return <Trans>留言已超过微信允许回复的时间，客户再次发来消息前不能回复</Trans>
    case 'message-box.taken':
      return line.facts.cause === 'rule' ? <Trans>客服有空，继续处理留言</Trans> : <Trans>{name}接入留言</Trans>
    case 'message-box.resolved':
      return (
        <WithNote note={line.personal?.note} decisionId={undefined}>
          {why === undefined ? (
            <Trans>{name}把留言标为已处理</Trans>
          ) : (
            <Trans>
              {name}把留言标为已处理：{why}
            </Trans>
          )}
        </WithNote>
      )
    case 'message-box.reopened':
      return <Trans>{name}撤销了已处理，留言待处理</Trans>
    default:
      return line satisfies never
  }
}
