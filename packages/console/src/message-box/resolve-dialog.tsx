import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { ReasonField } from '../inbox/reason-field.tsx'
import { useConversation } from '../live/use-live.ts'
import { useIsReasonNeeded } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { resolveOne } from './left-verbs.ts'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** Asks why a message left needs no session; where the organization has no reasons, nobody is asked. */
export function ResolveDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const name = useConversation(conversationId)?.customer.name ?? ''
  const isNeeded = useIsReasonNeeded('close')
  const [reason, setReason] = useState<string>()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const words = note.trim()
    const told = { ...(reason !== undefined && { reason }), ...(words !== '' && { note: words }) }
    const isDone = await resolveOne({ act }, conversationId, told)
    setBusy(false)
    if (isDone) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`把 ${name} 的留言标为已处理`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || (isNeeded && reason === undefined)} onClick={() => void submit()}>
            <Trans>标为已处理</Trans>
          </Button>
        </>
      }
    >
      <p className="mb-4 text-text-2">
        <Trans>客户不会收到消息。客户再次发来消息前，可以撤销。</Trans>
      </p>
      <ReasonField use="close" value={reason} onChange={setReason} />
      <TextArea label={t`附言（只有同事能看到）`} value={note} onChange={setNote} rows={2} maxLength={2000} />
    </Dialog>
  )
}
