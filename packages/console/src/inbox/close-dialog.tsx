import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useDeskActions } from '../keys/use-desk-actions.ts'
import { useConversation, useMe } from '../live/use-live.ts'
import { useIsReasonNeeded } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { DispositionField } from './disposition-field.tsx'
import { ReasonField } from './reason-field.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** Asks for what the organization wants to know of a close; where it wants nothing, nobody is asked. */
export function CloseDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const { endAndNext } = useDeskActions()
  const name = useConversation(conversationId)?.customer.name ?? ''
  const sessions = useMe()?.organization.sessions
  const isReasonNeeded = useIsReasonNeeded('close')
  const isAskedLater = (sessions?.wrapUpMs ?? 0) > 0
  const isDispositionNeeded = sessions?.dispositionNeeded === true && !isAskedLater
  const [reason, setReason] = useState<string>()
  const [disposition, setDisposition] = useState<string>()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const isIncomplete = (isReasonNeeded && reason === undefined) || (isDispositionNeeded && disposition === undefined)
  const submit = async () => {
    setBusy(true)
    const words = note.trim()
    const told = words === '' ? {} : { note: words }
    const done = await endAndNext(conversationId, {
      ...(reason !== undefined && { reason }),
      ...(disposition === undefined ? told : { disposition: { code: disposition, ...told } }),
    })
    setBusy(false)
    if (done) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`结束与 ${name} 的会话`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || isIncomplete} onClick={() => void submit()}>
            <Trans>结束会话</Trans>
          </Button>
        </>
      }
    >
      <ReasonField use="close" value={reason} onChange={setReason} />
      {isAskedLater ? null : (
        <DispositionField value={disposition} onChange={setDisposition} isNeeded={isDispositionNeeded} />
      )}
      <TextArea label={t`附言（只有同事能看到）`} value={note} onChange={setNote} rows={2} maxLength={2000} />
    </Dialog>
  )
}
