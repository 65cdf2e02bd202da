// Followers who keep writing, whatever becomes of the server; what each push was answered is kept.
import { setTimeout as wait } from 'node:timers/promises'
import { type Random, seededRandom } from '@duoke/domain'
import type { PushRecord, Simulator } from '@duoke/simulator'

/** One thing that a follower wrote, and what WeChat heard of it. */
export type Writing = {
  readonly followerId: string
  readonly record: PushRecord
  readonly isKeyword: boolean
  readonly startedMs: number
  /** When WeChat was done with it, with or without an answer. */
  endedMs: number | null
}

export type Load = {
  readonly writings: readonly Writing[]
  readonly followerIds: readonly string[]
  /** Resolves when the push after this moment is answered for the first time; with how long that took. */
  nextAnswer(): Promise<number>
  /** No new pushes; resolves when WeChat has given up or got an answer for every one. */
  stop(): Promise<void>
}

/** Contains the account's keyword: answered within the push when nobody holds the conversation. */
export const keyword = '价格'
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(60, 7)])

/** One that ends twice within thirty seconds is not renewed again so soon (F49): nothing would be sent meanwhile. */
const tokenLivesForMs = 45_000

export type LoadOptions = { readonly followers: number; readonly seed: number; readonly withFaults?: boolean }

export function startLoad(simulator: Simulator, { followers, seed, withFaults = true }: LoadOptions): Load {
  const account = simulator.world.account('shop')
  if (account === undefined) throw new Error('the simulator has no account')
  const stopping = new AbortController()
  const writings: Writing[] = []
  let tokenLivesUntilMs = 0
  const { id: mediaId } = simulator.world.media.add('shop', 'image', {
    ...{ bytes: png, contentType: 'image/png', extension: 'png', seconds: 0 },
  })
  const followerIds = Array.from({ length: followers }, (_, at) => `follower-${at}`)
  for (const id of followerIds) simulator.world.addFollower(account, { id, name: id }).followingSinceMs = Date.now()

  async function write(followerId: string, random: Random): Promise<void> {
    if (withFaults) disturb(simulator, followerId, random)
    if (withFaults && random.chance(0.02) && performance.now() > tokenLivesUntilMs) {
      simulator.world.account('shop')?.tokens.revokeAll()
      tokenLivesUntilMs = performance.now() + tokenLivesForMs
    }
    const isKeyword = random.chance(0.1)
    const text = `${isKeyword ? keyword : '第'} ${writings.length}`
    const acted = simulator.act(
      'shop',
      followerId,
      random.chance(0.15) ? { type: 'image', mediaId } : { type: 'text', text },
    )
    if (acted.kind === 'refused') throw new Error(acted.reason)
    const [record] = acted.pushes
    if (record === undefined) throw new Error('a message is a push')
    const writing: Writing = { followerId, record, isKeyword, startedMs: performance.now(), endedMs: null }
    writings.push(writing)
    const done = acted.done.then(() => {
      writing.endedMs = performance.now()
    })
    // Mostly they wait for the tick beside their message, but not for long.
    if (random.chance(0.7)) await Promise.race([done, wait(800)])
  }

  async function keepWriting(followerId: string, random: Random): Promise<void> {
    while (!stopping.signal.aborted) {
      await write(followerId, random)
      // A long silence ends the session, by the timer.
      const pauseMs = random.chance(0.12) ? 1_300 + random.below(900) : 40 + random.below(260)
      await wait(pauseMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = Promise.all(followerIds.map((id, at) => keepWriting(id, seededRandom(seed * 1_000 + at))))

  return {
    writings,
    followerIds,
    nextAnswer: () => nextAnswer(simulator),
    async stop() {
      stopping.abort()
      await running
      await simulator.idle()
    },
  }
}

/** WeChat's own troubles: pushes twice, answers lost on the way, sends whose answer never comes. */
function disturb(simulator: Simulator, followerId: string, random: Random): void {
  const { world } = simulator
  const openid = world.follower('shop', followerId)?.openid
  if (openid === undefined) return
  const push = { target: 'push', account: 'shop', openid } as const
  const send = { target: 'api', account: 'shop', path: '/cgi-bin/message/custom/send', openid } as const
  if (random.chance(0.08)) world.faults.add({ ...push, fault: { kind: 'duplicate', copies: 2, gapMs: 30 } })
  else if (random.chance(0.05)) world.faults.add({ ...push, fault: { kind: 'cut' } })
  if (random.chance(0.03)) world.faults.add({ ...send, fault: { kind: 'cut', when: 'after' } })
  if (random.chance(0.03)) world.faults.add({ ...send, fault: { kind: 'delay', ms: 400 } })
}

function nextAnswer(simulator: Simulator): Promise<number> {
  const fromMs = Date.now()
  return new Promise((resolve) => {
    const unlisten = simulator.world.listen((event) => {
      if (event.type !== 'push') return
      const answered = event.push.attempts.find((attempt) => attempt.startedAtMs >= fromMs && isAnswer(attempt.outcome))
      if (answered === undefined) return
      unlisten()
      resolve(answered.startedAtMs + answered.tookMs - fromMs)
    })
  })
}

/** Whether WeChat was told that the push has arrived. */
export function isAnswered({ record }: Writing): boolean {
  return record.attempts.some(({ outcome }) => isAnswer(outcome))
}

const isAnswer = ({ kind }: PushRecord['attempts'][number]['outcome']) => kind === 'acknowledged' || kind === 'replied'
