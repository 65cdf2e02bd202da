import type { AccountSettings } from '../model/account.ts'
import type { Follower } from '../model/follower.ts'
import { openWindows, remainingIn } from '../model/quota.ts'
import type { World } from '../model/world.ts'

/** What the control API and the phones see. Secrets go in and never come out. */

export type AccountView = Omit<AccountSettings, 'appSecret' | 'token' | 'encodingAesKey'>

export interface FollowerView {
  id: string
  account: string
  openid: string
  name: string
  isFollowing: boolean
  typingUntilMs: number | null
  quota: { trigger: string; remaining: number | 'unlimited'; closesAtMs: number }[]
}

export function accountView(settings: AccountSettings): AccountView {
  const { appSecret: _secret, token: _token, encodingAesKey: _key, ...open } = settings
  return open
}

export function followerView(world: World, follower: Follower): FollowerView {
  const { id, accountId, openid, name, followingSinceMs, typingUntilMs } = follower
  const nowMs = world.ports.clock.nowMs()
  return {
    id,
    account: accountId,
    openid,
    name,
    isFollowing: followingSinceMs !== null,
    typingUntilMs: typingUntilMs !== null && typingUntilMs > nowMs ? typingUntilMs : null,
    quota: openWindows(follower.quota, nowMs).map((window) => ({
      trigger: window.trigger,
      remaining: remainingIn(window),
      closesAtMs: window.closesAtMs,
    })),
  }
}
