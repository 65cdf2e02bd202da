import type { RulesPreview } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { clockOf } from '../i18n/formatting.ts'
import { client } from '../live/client.ts'
import { useNow } from '../live/use-now.ts'
import { nothingHappened } from '../manage/nothing-happened.ts'
import type { Period } from '../manage/period.ts'
import { PeriodPicker, usePeriod } from '../manage/period-picker.tsx'
import { Refusal } from '../manage/refusal.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { PreviewResult } from './preview-result.tsx'

/** A hundred thousand events are simulated twice. */
const timeoutMs = 1_200_000
const secondMs = 1_000
const minuteMs = 60_000

type Props = { readonly text: string; readonly onClose: () => void }
type Asked = { readonly period: Period; readonly withinMs: number; readonly starvationMs: number }

/** What the draft would have made of days that were: asked for before it is published. */
export function PreviewDialog({ text, onClose }: Props) {
  const { t } = useLingui()
  const { chosen, choose, period, timeZone } = usePeriod('yesterday')
  const [within, setWithin] = useState('30')
  const [starvation, setStarvation] = useState('10')
  const { data, variables, error, isPending, run, cancel } = usePreview(text)
  const withinMs = msOf(within, secondMs, 86_400)
  const starvationMs = msOf(starvation, minuteMs, 10_080)
  const isGood = period !== undefined && withinMs !== undefined && starvationMs !== undefined
  const start = () => (isGood ? run({ period, withinMs, starvationMs }) : undefined)
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t`用历史试算`}
      description={t`把选定时间里发生过的事按这份草稿重新分配一遍，看看会有什么不同。只是计算，不影响任何会话。`}
      actions={
        <>
          <Button onClick={onClose}>
            <Trans>关闭</Trans>
          </Button>
          <Button kind="primary" disabled={!isGood || isPending} onClick={start}>
            {data === undefined ? <Trans>开始试算</Trans> : <Trans>重新试算</Trans>}
          </Button>
        </>
      }
    >
      <div className="@container/desk flex flex-col gap-4">
        <PeriodPicker chosen={chosen} timeZone={timeZone} onChoose={choose} />
        <div className="grid gap-3 @min-[480px]/desk:grid-cols-2">
          <Field
            label={t`多少秒内接待算及时`}
            inputMode="numeric"
            value={within}
            wrong={withinMs === undefined ? t`写 0 到 86400 的整数` : undefined}
            onChange={(event) => setWithin(event.currentTarget.value)}
          />
          <Field
            label={t`等待超过多少分钟算等不到`}
            inputMode="numeric"
            value={starvation}
            wrong={starvationMs === undefined ? t`写 0 到 10080 的整数` : undefined}
            onChange={(event) => setStarvation(event.currentTarget.value)}
          />
        </div>
        {isPending ? <Busy onCancel={cancel} /> : null}
        <Failure error={isPending ? null : error} />
        {isPending || data === undefined || variables === undefined ? null : (
          <PreviewResult preview={data} withinMs={variables.withinMs} starvationMs={variables.starvationMs} />
        )}
      </div>
    </Dialog>
  )
}

/** One at a time; what is cancelled, or left by closing the dialog, the server ends as well. */
function usePreview(text: string) {
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])
  const { data, variables, error, isPending, mutate, reset } = useMutation<RulesPreview, unknown, Asked>({
    mutationFn: ({ period, ...bounds }) => {
      running.current = new AbortController()
      const { signal } = running.current
      return client.rules.preview({ text, ...period, ...bounds }, { signal, timeoutMs })
    },
  })
  const cancel = () => {
    running.current?.abort()
    reset()
  }
  return { data, variables, error, isPending, run: mutate, cancel }
}

/** A whole number of units, as milliseconds. */
function msOf(text: string, unitMs: number, most: number): number | undefined {
  return /^\d{1,5}$/.test(text.trim()) && Number(text) <= most ? Number(text) * unitMs : undefined
}

function Busy({ onCancel }: { readonly onCancel: () => void }) {
  const nowMs = useNow()
  const [beganMs] = useState(() => Date.now())
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-md bg-sunken px-4 py-3">
      <span
        aria-hidden="true"
        className="size-5 rounded-full border-2 border-line border-t-brand motion-safe:animate-spin"
      />
      <p role="status" className="grow">
        <Trans>正在重新分配这段时间的会话，事件越多越久。关闭窗口就会停止。</Trans>
      </p>
      <span className="numbers text-[13px] text-text-3">{clockOf(nowMs - beganMs)}</span>
      <Button size="s" onClick={onCancel}>
        <Trans>停止试算</Trans>
      </Button>
    </div>
  )
}

function Failure({ error }: { readonly error: unknown }) {
  if (error === null) return null
  if (!nothingHappened(error)) return <Refusal error={error} />
  return (
    <p role="alert">
      <Trans>这段时间里没有任何记录，请换一个时间段。</Trans>
    </p>
  )
}
