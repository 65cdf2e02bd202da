import type { Hours } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useLocale } from '../i18n/language.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { exceptionOn, withException, withoutException } from './change-hours.ts'
import { type DayPlan, useKindWords } from './kind-words.ts'
import { readRanges, writeRanges } from './ranges-text.ts'

type Props = {
  readonly date: string
  readonly plan: DayPlan
  readonly hours: Hours
  readonly onChange: ((hours: Hours) => void) | undefined
}

/** What the chosen day means, and hours of its own for it. */
export function DayPanel({ date, plan, hours, onChange }: Props) {
  const { t } = useLingui()
  const locale = useLocale()
  const kind = useKindWords()(plan)
  const exception = exceptionOn(hours, date)
  const [isEditing, setEditing] = useState(false)
  const name = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(
    Date.parse(`${date}T00:00:00Z`),
  )
  return (
    <div className="mt-3 border-t border-line pt-3">
      <div className="flex flex-wrap items-center gap-2">
        <p aria-live="polite" className="grow">
          <span className="numbers font-medium">{name}</span>
          {kind === '' ? null : <span className="ml-2 text-[13px] text-text-2">{kind}</span>}
          <span className="numbers block text-[13px] text-text-2">
            {plan.open.length === 0 ? t`休息` : plan.open.join(', ')}
          </span>
        </p>
        {onChange === undefined ? null : exception === undefined ? (
          <Button size="s" aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>
            <Trans>设为例外</Trans>
          </Button>
        ) : (
          <>
            <Button size="s" aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>
              <Trans>修改例外</Trans>
            </Button>
            <Button size="s" onClick={() => onChange(withoutException(hours, exception))}>
              <Trans>取消例外</Trans>
            </Button>
          </>
        )}
      </div>
      {isEditing && onChange !== undefined ? (
        <ExceptionForm
          date={exception?.from ?? date}
          plan={plan}
          to={exception?.to}
          onSet={(next) => {
            setEditing(false)
            onChange(withException(hours, next))
          }}
        />
      ) : null}
    </div>
  )
}

type FormProps = {
  readonly date: string
  readonly to: string | undefined
  readonly plan: DayPlan
  readonly onSet: (exception: NonNullable<Hours['exceptions']>[number]) => void
}

function ExceptionForm({ date, to: given, plan, onSet }: FormProps) {
  const { t } = useLingui()
  const [text, setText] = useState(() => writeRanges(plan.open))
  const [to, setTo] = useState(given ?? date)
  const [note, setNote] = useState(plan.kind === 'exception' ? plan.name : '')
  const open = readRanges(text)
  const isGood = open !== undefined && to >= date
  return (
    <div className="mt-3 grid items-start gap-3 @min-[480px]/desk:grid-cols-2">
      <Field
        label={t`这天的服务时间（不填为休息）`}
        value={text}
        wrong={open === undefined ? t`写成 09:00-12:00, 13:30-18:00` : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Field
        label={t`到哪天为止`}
        type="date"
        min={date}
        value={to}
        wrong={to < date ? t`不早于第一天` : undefined}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Field
        label={t`说明（选填）`}
        value={note}
        maxLength={200}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div className="self-end">
        <Button
          disabled={!isGood}
          onClick={() =>
            onSet({
              from: date,
              open: open ?? [],
              ...(to !== date && { to }),
              ...(note.trim() !== '' && { note: note.trim() }),
            })
          }
        >
          <Trans>设定例外</Trans>
        </Button>
      </div>
    </div>
  )
}
