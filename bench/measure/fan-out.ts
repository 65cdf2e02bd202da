// (f): what eight apps at the account cost, beside what the same fan-out costs the floor.
import { type BenchApp, receiverCount, receivingApps } from '../apps.ts'
import type { LoadHandlers, Target } from '../load/main.ts'
import { type Program, startProgram } from '../programs/calls.ts'
import type { FloorHandlers } from '../programs/floor.ts'
import type { ReceiversHandlers } from '../programs/receivers.ts'
import type { Usage } from '../programs/usage.ts'
import { startDuoke } from './duoke.ts'
import { concurrency } from './main-road.ts'
import { createMix, everyKnownOnce } from './mix.ts'
import type { Place } from './places.ts'
import type { Sizes } from './sizes.ts'
import { type Spread, spreadOf } from './statistics.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type FanOutCost = {
  /** Duoke's pushes a second with eight apps over those without, and the floor's. */
  readonly duoke: Spread
  readonly floor: Spread
  /** The first over the second, pair by pair. */
  readonly overFloor: Spread
  readonly figures: Readonly<Record<'with' | 'without' | 'floorWith' | 'floorWithout', Figures>>
  /** Requests that the apps' servers got for one push. */
  readonly requestsOfPush: { readonly duoke: number; readonly floor: number }
}

type Figures = { readonly pushesPerSecond: number; readonly processorMs: number }
type Receivers = Program<ReceiversHandlers>
type Side = {
  readonly target: Target
  readonly usage: () => Promise<Usage>
  readonly settled: () => Promise<unknown>
  readonly hasApps: boolean
  readonly rates: number[]
  readonly processorMs: number[]
  pushes: number
  requests: number
}

export async function measureFanOut(place: Place, sizes: Sizes, say: (what: string) => void): Promise<FanOutCost> {
  say('eight apps')
  await using held = new AsyncDisposableStack()
  const receivers = held.use(startProgram<ReceiversHandlers>(new URL('../programs/receivers.ts', import.meta.url)))
  const apps = receivingApps((await receivers.call('start', { count: receiverCount })).ports)
  const sides = {
    with: await duokeSide(held, place, apps),
    without: await duokeSide(held, place, []),
    floorWith: await floorSide(held, place, apps),
    floorWithout: await floorSide(held, place, []),
  }
  const load = held.use(startProgram<LoadHandlers>(new URL('../load/main.ts', import.meta.url)))
  const mix = createMix(3)
  const all = Object.values(sides)
  const tools = { load, receivers }
  for (const side of all) await round(tools, side, everyKnownOnce().slice(0, sizes.fanOutPushes))
  for (const side of all) Object.assign(side, { pushes: 0, requests: 0 }, emptied(side))
  for (let pair = 0; pair < sizes.fanOutPairs; pair += 1) {
    const openids = mix(sizes.fanOutPushes)
    // Whatever else the machine does in this minute is not always met by the same one.
    for (const side of pair % 2 === 0 ? all : all.toReversed()) await round(tools, side, openids)
  }
  return costOf(sides)
}

function emptied({ rates, processorMs }: Side): void {
  rates.length = 0
  processorMs.length = 0
}

function costOf(sides: Readonly<Record<keyof FanOutCost['figures'], Side>>): FanOutCost {
  const ratios = (over: Side, under: Side) => over.rates.map((rate, pair) => rate / (under.rates[pair] ?? Number.NaN))
  const duoke = ratios(sides.with, sides.without)
  const floor = ratios(sides.floorWith, sides.floorWithout)
  const figuresOf = ({ rates, processorMs }: Side): Figures => ({
    pushesPerSecond: spreadOf(rates).median,
    processorMs: spreadOf(processorMs).median,
  })
  return {
    duoke: spreadOf(duoke),
    floor: spreadOf(floor),
    overFloor: spreadOf(duoke.map((ratio, pair) => ratio / (floor[pair] ?? Number.NaN))),
    figures: {
      with: figuresOf(sides.with),
      without: figuresOf(sides.without),
      floorWith: figuresOf(sides.floorWith),
      floorWithout: figuresOf(sides.floorWithout),
    },
    requestsOfPush: {
      duoke: sides.with.requests / sides.with.pushes,
      floor: sides.floorWith.requests / sides.floorWith.pushes,
    },
  }
}

/** A round is over when WeChat has its last answer and every app has its last push. */
async function round(
  { load, receivers }: { load: Program<LoadHandlers>; receivers: Receivers },
  side: Side,
  openids: readonly string[],
): Promise<void> {
  const from = await receivers.call('count', undefined)
  const before = await side.usage()
  const { seconds, pushes } = await load.call('burst', { target: side.target, openids, concurrency })
  const answeredMs = performance.now()
  if (side.hasApps) await receivers.call('reach', { from, count: pushes * receiverCount })
  side.rates.push(pushes / (seconds + (performance.now() - answeredMs) / 1000))
  await side.settled()
  side.processorMs.push(((await side.usage()).processorMs - before.processorMs) / pushes)
  side.pushes += pushes
  if (side.hasApps) side.requests += (await receivers.call('count', undefined)) - from
}

async function duokeSide(held: AsyncDisposableStack, place: Place, apps: readonly BenchApp[]): Promise<Side> {
  const folder = held.use(temporaryFolder())
  const database = await place.createDatabase(apps.length === 0 ? 'no_apps' : 'apps')
  const duoke = held.use(await startDuoke(database, folder.path, apps))
  return sideOf(duoke.target, {
    usage: () => duoke.program.call('usage', undefined),
    settled: duoke.settled,
    hasApps: apps.length > 0,
  })
}

async function floorSide(held: AsyncDisposableStack, place: Place, apps: readonly BenchApp[]): Promise<Side> {
  const program = held.use(startProgram<FloorHandlers>(new URL('../programs/floor.ts', import.meta.url)))
  const name = apps.length === 0 ? 'floor_no_apps' : 'floor_apps'
  const { port } = await program.call('start', { databaseUrl: await place.createDatabase(name), apps })
  const target = { name, port, path: '/wechat/bench' }
  return sideOf(target, {
    usage: () => program.call('usage', undefined),
    settled: async () => {},
    hasApps: apps.length > 0,
  })
}

function sideOf(target: Target, tools: Pick<Side, 'usage' | 'settled' | 'hasApps'>): Side {
  return { target, ...tools, rates: [], processorMs: [], pushes: 0, requests: 0 }
}
