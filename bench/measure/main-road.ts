// (a), (b), (c) and (e): the whole road against the floor and against koa, then its times at a steady rate.
import { agentCount, capacityEach } from '../account.ts'
import type { BurstResult } from '../load/burst.ts'
import type { LoadHandlers, Target } from '../load/main.ts'
import { type Program, startProgram } from '../programs/calls.ts'
import type { FloorHandlers } from '../programs/floor.ts'
import type { KoaHandlers } from '../programs/koa.ts'
import type { Usage } from '../programs/usage.ts'
import { type Duoke, startDuoke } from './duoke.ts'
import { mostMemory } from './memory.ts'
import { createMix, everyKnownOnce, knownFollowers } from './mix.ts'
import { ratiosOfPairs } from './pairs.ts'
import type { Place } from './places.ts'
import type { Sizes } from './sizes.ts'
import { quantile, type Spread, spreadOf } from './statistics.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const concurrency = 64
export const steadyPerSecond = 300

export type MainRoad = {
  readonly overFloor: Spread
  readonly overKoa: Spread
  readonly figures: Readonly<Record<'duoke' | 'floor' | 'duokeAlone' | 'koa', Figures>>
  /** Seconds that the search index needed after a round. */
  readonly searchBehind: Spread
  readonly conversations: number
  readonly freeCapacity: number
  readonly event: { readonly p50: Spread; readonly p99: Spread }
  readonly answer: { readonly p50: Spread; readonly p99: Spread }
  readonly afterAnswer: { readonly p50: Spread; readonly p99: Spread }
  readonly memoryBytes: { readonly afterStart: number; readonly underLoad: number }
}

/** Only to show the order of magnitude: they hold for this machine at that moment. */
type Figures = { readonly pushesPerSecond: number; readonly processorMs: number; readonly framesOfPush: number }
type Load = Program<LoadHandlers>
type Rival = {
  readonly target: Target
  readonly usage: () => Promise<Usage>
  readonly rates: number[]
  readonly rounds: BurstResult[]
  /** Processor time of its process for a push; what else the machine does touches it little. */
  readonly processorMs: number[]
}

export async function measureMainRoad(place: Place, sizes: Sizes, say: (what: string) => void): Promise<MainRoad> {
  using folder = temporaryFolder()
  await using floorProgram = startProgram<FloorHandlers>(new URL('../programs/floor.ts', import.meta.url))
  await using koaProgram = startProgram<KoaHandlers>(new URL('../programs/koa.ts', import.meta.url))
  await using duoke = await startDuoke(await place.createDatabase('duoke'), folder.path)
  // Ends first: its sockets are not to be told that a server stops.
  await using load = startProgram<LoadHandlers>(new URL('../load/main.ts', import.meta.url))
  const duokeUsage = () => duoke.program.call('usage', undefined)
  const afterStart = (await duokeUsage()).memoryBytes
  const floor = await floorProgram.call('start', { databaseUrl: await place.createDatabase('floor'), apps: [] })
  const koa = await koaProgram.call('start', { databaseUrl: await place.createDatabase('koa') })
  const ours = () => rival(duoke.target, duokeUsage)
  const mix = createMix(1)
  const searchBehind: number[] = []
  // The same number of frames: as many lists as the round before had.
  const onDuoke = ({ frames, pushes }: BurstResult) =>
    floorProgram.call('sendLists', { perPush: frames.lists / pushes })
  const compare = (first: Rival, second: Rival) =>
    comparePairs({ load, duoke, first, second, mix, sizes, searchBehind, onDuoke })

  say('over koa')
  const alone = ours()
  const koaRival = rival(targetOf('koa', koa), () => koaProgram.call('usage', undefined))
  let overKoa: number[] = []
  let overFloor: number[] = []
  const together = ours()
  const floorRival = rival(targetOf('floor', floor), () => floorProgram.call('usage', undefined))
  const underLoad = await mostMemory(
    async () => (await duokeUsage()).memoryBytes,
    async () => {
      overKoa = await compare(alone, koaRival)
      say('over the floor')
      await load.call('connectAgents', { target: duoke.target, path: '/v1/stream', tokens: duoke.started.agentTokens })
      const nobodys = duoke.started.agentTokens.map(() => null)
      await load.call('connectAgents', { target: floorRival.target, path: '/', tokens: nobodys })
      overFloor = await compare(together, floorRival)
    },
  )
  say('steady')
  const times = await measureTimes(load, duoke, { mix, sizes })
  const [held = { count: 0 }] = await duoke.rows<{ count: number }>(heldConversations)
  return {
    overFloor: spreadOf(overFloor),
    overKoa: spreadOf(overKoa),
    figures: {
      duoke: figuresOf(together),
      floor: figuresOf(floorRival),
      duokeAlone: figuresOf(alone),
      koa: figuresOf(koaRival),
    },
    searchBehind: spreadOf(searchBehind),
    conversations: held.count,
    freeCapacity: agentCount * capacityEach - held.count,
    ...times,
    memoryBytes: { afterStart, underLoad },
  }
}

function rival(target: Target, usage: Rival['usage']): Rival {
  return { target, usage, rates: [], rounds: [], processorMs: [] }
}

const targetOf = (name: string, { port }: { port: number }): Target => ({ name, port, path: '/wechat/bench' })

const heldConversations = `select count(*)::int as count from conversation where status = 'open'`

type Comparison = {
  readonly load: Load
  readonly duoke: Duoke
  readonly first: Rival
  readonly second: Rival
  readonly mix: (count: number) => string[]
  readonly sizes: Sizes
  readonly searchBehind: number[]
  readonly onDuoke: (round: BurstResult) => Promise<void>
}

async function comparePairs(comparison: Comparison): Promise<number[]> {
  const { load, duoke, first, second, mix, sizes, searchBehind, onDuoke } = comparison
  const round = async ({ target, usage, rates, rounds, processorMs }: Rival, openids: readonly string[]) => {
    const before = await usage()
    const result = await load.call('burst', { target, openids, concurrency })
    rates.push(result.pushes / result.seconds)
    rounds.push(result)
    if (target === duoke.target) {
      searchBehind.push(await duoke.settled())
      await onDuoke(result)
    }
    processorMs.push(((await usage()).processorMs - before.processorMs) / result.pushes)
    return result.pushes / result.seconds
  }
  for (const { target, usage } of [first, second]) {
    await round(rival(target, usage), [...everyKnownOnce(), ...everyKnownOnce().slice(0, knownFollowers / 2)])
  }
  searchBehind.length = 0
  const openids = Array.from({ length: sizes.pairs }, () => mix(sizes.pushesOfRound))
  return ratiosOfPairs(sizes.pairs, {
    first: (pair) => round(first, openids[pair] ?? []),
    second: (pair) => round(second, openids[pair] ?? []),
  })
}

function figuresOf({ rates, rounds, processorMs }: Rival): Figures {
  const frames = sum(rounds, ({ frames: { messages, otherEvents, lists } }) => messages + otherEvents + lists)
  return {
    pushesPerSecond: spreadOf(rates).median,
    processorMs: spreadOf(processorMs).median,
    framesOfPush: frames / sum(rounds, ({ pushes }) => pushes),
  }
}

const sum = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((total, one) => total + of(one), 0)

async function measureTimes(
  load: Load,
  { target, settled }: Duoke,
  { mix, sizes }: { mix: (count: number) => string[]; sizes: Sizes },
): Promise<Pick<MainRoad, 'event' | 'answer' | 'afterAnswer'>> {
  const collected = { event: empty(), answer: empty(), afterAnswer: empty() }
  const keep = (into: ReturnType<typeof empty>, values: readonly number[]) => {
    into.p50.push(quantile(values, 0.5))
    into.p99.push(quantile(values, 0.99))
  }
  for (let run = 0; run < sizes.steadyRuns; run += 1) {
    await settled()
    const openids = mix(sizes.steadySeconds * steadyPerSecond)
    const result = await load.call('steady', { target, openids, perSecond: steadyPerSecond, seed: run + 1 })
    keep(collected.event, result.eventMs)
    keep(collected.answer, result.answerMs)
    keep(collected.afterAnswer, result.eventAfterAnswerMs)
  }
  const spreads = ({ p50, p99 }: ReturnType<typeof empty>) => ({ p50: spreadOf(p50), p99: spreadOf(p99) })
  return {
    event: spreads(collected.event),
    answer: spreads(collected.answer),
    afterAnswer: spreads(collected.afterAnswer),
  }
}

const empty = (): { p50: number[]; p99: number[] } => ({ p50: [], p99: [] })
