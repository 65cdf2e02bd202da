import type { ManualClock } from '../clock.ts'
import type { Follower } from '../model/follower.ts'
import type { Account, World } from '../model/world.ts'
import type { Followers } from '../push/acting.ts'
import type { VoiceCodec } from '../voice/voice-codec.ts'

export interface ControlContext {
  world: World
  followers: Followers
  voices: VoiceCodec
  /** Null when time is real. */
  manualClock: ManualClock | null
}

/** Fastify turns it into the answer by its statusCode. */
export class ControlError extends Error {
  readonly statusCode: number
  readonly code: string

  constructor(statusCode: number, code: string, message: string) {
    super(message)
    this.name = 'ControlError'
    this.statusCode = statusCode
    this.code = code
  }
}

export interface AccountParams {
  account: string
}

export interface FollowerParams extends AccountParams {
  follower: string
}

export function accountOf(world: World, { account: id }: AccountParams): Account {
  const account = world.account(id)
  if (!account) throw new ControlError(404, 'no-such-account', `There is no account "${id}".`)
  return account
}

export function followerOf(world: World, { account, follower: id }: FollowerParams): Follower {
  const follower = world.follower(account, id)
  if (!follower) throw new ControlError(404, 'no-such-follower', `There is no follower "${id}" of "${account}".`)
  return follower
}
