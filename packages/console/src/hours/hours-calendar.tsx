import type { Hours } from '@duoke/contract'
import { type DayKind, dayPlan } from '@duoke/domain'
import { Trans, useLingui } from '@lingui/react/macro'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { monthAfter, weeksOf } from '../finding/calendar.ts'
import { useFailureWords } from '../i18n/failure-words.ts'
import { useLocale } from '../i18n/language.ts'
import { addDays, dateIn } from '../manage/period.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { DayPanel } from './day-panel.tsx'
import { type DayPlan, useKindWords } from './kind-words.ts'
import { useHolidays } from './use-hours.ts'

type Props = {
  readonly hours: Hours
  readonly timeZone: string
  readonly onChange: ((hours: Hours) => void) | undefined
}

/** A month, each day with its kind and its ranges, and the day that is chosen below it. */
export function HoursCalendar({ hours, timeZone, onChange }: Props) {
  const { t } = useLingui()
  const locale = useLocale()
  const wordsOf = useFailureWords()
  const today = dateIn(timeZone, Date.now())
  const [date, choose] = useState(today)
  const [isMoving, setMoving] = useState(false)
  const month = date.slice(0, 7)
  const { calendar, unknown, error } = useHolidays(hours.holidays === 'cn' ? [Number(date.slice(0, 4))] : [])
  const plan = (day: string): DayPlan => dayPlan(hours, calendar, day)
  const go = (next: string, byKey = false) => {
    setMoving(byKey)
    choose(next)
  }
  const year = String(unknown[0] ?? '')
  return (
    <section aria-label={t`日历`} className="rounded-card border border-line bg-panel p-3 @min-[720px]/desk:p-4">
      <div className="mb-2 flex items-center gap-1">
        <p aria-live="polite" className="numbers grow pl-1 font-semibold">
          {new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(dateMs(date))}
        </p>
        <Button size="s" onClick={() => go(today)}>
          <Trans>今天</Trans>
        </Button>
        <IconButton
          label={t`上个月`}
          keys="PageUp"
          icon={<ChevronLeft className="size-4.5" aria-hidden="true" />}
          onClick={() => go(`${monthAfter(month, -1)}-01`)}
        />
        <IconButton
          label={t`下个月`}
          keys="PageDown"
          icon={<ChevronRight className="size-4.5" aria-hidden="true" />}
          onClick={() => go(`${monthAfter(month, 1)}-01`)}
        />
      </div>
      {error === null ? null : (
        <p role="alert" className="mb-2 text-[13px] text-bad">
          {wordsOf(error).sentence}
        </p>
      )}
      {year === '' ? null : (
        <p role="note" className="mb-2 text-[13px] text-warn">
          <Trans>{year} 年的节假日安排还没有公布或没有安装，暂按每周安排计算。</Trans>
        </p>
      )}
      <Month date={date} today={today} plan={plan} isMoving={isMoving} onGo={go} />
      <DayPanel key={date} date={date} plan={plan(date)} hours={hours} onChange={onChange} />
    </section>
  )
}

const dateMs = (date: string): number => Date.parse(`${date}T00:00:00Z`)

type MonthProps = {
  readonly date: string
  readonly today: string
  readonly plan: (date: string) => DayPlan
  /** The day was reached by key, and takes the focus. */
  readonly isMoving: boolean
  readonly onGo: (date: string, byKey?: boolean) => void
}

function Month({ date, today, plan, isMoving, onGo }: MonthProps) {
  const { t } = useLingui()
  const locale = useLocale()
  const month = date.slice(0, 7)
  const press = (event: KeyboardEvent) => {
    const next = nextDate(date, event.key)
    if (next === undefined) return
    event.preventDefault()
    onGo(next, true)
  }
  return (
    <table aria-label={t`日历`} className="w-full table-fixed border-collapse">
      <thead>
        <tr>
          {/* The first of January 2024 was a Monday. */}
          {Array.from({ length: 7 }, (_, index) => Date.UTC(2024, 0, index + 1)).map((ms) => (
            <th key={ms} scope="col" className="py-1 text-xs font-normal text-text-3">
              {new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(ms)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={press}>
        {weeksOf(month).map((week) => (
          <tr key={week.find((cell) => cell !== null)?.day}>
            {week.map((cell, index) => (
              <td key={cell?.day ?? `empty-${index}`} className="border border-line p-0 align-top">
                {cell === null ? null : (
                  <Day
                    day={cell.day}
                    number={cell.number}
                    plan={plan(cell.day)}
                    isToday={cell.day === today}
                    isChosen={cell.day === date}
                    takesFocus={isMoving && cell.day === date}
                    onChoose={() => onGo(cell.day)}
                  />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Arrows lead over days and weeks, Page Up and Down over months. */
function nextDate(date: string, key: string): string | undefined {
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[key]
  if (days !== undefined) return addDays(date, days)
  const months = key === 'PageUp' ? -1 : key === 'PageDown' ? 1 : undefined
  return months === undefined ? undefined : `${monthAfter(date.slice(0, 7), months)}-01`
}

/** As `9–12` and `13:30–18`: a day is narrow. */
const shortOf = (range: string): string =>
  range
    .replaceAll(/\b0(?=\d:)/g, '')
    .replaceAll(':00', '')
    .replace('-', '–')

type DayProps = {
  readonly day: string
  readonly number: number
  readonly plan: DayPlan
  readonly isToday: boolean
  readonly isChosen: boolean
  readonly takesFocus: boolean
  readonly onChoose: () => void
}

const looks: Record<DayKind['kind'], string> = {
  weekday: '',
  holiday: 'text-bad',
  'made-up': 'text-brand',
  exception: 'text-warn',
}

function Day({ day, number, plan, isToday, isChosen, takesFocus, onChoose }: DayProps) {
  const { t } = useLingui()
  const locale = useLocale()
  const marks = { weekday: '', holiday: t`休`, 'made-up': t`班`, exception: t`例` }
  const words = useKindWords()
  const isOpen = plan.open.length > 0
  const name = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(dateMs(day))
  const comma = locale === 'en' ? ', ' : '，'
  const open = isOpen ? plan.open.join(', ') : t`休息`
  return (
    <button
      ref={(button) => {
        if (takesFocus) button?.focus()
      }}
      type="button"
      tabIndex={isChosen ? 0 : -1}
      aria-pressed={isChosen}
      aria-current={isToday ? 'date' : undefined}
      onClick={onChoose}
      className={`flex h-14 w-full flex-col items-start overflow-hidden px-1 py-0.5 text-left hover:bg-hover @min-[720px]/desk:h-18 @min-[720px]/desk:px-1.5 ${
        isChosen ? 'bg-selected' : isOpen ? '' : 'bg-sunken'
      }`}
    >
      <span className="sr-only">{[name, words(plan), open].filter((word) => word !== '').join(comma)}</span>
      <span aria-hidden="true" className="flex w-full items-center justify-between">
        <span className={`numbers ${isToday ? 'font-bold text-brand underline' : isOpen ? '' : 'text-text-3'}`}>
          {number}
        </span>
        <span className={`text-xs ${looks[plan.kind]}`}>{marks[plan.kind]}</span>
      </span>
      {plan.open.slice(0, 2).map((range) => (
        <span
          key={range}
          aria-hidden="true"
          className="numbers hidden text-[11px] leading-4 whitespace-nowrap text-text-2 @min-[720px]/desk:block"
        >
          {shortOf(range)}
        </span>
      ))}
      {isOpen ? <span className="mt-auto mb-1 h-1 w-full rounded-full bg-good-dot @min-[720px]/desk:hidden" /> : null}
    </button>
  )
}
