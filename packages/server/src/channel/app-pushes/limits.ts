import { pushDelivery } from '@duoke/wechat'

/**
 * What an app can rely on, and what it may not do, as docs/reference/app-pushes.md prints it. The times and the number of
 * tries are WeChat's own (protocol reference, section 2.1).
 */
export const publishedLimits = {
  tryWithinMs: limit(pushDelivery.timeoutSeconds * 1000, 'A try without an answer ends after this.'),
  tries: limit(pushDelivery.attempts, 'Tries of one push in all; the question for a passive reply is the first.'),
  betweenTriesMs: limit(pushDelivery.timeoutSeconds * 1000, 'A try begins this long after the one before it began.'),
  askWithinMs: limit(3_000, "So long after the customer's push no app's answer counts any more as the passive reply."),
  answerBytes: limit(65_536, 'A longer answer is cut off, and is none.'),
  conversationsAtOnce: limit(
    16,
    'Conversations of one attachment that are pushed at the same time; within each, one push after the other.',
  ),
  suspendAfterFailures: limit(
    10,
    'Tries in a row that fail, or are answered by what is no answer, until an app is suspended. One push that fails in all its tries, while the app takes no other, suspends it too.',
  ),
  probeEveryMs: limit(60_000, 'A suspended app is tried again this often, with the oldest push that it missed.'),
  refusedProbes: limit(
    3,
    'A push that an app refuses this often although its address answers is given up, so that the others get through. An app that is down loses nothing.',
  ),
  echoHops: limit(
    3,
    'Messages of apps in a row, without a word of the customer or an agent, that are echoed to other apps.',
  ),
  deliveriesKeptDays: limit(7, 'For how long the delivery log is kept.'),
} as const

type Limits = { readonly [Name in keyof typeof publishedLimits]: (typeof publishedLimits)[Name]['value'] }

export const appPushLimits: Limits = Object.fromEntries(
  Object.entries(publishedLimits).map(([name, { value }]) => [name, value]),
) as Limits // the same names, each with its value

/** The waits that a test shortens. */
export type AppPushTimes = { readonly betweenTriesMs: number; readonly probeEveryMs: number }

function limit(value: number, sentence: string) {
  return { value, sentence }
}
