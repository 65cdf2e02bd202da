import type { Hours } from '@duoke/contract'

type Exception = NonNullable<Hours['exceptions']>[number]

export const exceptionOn = ({ exceptions = [] }: Hours, date: string): Exception | undefined =>
  exceptions.find(({ from, to = from }) => from <= date && date <= to)

/** With other hours on these days; what was set for the same first day before gives way. In the order of the calendar. */
export function withException(hours: Hours, exception: Exception): Hours {
  const others = (hours.exceptions ?? []).filter(({ from }) => from !== exception.from)
  return { ...hours, exceptions: [exception, ...others].toSorted((left, right) => (left.from < right.from ? -1 : 1)) }
}

export function withoutException({ exceptions = [], ...hours }: Hours, gone: Exception): Hours {
  const left = exceptions.filter((one) => one !== gone)
  return left.length === 0 ? hours : { ...hours, exceptions: left }
}
