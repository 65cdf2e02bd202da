import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { enter } from '../live/entering.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { toasts } from '../ui/toasts.ts'

export function RemoveExampleDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const [busy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    const done = await act(client.example.remove())
    setBusy(false)
    if (!done) return
    onClose()
    location.hash = '#/start'
    await enter()
    toasts.add({ title: t`示例数据已清除` })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`清除示例数据？`}
      description={t`示例公众号、示例客服和全部示例对话将被删除，不能恢复。你的登录会保留，并成为管理员。之后再次启动也不会重新生成示例。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="danger" disabled={busy} onClick={() => void remove()}>
            <Trans>清除</Trans>
          </Button>
        </>
      }
    />
  )
}
