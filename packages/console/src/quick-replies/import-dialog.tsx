import { Trans, useLingui } from '@lingui/react/macro'
import { useRef, useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { toasts } from '../ui/toasts.ts'
import { fromCsv, type ReadCsv } from './csv.ts'
import { OwnerField, useFirstOwner } from './owner-field.tsx'
import { useReadAgain } from './use-quick-replies.ts'

/** As many as the interface takes at once. */
const atOnce = 200

/** A table from elsewhere: what it holds is told before anything is added. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useLingui()
  const act = useAct()
  const readAgain = useReadAgain()
  const picker = useRef<HTMLInputElement>(null)
  const [owner, setOwner] = useState(useFirstOwner())
  const [read, setRead] = useState<ReadCsv>()
  const [busy, setBusy] = useState(false)
  const items = read?.ok === true ? read.items : []
  const submit = async () => {
    setBusy(true)
    const done = await act(
      (async () => {
        for (let at = 0; at < items.length; at += atOnce) {
          await client.quickReplies.import({ owner, items: items.slice(at, at + atOnce) })
        }
      })(),
    )
    setBusy(false)
    await readAgain()
    if (!done) return
    toasts.add({ title: t`已导入 ${items.length} 条快捷回复` })
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`导入快捷回复`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || items.length === 0} onClick={() => void submit()}>
            <Trans>导入</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-text-2">
          <Trans>CSV 文件，每行一条：分组、标题，之后每格一条消息（最多 5 条）。</Trans>
        </p>
        <OwnerField value={owner} onChange={setOwner} />
        <div className="flex items-center gap-3">
          <Button onClick={() => picker.current?.click()}>
            <Trans>选择文件</Trans>
          </Button>
          <p role="status" className="text-[13px]">
            <Outcome read={read} />
          </p>
        </div>
        <input
          ref={picker}
          type="file"
          accept=".csv,text/csv"
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            void file?.text().then((text) => setRead(fromCsv(text)))
            event.currentTarget.value = ''
          }}
        />
      </div>
    </Dialog>
  )
}

function Outcome({ read }: { readonly read: ReadCsv | undefined }) {
  if (read === undefined) return null
  if (read.ok) return <Trans>将导入 {read.items.length} 条</Trans>
  const { line, fault } = read
  switch (fault) {
    case 'title':
      return <Trans>第 {line} 行没有标题</Trans>
    case 'message':
      return <Trans>第 {line} 行没有消息</Trans>
    case 'too-many':
      return <Trans>第 {line} 行超过 5 条消息</Trans>
    case 'form':
      return <Trans>第 {line} 行不是 CSV</Trans>
    default:
      return fault satisfies never
  }
}
