// (g): what one app at a hundred times its share of calls does to the others, who keep to theirs.
import { account, agentCount } from '../account.ts'
import { type BenchApp, callingApps, callsPerMinute } from '../apps.ts'
import type { AppCall } from '../load/app-calls.ts'
import type { LoadHandlers } from '../load/main.ts'
import { seededRandom } from '../load/random.ts'
import { type Program, startProgram } from '../programs/calls.ts'
import type { ReceiversHandlers } from '../programs/receivers.ts'
import { type Duoke, startDuoke } from './duoke.ts'
import { openidOf } from './mix.ts'
import type { Place } from './places.ts'
import type { Sizes } from './sizes.ts'
import { quantile, type Spread, spreadOf } from './statistics.ts'
import { temporaryFolder } from './temporary-folder.ts'

const noisyTimes = 100
const sharePerSecond = callsPerMinute / 60
/** Below their share, so that chance alone never takes one of them over it. */
const otherPerSecond = sharePerSecond * 0.8
const customers = 200

/** Where the noise goes: to Duoke, nowhere, or, as a control, to a server that is none of the others' business. */
type Noise = 'duoke' | 'nowhere' | 'elsewhere'

export type NoisyApp = {
  /** The others' p99 with the noisy app over theirs without. */
  readonly p99: Spread
  /** The same when the noise goes elsewhere: what it costs this machine, whoever answers it. */
  readonly control: Spread
  readonly figures: Readonly<Record<Noise, { readonly p50: Spread; readonly p99: Spread }>>
  readonly noisy: { readonly perSecond: number; readonly refusedShare: number }
}

type Caller = BenchApp & { readonly accessToken: string }
type Times = Readonly<Record<'p50' | 'p99', number[]>>
type Stage = {
  readonly load: Program<LoadHandlers>
  readonly noise: Program<LoadHandlers>
  readonly ports: Readonly<Record<'duoke' | 'elsewhere', number>>
  readonly noisy: readonly Caller[]
  readonly others: readonly Caller[]
  readonly seconds: number
}

export async function measureNoisyApp(place: Place, sizes: Sizes, say: (what: string) => void): Promise<NoisyApp> {
  say('a noisy app')
  using folder = temporaryFolder()
  await using duoke = await startDuoke(await place.createDatabase('noisy'), folder.path, callingApps())
  const openLoad = () => startProgram<LoadHandlers>(new URL('../load/main.ts', import.meta.url))
  await using load = openLoad()
  // A process of its own: the noise is to reach the others through Duoke alone.
  await using noise = openLoad()
  await using elsewhere = startProgram<ReceiversHandlers>(new URL('../programs/receivers.ts', import.meta.url))
  const openids = Array.from({ length: customers }, (_, index) => openidOf('Known', index))
  await load.call('burst', { target: duoke.target, openids, concurrency: 16 })
  const callers = await Promise.all(callingApps().map((app) => withToken(duoke, app)))
  const [elsewherePort = 0] = (await elsewhere.call('start', { count: 1 })).ports
  const ports = { duoke: duoke.target.port, elsewhere: elsewherePort }
  const stage = {
    load,
    noise,
    ports,
    noisy: callers.slice(0, 1),
    others: callers.slice(1),
    seconds: sizes.noisySeconds,
  }
  return await compareNoises(stage, sizes.noisyPairs)
}

async function compareNoises(stage: Stage, pairs: number): Promise<NoisyApp> {
  const order: readonly Noise[] = ['duoke', 'nowhere', 'elsewhere']
  // All paths run warm, and the minute's allowance, which the noisy app may use up in its first second, is used up.
  for (const noise of order) await round(stage, noise, 0)
  const times: Readonly<Record<Noise, Times>> = { duoke: noTimes(), nowhere: noTimes(), elsewhere: noTimes() }
  const refusedShares: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const noise of pair % 2 === 0 ? order : order.toReversed()) {
      const { answerMs, refusedShare } = await round(stage, noise, pair + 1)
      times[noise].p50.push(quantile(answerMs, 0.5))
      times[noise].p99.push(quantile(answerMs, 0.99))
      if (noise === 'duoke') refusedShares.push(refusedShare)
    }
  }
  const over = (noise: Noise) =>
    spreadOf(times[noise].p99.map((p99, pair) => p99 / (times.nowhere.p99[pair] ?? Number.NaN)))
  const spreads = ({ p50, p99 }: Times) => ({ p50: spreadOf(p50), p99: spreadOf(p99) })
  return {
    p99: over('duoke'),
    control: over('elsewhere'),
    figures: {
      duoke: spreads(times.duoke),
      nowhere: spreads(times.nowhere),
      elsewhere: spreads(times.elsewhere),
    },
    noisy: { perSecond: sharePerSecond * noisyTimes, refusedShare: spreadOf(refusedShares).median },
  }
}

const noTimes = (): Times => ({ p50: [], p99: [] })

async function round(
  { load, noise, ports, noisy, others, seconds }: Stage,
  to: Noise,
  seed: number,
): Promise<{ readonly answerMs: readonly number[]; readonly refusedShare: number }> {
  const quietRate = otherPerSecond * others.length
  const noisyRate = to === 'nowhere' ? 0 : sharePerSecond * noisyTimes
  const quiet = callsOf(others, seconds * quietRate, seed)
  const noisyCalls = callsOf(noisy, seconds * noisyRate, seed)
  const port = to === 'elsewhere' ? ports.elsewhere : ports.duoke
  const [theirs, its] = await Promise.all([
    load.call('calls', { port: ports.duoke, calls: quiet, perSecond: quietRate, seed, mayBeRefused: false }),
    noise.call('calls', { port, calls: noisyCalls, perSecond: noisyRate, seed: seed + 1000, mayBeRefused: true }),
  ])
  return { answerMs: theirs.answerMs, refusedShare: its.refused / noisyCalls.length }
}

async function withToken({ target }: Duoke, app: BenchApp): Promise<Caller> {
  const query = new URLSearchParams({ grant_type: 'client_credential', appid: app.appId, secret: app.appSecret })
  const answer = await fetch(`http://127.0.0.1:${target.port}/cgi-bin/token?${query}`)
  const text = await answer.text()
  const accessToken = /"access_token":"([^"]+)"/.exec(text)?.[1]
  if (accessToken === undefined) throw new Error(`No token was given: ${text}`)
  return { ...app, accessToken }
}

/** What such systems ask all day: who is there, who serves this customer, who waits. */
function callsOf(callers: readonly Caller[], count: number, seed: number): AppCall[] {
  const random = seededRandom(seed)
  return Array.from({ length: Math.round(count) }, (_, index): AppCall => {
    const { accessToken = '' } = callers[index % callers.length] ?? {}
    const to = (path: string, query = '') => `${path}?access_token=${accessToken}${query}`
    const drawn = Math.floor(random() * 4)
    if (drawn === 0) return { path: to('/cgi-bin/customservice/getonlinekflist') }
    if (drawn === 1) return { path: to('/customservice/kfsession/getwaitcase') }
    if (drawn === 2) {
      const agent = `agent-${Math.floor(random() * agentCount)}@${account.originalId}`
      return { path: to('/customservice/kfsession/getsessionlist', `&kf_account=${agent}`) }
    }
    const openid = openidOf('Known', Math.floor(random() * customers))
    return { path: to('/customservice/kfsession/getsession', `&openid=${openid}`) }
  })
}
