import type { Follower } from '../model/follower.ts'
import type { Account } from '../model/world.ts'
import type { RawFields } from './actions.ts'

export interface PushContent {
  /** Messages carry a MsgId and may be answered with one article; events carry none and may be answered with eight. */
  kind: 'message' | 'event'
  fields: RawFields
  /** Whether a missing or unreadable answer shows on the phone. */
  isAwaited: boolean
}

export interface PushOrder {
  account: Account
  follower: Follower
  content: PushContent
  createTime: number
}
