import { readFileSync } from 'node:fs'
import type { PreviewedService, RulesPreview } from '@duoke/sdk'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { numberOf, print, textOf } from '../options.ts'
import { askServer, periodIn } from './period.ts'

type Options = Record<string, unknown>

/** `duoke rules preview`: what a rules document would have made of a period of the log. */
export async function previewRules(options: Options): Promise<void> {
  const file = textOf(options, 'rules')
  const body = {
    ...periodIn(options),
    seed: numberOf(options, 'seed', 0),
    withinMs: 1000 * numberOf(options, 'within', 0),
    starvationMs: 1000 * numberOf(options, 'starvation', 0),
    ...(file !== undefined && { text: readText(file) }),
  }
  const preview = await askServer('duoke rules preview', options, ({ rules }) => rules.preview(body))
  print(options, preview, () => inWords(preview))
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch {
    throw new CommandFailure(exitCodes.usage, `${file} cannot be read.`)
  }
}

type Row = readonly [name: string, of: (service: PreviewedService) => string]

const seconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`)
const rows: readonly Row[] = [
  ['served', ({ served }) => String(served)],
  ['abandoned', ({ abandoned }) => String(abandoned)],
  ['refused', ({ refused }) => String(refused)],
  ['still waiting', ({ waiting }) => String(waiting)],
  ['wait p50', ({ waitMs }) => seconds(waitMs.p50)],
  ['wait p90', ({ waitMs }) => seconds(waitMs.p90)],
  ['wait p95', ({ waitMs }) => seconds(waitMs.p95)],
  ['longest wait', ({ waitMs }) => seconds(waitMs.longest)],
  ['served in time', ({ serviceLevel }) => (serviceLevel === null ? '–' : `${(100 * serviceLevel).toFixed(1)} %`)],
  ['starved', ({ starved }) => String(starved)],
]

/** Columns for what happened, for the same simulated, and for the candidate. */
export function inWords({ conformity, history, simulated, candidate, told, events }: RulesPreview): string {
  const services = [history, simulated, ...(candidate === null ? [] : [candidate])]
  const agents = [...new Set(services.flatMap((service) => service.agents.map(({ agentId }) => agentId)))].sort()
  const given = (agentId: string): Row => [
    `given to ${agentId}`,
    (service) => String(service.agents.find((agent) => agent.agentId === agentId)?.given ?? 0),
  ]
  const table = [...rows, ...agents.map(given)].map(([name, of]) => [name, ...services.map(of)])
  const heads = ['', 'history', 'simulated', ...(candidate === null ? [] : ['candidate'])]
  const lines = [heads, ...table].map((cells) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(24) : cell.padStart(12))).join(''),
  )
  const { decisions, rederived, erased } = conformity
  return [
    `${events} events; ${rederived} of ${decisions} decisions derived again under the rules of then${erased > 0 ? `, ${erased} erased` : ''}.`,
    ...lines,
    `Where the simulation left the log: ${told.merged} sessions merged, ${told.drawn} lengths drawn, ${told.refused} acts refused.`,
  ].join('\n')
}
