import type { QuickReply } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useOwnerWords } from './owner-words.ts'
import { useReadAgain } from './use-quick-replies.ts'

type Props = { readonly reply: QuickReply; readonly onClose: () => void }

export function RemoveDialog({ reply, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const readAgain = useReadAgain()
  const owner = useOwnerWords()(reply.owner)
  const remove = async () => {
    if (!(await act(client.quickReplies.remove(reply.id)))) return
    onClose()
    await readAgain()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`删除“${reply.title}”？`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="danger" onClick={() => void remove()}>
            <Trans>删除</Trans>
          </Button>
        </>
      }
    >
      <p className="text-text-2">
        {reply.owner.kind === 'agent' ? (
          <Trans>删除后无法恢复；已经发出的消息不受影响。</Trans>
        ) : (
          <Trans>“{owner}”的所有客服都将不能再使用它，且无法恢复；已经发出的消息不受影响。</Trans>
        )}
      </p>
    </Dialog>
  )
}
