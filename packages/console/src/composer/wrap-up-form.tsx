import type { LastClose } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { DispositionField } from '../inbox/disposition-field.tsx'
import { dispose } from '../live/acting.ts'
import { useDispositions } from '../live/use-dispositions.ts'
import { useMe } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { Button } from '../ui/button.tsx'
import { TextArea } from '../ui/text-area.tsx'

type Props = { readonly conversationId: string; readonly closed: LastClose; readonly untilMs: number }

/** What the session was about, for as long as the place is kept for saying so. */
export function WrapUpForm({ conversationId, closed, untilMs }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const seconds = Math.max(0, Math.floor((untilMs - useNow(1_000)) / 1_000))
  const hasCodes = useDispositions().length > 0
  const isNeeded = useMe()?.organization.sessions.dispositionNeeded === true && hasCodes
  const [code, setCode] = useState<string>()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const words = note.trim()
    await act(dispose(conversationId, closed.sessionId, { code: code ?? null, ...(words !== '' && { note: words }) }))
    setBusy(false)
  }
  return (
    <div className="w-full max-w-120 text-left">
      <p className="mb-2 flex items-baseline justify-between gap-3">
        <span className="font-medium text-text">
          <Trans>会话已结束，填写会话小结</Trans>
        </span>
        <span className="numbers text-xs text-text-3">
          <Plural value={seconds} other="剩余 # 秒" />
        </span>
      </p>
      <DispositionField value={code} onChange={setCode} isNeeded={isNeeded} />
      <TextArea label={t`附言（只有同事能看到）`} value={note} onChange={setNote} rows={1} maxLength={2000} />
      <div className="mt-2 flex justify-end">
        <Button kind="primary" disabled={busy || (isNeeded && code === undefined)} onClick={() => void submit()}>
          <Trans>完成</Trans>
        </Button>
      </div>
    </div>
  )
}
