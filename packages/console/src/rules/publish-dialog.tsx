import { Trans, useLingui } from '@lingui/react/macro'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { CodeDiff } from '../code/code-diff.tsx'
import { useFailureWords } from '../i18n/failure-words.ts'
import { client } from '../live/client.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { toasts } from '../ui/toasts.ts'

type Props = {
  readonly text: string
  readonly basedOn: number
  readonly before: string
  readonly onClose: () => void
  readonly onDone: () => void
}

/** The last look before a version counts: what differs, why, and from when. */
export function PublishDialog({ text, basedOn, before, onClose, onDone }: Props) {
  const { t } = useLingui()
  const wordsOf = useFailureWords()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [from, setFrom] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<unknown>()
  const publish = async () => {
    setBusy(true)
    setFailure(undefined)
    const effectiveAt = from === '' ? {} : { effectiveAt: new Date(from).toISOString() }
    try {
      const { awaitsApproval } = await client.rules.publish({ text, reason: reason.trim(), basedOn, ...effectiveAt })
      await queries.invalidateQueries({ queryKey: ['rules'] })
      if (awaitsApproval) toasts.add({ title: t`已提交，需要另一位管理员批准后才会生效` })
      onDone()
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const words = failure === undefined ? undefined : wordsOf(failure)
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`发布规则`}
      description={t`发布后新的会话按这一版分配，已经在接待或排队的不受影响。可以随时恢复以前的版本。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>取消</Trans>
          </Button>
          <Button kind="primary" disabled={busy || reason.trim() === ''} onClick={() => void publish()}>
            {from === '' ? <Trans>立即发布</Trans> : <Trans>定时发布</Trans>}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <CodeDiff label={t`与正在生效的版本相比`} before={before} after={text} />
        <Field
          label={t`为什么修改`}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Field
          label={t`生效时间（不填则立即生效）`}
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        {words === undefined ? null : (
          <p role="alert" className="text-bad">
            {words.sentence} {words.whatToDo}
          </p>
        )}
      </div>
    </Dialog>
  )
}
