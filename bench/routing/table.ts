import type { Spread } from '../measure/statistics.ts'
import type { DecisionRates } from './decisions.ts'
import type { QueuePick } from './queue-pick.ts'
import type { RecordCost } from './record-cost.ts'

export type RoutingResults = {
  readonly rates: DecisionRates
  readonly picks: readonly { readonly skills: number; readonly found: QueuePick }[]
  readonly costs: readonly { readonly agents: number; readonly atOnce: number; readonly found: RecordCost }[]
}

type Row = readonly [figure: string, measured: string, target: string]

const spread = ({ median, least, most }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`

const atMost = (value: Spread, bound: number) => `${spread(value, 2)} ${value.median <= bound ? 'met' : 'MISSED'}`

/** Few thousandths of a millisecond are told as such. */
const ms = (value: Spread) => spread(value, value.median < 0.1 ? 4 : 2)

function rowsOfRates({ duoke, floor, overFloor, steps, choices }: DecisionRates): Row[] {
  return [
    ['(1) decisions/s', spread(duoke, 0), ''],
    ["(1) the floor's, for the same winners", spread(floor, 0), ''],
    ["(1) Duoke's time over the floor's", spread(overFloor, 1), ''],
    ...Object.entries(steps).map(([step, took]): Row => [`one command, ms: ${step}`, ms(took), '']),
    ['winners compared; different', `${choices}; 0`, ''],
  ]
}

function rowsOfPick(skills: number, { lines, whole, pick }: QueuePick): Row[] {
  const shape = skills === 0 ? 'no skills' : `${skills} skills`
  const over = `${shape}, ${lines.few} and ${lines.many} ${lines.many === 1 ? 'line' : 'lines'}`
  return [
    [
      `(2) an agent gets free until who is next is given, 5,000 waiting over 100; ${over}`,
      atMost(whole.ratio, 1.5),
      '≤ 1.5',
    ],
    ['the two, ms', `${ms(whole.manyMs)}; ${ms(whole.fewMs)}`, ''],
    [`(2) who is next, alone; ${over}`, atMost(pick.ratio, 1.5), '≤ 1.5'],
    ['the two, ms', `${ms(pick.manyMs)}; ${ms(pick.fewMs)}`, ''],
  ]
}

function rowsOfCost(agents: number, atOnce: number, { ratio, withMs, withoutMs, recordBytes }: RecordCost): Row[] {
  const how = atOnce === 1 ? 'one after another' : `${atOnce} at once`
  return [
    [
      `(3) deciding and committing, with the record over without: ${agents} agents, ${how}`,
      atMost(ratio, 1.2),
      '≤ 1.2',
    ],
    [
      'the two, ms for a session; the record, kB',
      `${ms(withMs)}; ${ms(withoutMs)}; ${(recordBytes / 1000).toFixed(1)}`,
      '',
    ],
  ]
}

export function routingTable({ rates, picks, costs }: RoutingResults): string {
  const rows = [
    ...rowsOfRates(rates),
    ...picks.flatMap(({ skills, found }) => rowsOfPick(skills, found)),
    ...costs.flatMap(({ agents, atOnce, found }) => rowsOfCost(agents, atOnce, found)),
  ]
  const lines = rows.map(([figure, measured, target]) => `| ${figure} | ${measured} | ${target} |`)
  return ['| figure | measured | target |', '| --- | --- | --- |', ...lines].join('\n')
}
