import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/text-area.tsx'

type Props = { readonly customerId: string; readonly name: string; readonly onClose: () => void }

/** Asks before a customer is put on the block list, and says what that means. */
export function BlockDialog({ customerId, name, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const words = note.trim()
    const done = await act(client.customers.block(customerId, words === '' ? {} : { note: words }))
    setBusy(false)
    if (done) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`拉黑 ${name}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy} onClick={() => void submit()}>
            <Trans>拉黑</Trans>
          </Button>
        </>
      }
    >
      <p className="mb-4 text-text-2">
        <Trans>进行中的会话会结束。之后的消息只记录，不排队、不提醒、不自动回复，可随时移出黑名单。</Trans>
      </p>
      <TextArea label={t`原因（只有同事能看到）`} value={note} onChange={setNote} rows={2} maxLength={2000} />
    </Dialog>
  )
}
