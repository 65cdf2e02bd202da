import type { Push } from './push/push.ts'

/** Sizes of `message/custom/send` (protocol reference, sections 5.8 and 3). */
export const customerMessageLimits = {
  /** UTF-8 bytes, by community measurement; above it 45002. */
  textBytes: 2048,
  newsArticles: 1,
  /** Tencent publishes neither number (45098, 45099); these are ours until somebody measures them. */
  menuItems: 10,
  menuItemBytes: 512,
} as const

/** More articles than these are cut by WeChat, not refused (protocol reference, section 3). */
export const replyLimits = { newsArticlesToMessage: 1, newsArticlesToEvent: 8, answerWithinSeconds: 5 } as const

export const typingLimits = { exchangeWithinSeconds: 30, indicatorSeconds: 15 } as const

export const mediaLimits = {
  keptSeconds: 3 * 24 * 3600,
  image: { bytes: 10 * 1024 * 1024, formats: ['png', 'jpeg', 'jpg', 'gif'] },
  voice: { bytes: 2 * 1024 * 1024, seconds: 60, formats: ['amr', 'mp3'] },
  video: { bytes: 10 * 1024 * 1024, formats: ['mp4'] },
  thumb: { bytes: 64 * 1024, formats: ['jpg'] },
} as const

/** Push delivery: how long WeChat waits and how often it pushes in all (protocol reference, section 2.1). */
export const pushDelivery = { timeoutSeconds: 5, attempts: 3 } as const

export const tokenLimits = {
  lifetimeSeconds: 7200,
  overlapSeconds: 300,
  forcedRefreshesPerDay: 20,
  secondsBetweenForcedRefreshes: 30,
} as const

/** What a customer did that allows us to write to them. */
export type QuotaTrigger = 'message' | 'menu-click' | 'follow' | 'scan' | 'payment' | 'enter-session'

export interface SendWindow {
  /** `null` is no limit. */
  readonly count: number | null
  readonly seconds: number
}

export interface SendQuotaRule {
  readonly account: 'official-account' | 'mini-program'
  /** The first day on which it held, in China. */
  readonly since: string
  readonly windows: Readonly<Partial<Record<QuotaTrigger, SendWindow>>>
}

const HOURS_48 = 48 * 3600
const minute = (count: number): SendWindow => ({ count, seconds: 60 })

/** Newest last (protocol reference, sections 5.9 and 9). A correction by WeChat is one more row here. */
export const sendQuotaRules: readonly SendQuotaRule[] = [
  {
    account: 'official-account',
    since: '2013-01-01',
    windows: {
      message: { count: null, seconds: HOURS_48 },
      'menu-click': minute(3),
      follow: minute(3),
      scan: minute(3),
      payment: { count: null, seconds: HOURS_48 },
    },
  },
  {
    account: 'official-account',
    since: '2021-06-01',
    windows: {
      message: { count: 20, seconds: HOURS_48 },
      'menu-click': minute(3),
      follow: minute(3),
      scan: minute(3),
      payment: { count: 20, seconds: HOURS_48 },
    },
  },
  {
    account: 'official-account',
    since: '2023-06-12',
    windows: {
      message: { count: 5, seconds: HOURS_48 },
      'menu-click': minute(3),
      follow: minute(3),
      scan: minute(3),
      payment: { count: null, seconds: HOURS_48 },
    },
  },
  {
    account: 'mini-program',
    since: '2017-01-01',
    windows: { message: { count: 5, seconds: HOURS_48 }, 'enter-session': minute(2) },
  },
]

/** The rule in force on a day written as `2026-01-31`. */
export function sendQuotaRule(day: string, account: SendQuotaRule['account'] = 'official-account'): SendQuotaRule {
  const rules = sendQuotaRules.filter((rule) => rule.account === account)
  const rule = rules.findLast((candidate) => candidate.since <= day) ?? rules[0]
  if (rule === undefined) throw new RangeError(`no quota rule for ${account}`)
  return rule
}

/** Which window a push opens, if any. A click on a `msgmenu` item arrives as a text but counts as a menu click. */
export function quotaTrigger(push: Push): QuotaTrigger | undefined {
  if (push.kind === 'unknown') return push.msgType !== '' && push.msgType !== 'event' ? 'message' : undefined
  if (push.kind === 'text') return push.menuItemId === undefined ? 'message' : 'menu-click'
  if (push.kind !== 'event') return 'message'
  switch (push.event) {
    case 'subscribe':
      return 'follow'
    case 'SCAN':
      return 'scan'
    case 'CLICK':
    case 'scancode_push':
    case 'scancode_waitmsg':
      return 'menu-click'
    case 'user_enter_tempsession':
      return 'enter-session'
    default:
      return undefined
  }
}
