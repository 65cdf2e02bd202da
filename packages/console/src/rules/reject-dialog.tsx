import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'

type Props = { readonly version: number; readonly isOwn: boolean; readonly onClose: () => void }

/** Says no to a version, or takes back one's own; the reason stays with it. */
export function RejectDialog({ version, isOwn, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const reject = async () => {
    setBusy(true)
    const isDone = await act(client.rules.reject(String(version), { reason: reason.trim() }))
    await queries.invalidateQueries({ queryKey: ['rules'] })
    setBusy(false)
    if (isDone) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={isOwn ? t`撤回第 ${version} 版` : t`驳回第 ${version} 版`}
      description={t`它不会生效，内容和原因保留在版本记录里，修改后可以重新提交。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={isBusy || reason.trim() === ''} onClick={() => void reject()}>
            {isOwn ? t`撤回` : t`驳回`}
          </Button>
        </>
      }
    >
      <Field
        label={isOwn ? t`为什么撤回` : t`为什么驳回`}
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  )
}
