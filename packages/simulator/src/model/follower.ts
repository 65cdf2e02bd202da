import { createHash } from 'node:crypto'
import type { QuotaWindow } from './quota.ts'

export const SUBSCRIBE_SCENES = ['ADD_SCENE_SEARCH', 'ADD_SCENE_QR_CODE', 'ADD_SCENE_PROFILE_CARD'] as const
export type SubscribeScene = (typeof SUBSCRIBE_SCENES)[number]

/** One person in one account; the same person in another account is another openid, as at WeChat. */
export interface Follower {
  id: string
  accountId: string
  openid: string
  name: string
  /** Null: not following now. */
  followingSinceMs: number | null
  subscribeScene: SubscribeScene
  lastScene: string
  remark: string
  /** Tags of the account, and those of WeChat's own. */
  tagIds: number[]
  /** It writes into the void, and nothing can be sent to it (43019). */
  isBlacklisted: boolean
  quota: QuotaWindow[]
  /** Last message in either direction: `typing` asks for it. */
  lastExchangeMs: number | null
  typingUntilMs: number | null
}

/**
 * 28 characters beginning with `o`. Derived, not drawn: a simulator that is started again gives its example followers
 * the openids that the developer's server has already stored.
 */
export function deriveOpenid(originalId: string, followerId: string): string {
  return `o${createHash('sha256').update(`${originalId}\n${followerId}`).digest('base64url').slice(0, 27)}`
}

export function isOpenid(text: string): boolean {
  return /^o[A-Za-z0-9_-]{27}$/.test(text)
}
