import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { park } from '../live/acting.ts'
import { useConversation } from '../live/use-live.ts'
import { useIsReasonNeeded } from '../live/use-reasons.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/text-area.tsx'
import { type ParkUntil, parkUntil, parkUntils } from './park-until.ts'
import { ReasonField } from './reason-field.tsx'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** Sets the conversation aside: the customer's next message brings it back in any case. */
export function ParkDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const words = useUntilWords()
  const name = useConversation(conversationId)?.customer.name ?? ''
  const isNeeded = useIsReasonNeeded('park')
  const [chosen, setChosen] = useState<ParkUntil>('reply')
  const [note, setNote] = useState('')
  const [reason, setReason] = useState<string>()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const until = parkUntil(chosen, new Date())
    const told = { ...(note.trim() !== '' && { note: note.trim() }), ...(reason !== undefined && { reason }) }
    const done = await act(park(conversationId, { ...told, ...(until !== undefined && { until }) }))
    setBusy(false)
    if (done) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`挂起 ${name}`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || (isNeeded && reason === undefined)} onClick={() => void submit()}>
            <Trans>挂起</Trans>
          </Button>
        </>
      }
    >
      <p className="mb-3 text-text-2">
        <Trans>挂起后不占用接待名额。客户回复时会恢复：你有空则仍由你接待，否则优先分配给同事。</Trans>
      </p>
      <fieldset className="mb-4 grid grid-cols-2 gap-2">
        <legend className="sr-only">{t`挂起到什么时候`}</legend>
        {parkUntils.map((one) => (
          <label
            key={one}
            className={`flex min-h-10 cursor-pointer items-center gap-2.5 rounded-lg border px-3 py-1.5 text-[13px] leading-4.5 ${
              chosen === one ? 'border-brand bg-selected' : 'border-line hover:bg-hover'
            }`}
          >
            <input
              type="radio"
              name="park-until"
              checked={chosen === one}
              onChange={() => setChosen(one)}
              className="size-4 accent-brand-fill"
            />
            {words[one]}
          </label>
        ))}
      </fieldset>
      <ReasonField use="park" value={reason} onChange={setReason} />
      <TextArea label={t`附言（只有同事能看到）`} value={note} onChange={setNote} rows={2} maxLength={2000} />
    </Dialog>
  )
}

function useUntilWords(): Record<ParkUntil, string> {
  const { t } = useLingui()
  return {
    reply: t`等客户回复`,
    halfHour: t`30 分钟后`,
    twoHours: t`2 小时后`,
    tomorrow: t`明天 9:00`,
  }
}
