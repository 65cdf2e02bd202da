import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'

type Props = { readonly version: number; readonly onClose: () => void }

/** Publishes an earlier version anew, so that the list of versions only ever grows. */
export function RevertDialog({ version, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const revert = async () => {
    setBusy(true)
    const done = await act(client.rules.revert({ version, reason: reason.trim() }))
    setBusy(false)
    if (!done) return
    await queries.invalidateQueries({ queryKey: ['rules'] })
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={version === 0 ? t`恢复为默认规则` : t`恢复第 ${version} 版`}
      description={t`它会作为新的一版立即生效，现在的版本仍然保留，可以再恢复。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || reason.trim() === ''} onClick={() => void revert()}>
            <Trans>恢复并生效</Trans>
          </Button>
        </>
      }
    >
      <Field
        label={t`为什么恢复`}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  )
}
