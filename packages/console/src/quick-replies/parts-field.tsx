import type { QuickReplyPart, QuickReplyVariable } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { ImagePlus, Plus, Trash2 } from 'lucide-react'
import { useRef } from 'react'
import { acceptedImages } from '../composer/tray.tsx'
import { useAct } from '../i18n/failure-words.ts'
import { uploadImage } from '../live/acting.ts'
import { client } from '../live/client.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { TextArea } from '../ui/text-area.tsx'

const mostParts = 5

type Props = {
  readonly parts: readonly QuickReplyPart[]
  readonly onChange: (parts: readonly QuickReplyPart[]) => void
}

/** The messages it is sent as, in order. */
export function PartsField({ parts, onChange }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const picker = useRef<HTMLInputElement>(null)
  const put = (at: number, part: QuickReplyPart) => onChange(parts.with(at, part))
  const upload = (file: File) =>
    act(uploadImage(file).then((mediaId) => onChange([...parts, { type: 'image', mediaId }])))
  const isFull = parts.length >= mostParts
  return (
    <div className="flex flex-col gap-3">
      {parts.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a message is known by its place alone
        <div key={at} className="flex items-end gap-2">
          <div className="grow">
            {part.type === 'text' ? (
              <TextArea
                label={t`第 ${at + 1} 条消息`}
                value={part.text}
                maxLength={2048}
                rows={3}
                onChange={(text) => put(at, { type: 'text', text })}
              />
            ) : (
              <img
                src={client.mediaUrl(part.mediaId)}
                alt={t`第 ${at + 1} 条消息`}
                className="h-24 rounded-lg border border-line object-contain"
              />
            )}
          </div>
          <IconButton
            label={t`移除第 ${at + 1} 条消息`}
            disabled={parts.length === 1}
            icon={<Trash2 className="size-4" aria-hidden="true" />}
            onClick={() => onChange(parts.toSpliced(at, 1))}
          />
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="s" disabled={isFull} onClick={() => onChange([...parts, { type: 'text', text: '' }])}>
          <Plus className="size-4" aria-hidden="true" />
          <Trans>再加一条文字</Trans>
        </Button>
        <Button size="s" disabled={isFull} onClick={() => picker.current?.click()}>
          <ImagePlus className="size-4" aria-hidden="true" />
          <Trans>再加一张图片</Trans>
        </Button>
        <input
          ref={picker}
          type="file"
          accept={acceptedImages.join(',')}
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file !== undefined) void upload(file)
            event.currentTarget.value = ''
          }}
        />
      </div>
      <VariableHint />
    </div>
  )
}

function VariableHint() {
  const { t } = useLingui()
  const words: Record<QuickReplyVariable, string> = {
    customer: t`客户`,
    agent: t`客服昵称`,
    account: t`公众号名称`,
    organization: t`组织名称`,
  }
  return (
    <p className="text-[13px] text-text-3">
      <Trans>发送时自动填入：</Trans>
      {Object.entries(words).map(([name, label]) => (
        <span key={name} className="mr-3 inline-block">
          <code className="font-mono">{`{{${name}}}`}</code> {label}
        </span>
      ))}
    </p>
  )
}
