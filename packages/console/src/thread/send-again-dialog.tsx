import type { Message, OutgoingContent } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { send } from '../live/acting.ts'
import { useThread } from '../live/use-live.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'

type Props = { readonly conversationId: string; readonly messageId: string; readonly onClose: () => void }

/** Sending again is a new message with an id of its own: whoever does it must know that the first may have arrived. */
export function SendAgainDialog({ conversationId, messageId, onClose }: Props) {
  const { t } = useLingui()
  const message = useThread(conversationId)?.messages.find(({ id }) => id === messageId)
  const content = message === undefined ? undefined : sendableOf(message)
  const mayHaveArrived = message?.delivery?.state === 'unknown'
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`重新发送这条消息？`}
      description={
        mayHaveArrived
          ? t`微信没有告知结果：客户可能已经收到。重新发送后，客户可能看到两条相同的消息，并会再用掉一次回复次数。`
          : t`上一次没有送达。重新发送会作为一条新消息，并会用掉一次回复次数。`
      }
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind="primary"
            disabled={content === undefined}
            onClick={() => {
              if (content !== undefined) void send(conversationId, content)
              onClose()
            }}
          >
            <Trans>重新发送</Trans>
          </Button>
        </>
      }
    />
  )
}

/** What was sent once can be sent again; other kinds are never ours. */
function sendableOf({ content }: Message): OutgoingContent | undefined {
  switch (content?.type) {
    case 'text':
      return { type: 'text', text: content.text }
    case 'image':
    case 'voice':
      return { type: content.type, mediaId: content.mediaId }
    case 'menu':
      return content
    default:
      return undefined
  }
}
