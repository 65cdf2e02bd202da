import type { ChatEntry } from '../model/chat.ts'
import type { Follower } from '../model/follower.ts'
import type { PushRecord } from '../model/journal.ts'
import type { Account, World } from '../model/world.ts'
import { toSeconds } from '../ports.ts'
import type { ActionRefusal, FollowerAction } from './actions.ts'
import { type ActionEffect, perform } from './perform.ts'
import { Pusher, type RetryContract, type Verified } from './pusher.ts'

export type Acted =
  | { kind: 'acted'; entries: ChatEntry[]; pushes: PushRecord[]; done: Promise<PushRecord[]> }
  | { kind: 'refused'; reason: ActionRefusal }

/** Followers act; the account's server hears of it; what it answers appears on the phone. */
export class Followers {
  readonly #world: World
  readonly #pusher: Pusher
  /** Where `PicUrl` points; known once the server listens. */
  origin = ''

  constructor(world: World, contract: RetryContract) {
    this.#world = world
    this.#pusher = new Pusher(world, contract, {
      reply({ follower, content }, shows) {
        const canHear = follower.followingSinceMs !== null
        if (!canHear || content.fields['Event'] === 'unsubscribe') return
        for (const shown of shows) world.append(follower, { from: 'account', content: shown, via: 'passive' })
      },
      failure({ follower, content }) {
        if (content.isAwaited && follower.followingSinceMs !== null) world.notice(follower, { code: 'service-failed' })
      },
    })
  }

  act(account: Account, follower: Follower, action: FollowerAction): Acted {
    const performed = perform({ world: this.#world, account, follower, origin: this.origin }, action)
    if (performed.kind === 'refused') return performed
    return this.#carryOut(account, follower, performed.effect)
  }

  verify(account: Account): Promise<Verified> {
    return this.#pusher.verify(account)
  }

  idle(): Promise<void> {
    return this.#pusher.idle()
  }

  close(): Promise<void> {
    return this.#pusher.close()
  }

  #carryOut(account: Account, follower: Follower, effect: ActionEffect): Acted {
    const world = this.#world
    const createTime = toSeconds(world.ports.clock.nowMs())
    if (effect.opens) world.openQuota(follower, effect.opens)
    else world.changed(follower)
    const entries = effect.notices.map((notice) => world.notice(follower, notice))
    const pushed = effect.pushes.map((content) => this.#pusher.push({ account, follower, content, createTime }))
    const msgId = pushed.find(({ record }) => record.msgId !== null)?.record.msgId
    for (const content of effect.shows) {
      entries.push(world.append(follower, { from: 'follower', content, ...(msgId ? { msgId } : {}) }))
    }
    const done = Promise.all(pushed.map((push) => push.done))
    return { kind: 'acted', entries, pushes: pushed.map(({ record }) => record), done }
  }
}
