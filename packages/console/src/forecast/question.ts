import type { Query } from '@duoke/contract'

/** What a person asks besides the period, as it is written in the fields. */
export type Written = {
  readonly interval: '15' | '30' | '60'
  readonly seconds: string
  readonly answered: string
  readonly concurrency: string
  readonly shrinkage: string
}

export const firstWritten: Written = { interval: '30', seconds: '30', answered: '80', concurrency: '', shrinkage: '0' }

export type Asked = Pick<Query<'getForecast'>, 'interval' | 'withinMs' | 'answered' | 'concurrency' | 'shrinkage'>
export type Mistakes = ReadonlySet<Exclude<keyof Written, 'interval'>>

/** The bounds are the server's; shares are written in percent. `concurrency` may be left empty. */
export function questionIn({ interval, seconds, answered, concurrency, shrinkage }: Written): Asked | Mistakes {
  const mistakes = new Set<Exclude<keyof Written, 'interval'>>()
  const numberIn = (name: Exclude<keyof Written, 'interval'>, text: string, least: number, most: number): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!(value >= least && value <= most)) mistakes.add(name)
    return value
  }
  const asked: Asked = {
    interval,
    withinMs: Math.round(1000 * numberIn('seconds', seconds, 0, 86_400)),
    answered: numberIn('answered', answered, 1, 99) / 100,
    shrinkage: numberIn('shrinkage', shrinkage, 0, 90) / 100,
    ...(concurrency.trim() !== '' && { concurrency: numberIn('concurrency', concurrency, 0.1, 1000) }),
  }
  return mistakes.size > 0 ? mistakes : asked
}
