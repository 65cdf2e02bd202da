import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { decline } from '../live/acting.ts'
import { useConversation } from '../live/use-live.ts'
import { useIsReasonNeeded } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ReasonField } from './reason-field.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** Says what follows: the next colleague is asked, and one is not asked again about this customer. */
export function DeclineDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const name = useConversation(conversationId)?.customer.name ?? ''
  const isNeeded = useIsReasonNeeded('decline')
  const [reason, setReason] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const done = await act(decline(conversationId, reason))
    setBusy(false)
    if (done) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`不接入 ${name}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || (isNeeded && reason === undefined)} onClick={() => void submit()}>
            <Trans>不接入</Trans>
          </Button>
        </>
      }
    >
      <p className="mb-4 text-text-2">
        <Trans>将邀请下一位客服。其他人都未接入前，不会再邀请你接入这次会话。</Trans>
      </p>
      <ReasonField use="decline" value={reason} onChange={setReason} />
    </Dialog>
  )
}
