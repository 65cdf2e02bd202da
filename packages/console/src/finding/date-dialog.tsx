import type { MessageDays } from '@duoke/contract'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { useAct } from '../i18n/failure-words.ts'
import { useLocale } from '../i18n/language.ts'
import { client } from '../live/client.ts'
import { goTo } from '../live/island.ts'
import { IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Waiting } from '../ui/empty.tsx'
import { monthAfter, weeksOf } from './calendar.ts'

type Props = { readonly conversationId: string; readonly onClose: () => void }

/** The days on which something was said, by the organization's clock; the one chosen is shown in the thread. */
export function DateDialog({ conversationId, onClose }: Props) {
  const { t } = useLingui()
  const act = useAct()
  const [month, setMonth] = useState<string>()
  const { data, isError } = useQuery({
    queryKey: ['days', conversationId, month],
    queryFn: () => client.conversations.days(conversationId, month === undefined ? {} : { month }),
    staleTime: 0,
    placeholderData: (before) => before,
  })
  const choose = (position: number) => {
    onClose()
    void act(goTo(conversationId, position))
  }
  return (
    <Dialog open onClose={onClose} title={t`跳转到日期`}>
      {isError ? (
        <p role="alert" className="text-bad">
          <Trans>没有读到日期</Trans>
        </p>
      ) : data === undefined ? (
        <Waiting label={t`正在读取`} />
      ) : data.last === null ? (
        <p className="text-text-2">
          <Trans>还没有消息</Trans>
        </p>
      ) : (
        <Month data={data} onMonth={setMonth} onChoose={choose} />
      )}
    </Dialog>
  )
}

type MonthProps = {
  readonly data: MessageDays
  readonly onMonth: (month: string) => void
  readonly onChoose: (position: number) => void
}

function Month({ data, onMonth, onChoose }: MonthProps) {
  const { t } = useLingui()
  const locale = useLocale()
  const { month, first, last, timeZone } = data
  const isFirst = month <= (first ?? '').slice(0, 7)
  const isLast = month >= (last ?? '').slice(0, 7)
  const format = (day: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`))
  const press = (event: KeyboardEvent) => {
    if (event.key === 'PageUp' && !isFirst) onMonth(monthAfter(month, -1))
    else if (event.key === 'PageDown' && !isLast) onMonth(monthAfter(month, 1))
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut beside the buttons that do the same
    <div onKeyDown={press}>
      <div className="mb-2 flex items-center justify-between">
        <IconButton
          label={t`上个月`}
          keys="PageUp"
          disabled={isFirst}
          icon={<ChevronLeft className="size-4.5" aria-hidden="true" />}
          onClick={() => onMonth(monthAfter(month, -1))}
        />
        <p aria-live="polite" className="numbers font-medium">
          {format(`${month}-01`, { year: 'numeric', month: 'long' })}
        </p>
        <IconButton
          label={t`下个月`}
          keys="PageDown"
          disabled={isLast}
          icon={<ChevronRight className="size-4.5" aria-hidden="true" />}
          onClick={() => onMonth(monthAfter(month, 1))}
        />
      </div>
      <Days data={data} format={format} onChoose={onChoose} />
      <p className="mt-3 text-xs text-text-3">
        <Trans>按企业所在时区 {timeZone} 的日期；有消息的日期可以选择。</Trans>
      </p>
    </div>
  )
}

type DaysProps = Pick<MonthProps, 'data' | 'onChoose'> & {
  readonly format: (day: string, options: Intl.DateTimeFormatOptions) => string
}

function Days({ data, format, onChoose }: DaysProps) {
  const said = new Map(data.days.map((day) => [day.day, day]))
  const weeks = weeksOf(data.month)
  return (
    <table className="w-full table-fixed text-center">
      <thead>
        <tr>
          {/* Any week says how its days are called. */}
          {Array.from({ length: 7 }, (_, index) => `2024-01-0${index + 1}`).map((day) => (
            <th
              key={day}
              scope="col"
              abbr={format(day, { weekday: 'long' })}
              className="py-1 text-xs font-normal text-text-3"
            >
              {format(day, { weekday: 'narrow' })}
            </th>
          ))}
        </tr>
      </thead>
      <tbody onKeyDown={moveAmongDays}>
        {weeks.map((week) => (
          <tr key={week.find((cell) => cell !== null)?.day}>
            {week.map((cell, index) => {
              const day = cell === null ? undefined : said.get(cell.day)
              return (
                <td key={cell?.day ?? `empty-${index}`} className="p-0.5">
                  {cell === null ? null : day === undefined ? (
                    <span className="numbers inline-flex size-9 items-center justify-center text-text-3">
                      {cell.number}
                    </span>
                  ) : (
                    <button
                      type="button"
                      onClick={() => onChoose(day.position)}
                      className="numbers inline-flex size-9 items-center justify-center rounded-md bg-brand-soft font-medium text-brand hover:bg-selected"
                    >
                      <span className="sr-only">{format(cell.day, { dateStyle: 'long' })} </span>
                      <span aria-hidden="true">{cell.number}</span>
                      <span className="sr-only">
                        <Plural value={day.messages} other="# 条消息" />
                      </span>
                    </button>
                  )}
                </td>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Arrows lead from a day with messages to the next one, also over empty days. */
function moveAmongDays(event: KeyboardEvent<HTMLElement>): void {
  const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key]
  if (by === undefined) return
  const buttons = [...event.currentTarget.querySelectorAll('button')]
  const at = buttons.findIndex((button) => button.matches(':focus'))
  buttons[at + by]?.focus()
  event.preventDefault()
}
