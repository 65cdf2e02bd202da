// The table of results, as text for a terminal and as Markdown for results.md.
import { agentCount } from '../account.ts'
import { receiverCount } from '../apps.ts'
import type { FanOutCost } from './fan-out.ts'
import { concurrency, type MainRoad, steadyPerSecond } from './main-road.ts'
import { knownFollowers } from './mix.ts'
import type { NoisyApp } from './noisy-app.ts'
import type { Sizes } from './sizes.ts'
import type { Spread } from './statistics.ts'
import { fewStored } from './stored.ts'

export type PlaceResult = {
  readonly place: string
  readonly road: MainRoad
  readonly stored: Spread
  readonly fanOut: FanOutCost
  readonly noisyApp: NoisyApp
}
type Row = { readonly title: string; readonly target: string; readonly cells: readonly string[] }

const megabyte = 1024 * 1024
const spread = ({ median, least, most }: Spread, digits: number) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`

type Figures = MainRoad['figures']
const fourOf = ({ duoke, floor, duokeAlone, koa }: Figures, show: (one: Figures['duoke']) => string) =>
  `${show(duoke)} and ${show(floor)}; ${show(duokeAlone)} and ${show(koa)}`

const judged = (value: number, isMet: boolean, text: string) =>
  Number.isNaN(value) ? 'not measured' : `${text} ${isMet ? 'met' : 'MISSED'}`
const atLeast = (value: Spread, bound: number) => judged(value.median, value.median >= bound, spread(value, 2))
const atMost = (value: Spread, bound: number, digits = 1) =>
  judged(value.median, value.median <= bound, spread(value, digits))
const whole = (value: number) => value.toFixed(0)

type MakeRow = (title: string, target: string, cell: (result: PlaceResult) => string) => Row

export function rowsOf(results: readonly PlaceResult[], sizes: Sizes): Row[] {
  const row: MakeRow = (title, target, cell) => ({ title, target, cells: results.map(cell) })
  return [...rowsOfRoad(row, sizes), ...rowsOfApps(row)]
}

/** What third-party systems at the account cost. */
function rowsOfApps(row: MakeRow): Row[] {
  const four = (figures: FanOutCost['figures'], show: (one: FanOutCost['figures']['with']) => string) =>
    `${show(figures.with)} of ${show(figures.without)}; ${show(figures.floorWith)} of ${show(figures.floorWithout)}`
  return [
    row(`(f) pushes/s with ${receiverCount} apps over without: Duoke's ratio over the floor's`, '≥ 0.5', ({ fanOut }) =>
      atLeast(fanOut.overFloor, 0.5),
    ),
    row(
      "    the two ratios: Duoke's; the floor's",
      '',
      ({ fanOut: { duoke, floor } }) => `${spread(duoke, 2)}; ${spread(floor, 2)}`,
    ),
    row('    pushes/s with of without: Duoke; the floor', '', ({ fanOut }) =>
      four(fanOut.figures, ({ pushesPerSecond }) => whole(pushesPerSecond)),
    ),
    row("    the process's time for a push, ms: the same", '', ({ fanOut }) =>
      four(fanOut.figures, ({ processorMs }) => processorMs.toFixed(2)),
    ),
    row(
      '    requests to apps for a push: Duoke; the floor',
      '',
      ({ fanOut: { requestsOfPush } }) => `${requestsOfPush.duoke.toFixed(2)}; ${requestsOfPush.floor.toFixed(2)}`,
    ),
    row("(g) others' p99 with one app at 100 times its share, over without", '≤ 1.25', ({ noisyApp }) =>
      atMost(noisyApp.p99, 1.25, 2),
    ),
    row('    the same when that noise goes to another program', '', ({ noisyApp }) => spread(noisyApp.control, 2)),
    row("    others' p50 and p99, ms: with; without", '', ({ noisyApp: { figures } }) => {
      const both = ({ p50, p99 }: NoisyApp['figures']['duoke']) =>
        `${p50.median.toFixed(1)} and ${p99.median.toFixed(1)}`
      return `${both(figures.duoke)}; ${both(figures.nowhere)}`
    }),
    row(
      '    calls/s of the noisy app; refused (45011)',
      '',
      ({ noisyApp: { noisy } }) => `${whole(noisy.perSecond)}; ${(noisy.refusedShare * 100).toFixed(0)} %`,
    ),
  ]
}

function rowsOfRoad(row: MakeRow, sizes: Sizes): Row[] {
  return [
    row(`(a) pushes/s over the floor, ${agentCount} sockets`, '≥ 0.5', ({ road }) => atLeast(road.overFloor, 0.5)),
    row('(a) pushes/s over koa + co-wechat, no socket', '≥ 1.2', ({ road }) => atLeast(road.overKoa, 1.2)),
    row('    pushes/s: Duoke and the floor; Duoke and koa', '', ({ road: { figures } }) =>
      fourOf(figures, ({ pushesPerSecond }) => whole(pushesPerSecond)),
    ),
    row("    the process's time for a push, ms: the same four", '', ({ road: { figures } }) =>
      fourOf(figures, ({ processorMs }) => processorMs.toFixed(2)),
    ),
    row(
      '    frames for a push: Duoke and the floor',
      '',
      ({ road: { figures } }) =>
        `${figures.duoke.framesOfPush.toFixed(2)} and ${figures.floor.framesOfPush.toFixed(2)}`,
    ),
    row('    the search index is ready after a round, s', '', ({ road }) => spread(road.searchBehind, 1)),
    row(
      '    followers known; conversations held; free capacity',
      '',
      ({ road }) => `${knownFollowers}; ${road.conversations}; ${road.freeCapacity}`,
    ),
    row(`(b) due to event on the socket at ${steadyPerSecond}/s, p50, ms`, '', ({ road }) => spread(road.event.p50, 1)),
    row('(b) the same, p99, ms', '≤ 50', ({ road }) => atMost(road.event.p99, 50)),
    row('    answer to event, p99, ms', '', ({ road }) => spread(road.afterAnswer.p99, 1)),
    row(`(c) due to answer to WeChat at ${steadyPerSecond}/s, p50, ms`, '', ({ road }) => spread(road.answer.p50, 1)),
    row('(c) the same, p99, ms', '≤ 100', ({ road }) => atMost(road.answer.p99, 100)),
    row(`(d) cost of a message, ${sizes.stored} over ${fewStored} stored conversations`, '≤ 1.3', ({ stored }) =>
      atMost(stored, 1.3, 2),
    ),
    row(
      '(e) resident memory after start; most under load, MB',
      '',
      ({ road: { memoryBytes } }) =>
        `${whole(memoryBytes.afterStart / megabyte)}; ${whole(memoryBytes.underLoad / megabyte)}`,
    ),
  ]
}

export function explanation(sizes: Sizes): string {
  return (
    `Safe mode, concurrency ${concurrency}, one push in ten from a new follower. Ratios and times are medians with ` +
    `least–most: of ${sizes.pairs} pairs in turn for (a), ${sizes.steadyRuns} runs of ${sizes.steadySeconds} s for (b) and (c), ` +
    `${sizes.storedPairs} pairs for (d), ${sizes.fanOutPairs} rounds of all four for (f), ${sizes.noisyPairs} rounds of ` +
    `${sizes.noisySeconds} s of all three for (g).`
  )
}

export function asText(results: readonly PlaceResult[], sizes: Sizes): string {
  return aligned(grid(results, sizes)).join('\n')
}

export function asMarkdown(results: readonly PlaceResult[], sizes: Sizes): string {
  const lines = grid(results, sizes).map((cells) => `| ${cells.map((cell) => cell.trim()).join(' | ')} |`)
  const [head = '', ...rest] = lines
  const rule = `|${' --- |'.repeat(results.length + 2)}`
  return [head, rule, ...rest].join('\n')
}

function grid(results: readonly PlaceResult[], sizes: Sizes): string[][] {
  const head = ['', ...results.map(({ place }) => place), 'target']
  return [head, ...rowsOf(results, sizes).map(({ title, cells, target }) => [title, ...cells, target])]
}

function aligned(cells: readonly string[][]): string[] {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  return cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
