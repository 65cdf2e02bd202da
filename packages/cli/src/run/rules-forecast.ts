import type { StaffingForecast } from '@duoke/sdk'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { numberOf, print, textOf } from '../options.ts'
import { askServer, periodIn } from './period.ts'

type Options = Record<string, unknown>
type Day = StaffingForecast['days'][number]

/** `duoke rules forecast`: how many agents each interval of a day needs, by what came in a period. */
export async function forecast(options: Options): Promise<void> {
  const query = {
    ...periodIn(options),
    interval: oneOf(options, 'interval', ['15', '30', '60'] as const),
    holidays: oneOf(options, 'holidays', ['cn', 'none'] as const),
    withinMs: 1000 * numberOf(options, 'within', 0),
    shrinkage: numberOf(options, 'shrinkage', 0),
    ...given(options, 'answered', 'abandoned', 'concurrency'),
    ...named(options, 'team', 'account'),
  }
  const answer = await askServer('duoke rules forecast', options, ({ rules }) => rules.forecast(query))
  print(options, answer, () => inWords(answer))
}

function oneOf<T extends string>(options: Options, name: string, values: readonly T[]): T {
  const text = textOf(options, name)
  const value = values.find((one) => one === text)
  if (value !== undefined) return value
  throw new CommandFailure(exitCodes.usage, `--${name} must be one of ${values.join(', ')}; it is "${text ?? ''}".`)
}

const isGiven = (options: Options) => (name: string) => textOf(options, name) !== undefined
const given = (options: Options, ...names: string[]): Record<string, number> =>
  Object.fromEntries(names.filter(isGiven(options)).map((name) => [name, numberOf(options, name, 0)]))
const named = (options: Options, ...names: string[]): Record<string, string> =>
  Object.fromEntries(names.filter(isGiven(options)).map((name) => [name, textOf(options, name) ?? '']))

const nothing = '–'
const digits = (value: number | null | undefined, count: number): string => value?.toFixed(count) ?? nothing
const seconds = (ms: number | null): string => (ms === null ? nothing : `${digits(ms / 1000, 1)} s`)
const percent = (value: number | null | undefined): string => (value == null ? nothing : `${digits(100 * value, 1)} %`)
const range = (value: { from: number; to: number } | null, count: number): string =>
  value === null ? nothing : `${digits(value.from, count)}–${digits(value.to, count)}`

const heads = ['', 'arrivals', '8 of 10', 'agents', '8 of 10', 'on shift', 'in time', 'left', 'mean wait', 'busy']

function tableOf({ kind, days, arrivals, variation, tooFewDays, intervals }: Day, dates: readonly string[]): string[] {
  const told = tooFewDays ? '; too few to name agents' : `, which differ by ${percent(variation)} beyond chance`
  const next = dates.length === 0 ? '' : ` Next: ${dates.join(', ')}.`
  const rows = intervals
    .filter((one) => one.arrivals > 0 || (one.agents ?? 0) > 0)
    .map((one) => [
      one.at,
      digits(one.arrivals, 1),
      range(one.arrivalsRange, 1),
      one.agents === null ? nothing : String(one.agents),
      range(one.agentsRange, 0),
      one.onShift === null ? nothing : String(one.onShift),
      percent(one.expected?.answeredShare),
      percent(one.expected?.abandonedShare),
      seconds(one.expected?.meanWaitMs ?? null),
      percent(one.expected?.occupancy),
    ])
  return [
    '',
    `${kind}: ${digits(arrivals, 1)} sessions a day in ${days} days${told}.${next}`,
    ...[heads, ...rows].map((cells) =>
      cells.map((cell, at) => (at === 0 ? cell.padEnd(6) : cell.padStart(11))).join(''),
    ),
  ]
}

const lacking = {
  service: 'Too few sessions ended to say how long one takes: no agents are named.',
  patience: 'Too few customers left while they waited to say how many would: no agents are named.',
}

/** What it goes by, and a table for each kind of day; intervals in which nobody came are left out. */
export function inWords(answer: StaffingForecast): string {
  const { target, service, patience, history, concurrency, shrinkage } = answer
  const targets = [
    ...(target.answeredShare === null
      ? []
      : [`${percent(target.answeredShare)} served within ${seconds(target.withinMs)}`]),
    ...(target.abandonedShare === null ? [] : [`at most ${percent(target.abandonedShare)} leave`]),
  ]
  return [
    `${answer.from} to ${answer.to}: ${answer.arrivals} sessions, clock of ${answer.timeZone}.`,
    `Target: ${targets.join(', ')}; in the period ${percent(history.answeredShare)} were in time, ${percent(history.abandonedShare)} were never served.`,
    `A session takes ${seconds(service.meanMs)} (${service.sessions} ended); customers wait for ${seconds(patience.meanMs)} before they leave (${patience.left} left).`,
    `An agent serves ${concurrency} at the same time; shrinkage ${percent(shrinkage)}.`,
    ...answer.lacks.map((lack) => lacking[lack]),
    ...answer.days.flatMap((day) =>
      tableOf(
        day,
        answer.coming.filter(({ kind }) => kind === day.kind).map(({ date }) => date),
      ),
    ),
  ].join('\n')
}
