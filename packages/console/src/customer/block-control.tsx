import type { Conversation } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { fullTime } from '../i18n/formatting.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/text-area.tsx'

type Props = { readonly customer: Conversation['customer'] }

/** Puts a customer on the block list, after asking, and takes them off it. */
export function BlockControl({ customer }: Props) {
  const act = useAct()
  const locale = useLocale()
  const [isAsking, setIsAsking] = useState(false)
  const { id, blocked } = customer
  if (blocked !== undefined) {
    const time = blocked.until === null ? undefined : fullTime(Date.parse(blocked.until), locale)
    return (
      <div className="flex items-center justify-between gap-3">
        <p className="text-[13px] text-warn">
          {time === undefined ? <Trans>已拉黑，消息只记录</Trans> : <Trans>拉黑至 {time}，消息只记录</Trans>}
        </p>
        <Button size="s" onClick={() => void act(client.customers.unblock(id))}>
          <Trans>移出黑名单</Trans>
        </Button>
      </div>
    )
  }
  return (
    <>
      <Button size="s" onClick={() => setIsAsking(true)}>
        <Trans>拉黑客户</Trans>
      </Button>
      {isAsking ? <BlockDialog customer={customer} onClose={() => setIsAsking(false)} /> : null}
    </>
  )
}

function BlockDialog({ customer, onClose }: Props & { readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const { id, name } = customer
  const submit = async () => {
    setBusy(true)
    const words = note.trim()
    const done = await act(client.customers.block(id, words === '' ? {} : { note: words }))
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
