import type { FairnessReport } from '@duoke/sdk'
import { print } from '../options.ts'
import { askServer, periodIn } from './period.ts'

type Options = Record<string, unknown>

/** `duoke rules fairness`: how evenly the rules gave sessions in a period, and in which turn customers were served. */
export async function fairness(options: Options): Promise<void> {
  const period = periodIn(options)
  const report = await askServer('duoke rules fairness', options, ({ rules }) => rules.fairness(period))
  print(options, report, () => inWords(report))
}

const digits = (value: number | null, count: number): string => (value === null ? '–' : value.toFixed(count))
const seconds = (ms: number | null): string => (ms === null ? '–' : `${digits(ms / 1000, 1)} s`)
const percent = (value: number | null): string =>
  value === null ? '–' : `${value > 0 ? '+' : ''}${digits(100 * value, 1)} %`

/** The figures of all, and a line for each agent. */
export function inWords({ events, given, gini, waitMs, overtakings, agents }: FairnessReport): string {
  const heads = ['', 'given', 'entitled', 'deviation', 'direct', 'per hour', 'declined', 'unanswered']
  const table = agents.map((agent) => [
    agent.agentId,
    String(agent.given),
    digits(agent.entitled, 2),
    percent(agent.deviation),
    String(agent.direct),
    digits(agent.perHour, 2),
    String(agent.declined),
    String(agent.unanswered),
  ])
  const lines = [heads, ...table].map((cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(11))).join(''),
  )
  return [
    `${events} events; the rules gave ${given} sessions, Gini of sessions per hour online ${digits(gini, 3)}.`,
    `Waits: median ${seconds(waitMs.median)}, longest ${seconds(waitMs.longest)} (${digits(waitMs.longestToMedian, 1)} times the median).`,
    `Overtakings: ${overtakings.total}, of one customer at most ${overtakings.most}.`,
    ...lines,
  ].join('\n')
}
