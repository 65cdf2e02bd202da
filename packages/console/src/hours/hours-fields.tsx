import { type Hours, weekdays } from '@duoke/contract'
import { Trans, useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { useLocale } from '../i18n/language.ts'
import { Field } from '../ui/field.tsx'
import { Panel } from '../ui/page.tsx'
import { Switch } from '../ui/switch.tsx'
import { readRanges, writeRanges } from './ranges-text.ts'

type Props = {
  readonly name: string
  readonly hours: Hours
  /** Left out for who may not change them. */
  readonly onChange: ((hours: Hours) => void) | undefined
}

/** The days of a week, and what becomes of holidays. */
export function HoursFields({ name, hours, onChange }: Props) {
  const { t } = useLingui()
  const locale = useLocale()
  const isReadOnly = onChange === undefined
  const change = (part: Partial<Hours>) => onChange?.({ ...hours, ...part })
  return (
    <Panel title={t`${name} 的每周安排`}>
      <div className="flex flex-col gap-2">
        {weekdays.map((day, index) => (
          <RangesField
            key={day}
            // The first of January 2024 was a Monday.
            label={new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' }).format(
              Date.UTC(2024, 0, index + 1),
            )}
            ranges={hours.weekly[day] ?? []}
            isReadOnly={isReadOnly}
            onChange={(open) => change({ weekly: { ...hours.weekly, [day]: open } })}
          />
        ))}
        <p className="text-xs text-text-3">
          <Trans>多段用逗号分开，例如 09:00-12:00, 13:30-18:00；22:00-06:00 到第二天；不填为休息。</Trans>
        </p>
        <div className="mt-2 border-t border-line pt-2">
          {isReadOnly ? null : (
            <Switch
              label={t`按国家公布的节假日和调休`}
              checked={hours.holidays === 'cn'}
              onChange={(on) => change({ holidays: on ? 'cn' : 'none' })}
            />
          )}
          {hours.holidays === 'cn' ? (
            <div className="mt-1 flex flex-col gap-2">
              <RangesField
                label={t`节假日`}
                ranges={hours.onHolidays ?? []}
                isReadOnly={isReadOnly}
                onChange={(open) => change({ onHolidays: open })}
              />
              <RangesField
                label={t`调休上班日`}
                ranges={hours.onMadeUpDays ?? hours.weekly.mon ?? []}
                isReadOnly={isReadOnly}
                onChange={(open) => change({ onMadeUpDays: open })}
              />
            </div>
          ) : null}
        </div>
      </div>
    </Panel>
  )
}

type RangesProps = {
  readonly label: string
  readonly ranges: readonly string[]
  readonly isReadOnly: boolean
  readonly onChange: (ranges: string[]) => void
}

/** What is typed counts from the moment at which it can be read. */
export function RangesField({ label, ranges, isReadOnly, onChange }: RangesProps) {
  const { t } = useLingui()
  const [text, setText] = useState(() => writeRanges(ranges))
  const isWrong = readRanges(text) === undefined
  return (
    <Field
      label={label}
      value={text}
      placeholder={t`休息`}
      readOnly={isReadOnly}
      wrong={isWrong ? t`写成 09:00-12:00, 13:30-18:00` : undefined}
      onChange={(event) => {
        const typed = event.currentTarget.value
        setText(typed)
        const read = readRanges(typed)
        if (read !== undefined) onChange(read)
      }}
    />
  )
}
