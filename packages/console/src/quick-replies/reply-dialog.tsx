import type { QuickReply, QuickReplyPart } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { OwnerField, useFirstOwner } from './owner-field.tsx'
import { PartsField } from './parts-field.tsx'
import { useReadAgain } from './use-quick-replies.ts'

type Props = { readonly reply: QuickReply | undefined; readonly onClose: () => void }

const firstPart: QuickReplyPart = { type: 'text', text: '' }

export function ReplyDialog({ reply, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const readAgain = useReadAgain()
  const firstOwner = useFirstOwner()
  const [owner, setOwner] = useState(reply?.owner ?? firstOwner)
  const [title, setTitle] = useState(reply?.title ?? '')
  const [group, setGroup] = useState(reply?.group ?? '')
  const [parts, setParts] = useState<readonly QuickReplyPart[]>(reply?.parts ?? [firstPart])
  const [busy, setBusy] = useState(false)
  const said = parts.filter((part) => part.type !== 'text' || part.text.trim() !== '')
  const submit = async () => {
    setBusy(true)
    const content = { title: title.trim(), group: group.trim(), parts: said }
    const saved =
      reply === undefined
        ? client.quickReplies.create({ owner, ...content })
        : client.quickReplies.change(reply.id, content)
    const done = await act(saved)
    setBusy(false)
    if (!done) return
    onClose()
    await readAgain()
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={reply === undefined ? t`新建快捷回复` : t`修改“${reply.title}”`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button
            kind="primary"
            disabled={busy || title.trim() === '' || said.length === 0}
            onClick={() => void submit()}
          >
            <Trans>保存</Trans>
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-1 gap-4 min-[520px]:grid-cols-2">
          <Field
            label={t`标题`}
            value={title}
            maxLength={100}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Field
            label={t`分组（可不填）`}
            value={group}
            maxLength={50}
            onChange={(event) => setGroup(event.currentTarget.value)}
          />
        </div>
        {reply === undefined ? <OwnerField value={owner} onChange={setOwner} /> : null}
        <PartsField parts={parts} onChange={setParts} />
      </div>
    </Dialog>
  )
}
