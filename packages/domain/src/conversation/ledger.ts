import { type Actor, type LoggedEvent, type QuotaTrigger, quotaWindows } from '@duoke/contract'
import { msOf } from '../instant.ts'
import type { ConversationState, QuotaUse, WindowState } from './state.ts'

/*
 * The ledger of allowances, kept so that it never allows what WeChat refuses. We learn of what the customer did after
 * WeChat has, and WeChat learns of an answer after we decided it: of what crosses, nobody can tell here which window it
 * took from. An answer is therefore counted in every window that it may have taken from, and stands in each until it
 * provably took nothing.
 */

/** The last moment of a window is no use: what leaves in it arrives behind it. */
export const arrivalMs = 1_000
/** How long a send whose outcome nobody knows may still be under way. */
const stillUnderWayMs = 10_000
/** Later than this after WeChat's own time no push opens a window any more: WeChat tries for fifteen seconds (protocol reference, section 2.1). */
const rememberedMs = 120_000
/** Together the windows hold no more. */
const mostRemembered = 14

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>

const triggerOrder: readonly QuotaTrigger[] = ['message', 'menu', 'follow', 'scan', 'enter']

/** The order in which WeChat takes from windows. */
export function endsBefore(left: WindowState, right: WindowState): number {
  return (
    left.expiresAtMs - right.expiresAtMs || triggerOrder.indexOf(left.trigger) - triggerOrder.indexOf(right.trigger)
  )
}

const isFull = ({ used, limit }: WindowState): boolean => used >= limit

function count(window: WindowState, use: QuotaUse): void {
  window.used++
  use.windows.push(window.position)
  note(window, use, 1)
}

/** Who used it; of what began before that was kept nothing is known. */
function note(window: WindowState, { by }: QuotaUse, count: 1 | -1): void {
  if (by === undefined) return
  const { [by]: before = 0, ...others } = window.usedBy ?? {}
  delete window.usedBy
  const usedBy = before + count > 0 ? { ...others, [by]: before + count } : others
  if (Object.keys(usedBy).length > 0) window.usedBy = usedBy
}

/** WeChat's times are whole seconds: of two in the same one nobody knows which was first. */
const clockStepMs = 1_000

/** Counts the answer where WeChat may have taken it from, had it come at that moment, when `opened` did, or later. */
function countFrom(conversation: ConversationState, use: QuotaUse, fromMs: number, opened?: WindowState): void {
  for (const window of conversation.windows.toSorted(endsBefore)) {
    if (use.untilMs !== null && use.untilMs < window.openedAtMs) continue
    const isCounted = use.windows.includes(window.position)
    if (!isCounted && isFull(window)) {
      window.isContested = true
      continue
    }
    if (!isCounted) count(window, use)
    // It had room and was there all the time: WeChat looked no further.
    const wasThere = window === opened || window.openedAtMs + clockStepMs <= fromMs
    if (wasThere && window.isContested !== true) return
  }
}

function usesOf(conversation: ConversationState): QuotaUse[] {
  return [
    ...conversation.recentUses,
    ...Object.values(conversation.pending).filter(({ reserved }) => reserved !== null),
  ]
}

/** Windows end, and what is still under way may take from the next one. */
export function passTime(conversation: ConversationState, atMs: number): void {
  const over = conversation.windows.filter(({ expiresAtMs }) => expiresAtMs <= atMs).sort(endsBefore)
  if (over.length === 0) return
  for (const ended of over) {
    conversation.windows = conversation.windows.filter((window) => window !== ended)
    for (const use of Object.values(conversation.pending)) {
      if (use.windows.includes(ended.position)) countFrom(conversation, use, ended.expiresAtMs)
    }
  }
}

/**
 * Opens the window that WeChat opens, or sets it back to its maximum. From its time on WeChat may have taken from another
 * window than we thought, even when this one is older than what we know, or over: a newer push may have overtaken it.
 */
export function openWindow(
  conversation: ConversationState,
  event: Of<'message.received'>,
  trigger: QuotaTrigger,
): void {
  passTime(conversation, event.atMs)
  const { limit, lastsMs } = quotaWindows[trigger]
  const openedAtMs = openingOf(event)
  const expiresAtMs = openedAtMs + lastsMs
  const former = conversation.windows.find((window) => window.trigger === trigger)
  const isOlder = former !== undefined && former.expiresAtMs > expiresAtMs
  const opened = { trigger, openedAtMs, expiresAtMs, limit, used: 0, position: event.position }
  const isNews = !isOlder && expiresAtMs > event.atMs
  if (isNews) conversation.windows = [...conversation.windows.filter((window) => window !== former), opened]
  for (const use of usesOf(conversation)) {
    if (use.untilMs !== null && use.untilMs < openedAtMs) continue
    delete use.isSure
    // A place that it would need later goes over to the window that stands there now.
    const hadPlace = former !== undefined && use.windows.includes(former.position)
    if (isNews && hadPlace && !isFull(opened)) count(opened, use)
    countFrom(conversation, use, openedAtMs, opened)
  }
  conversation.recentUses = conversation.recentUses.filter(({ untilMs }) => (untilMs ?? 0) > event.atMs - rememberedMs)
}

/** Counted from WeChat's own time: a push that came late has used part of the window up. */
export function openingOf({ facts, atMs }: Pick<Of<'message.received'>, 'facts' | 'atMs'>): number {
  return Math.min(msOf(facts.sentAt), atMs)
}

/**
 * Takes an answer's place in the window of that trigger. A window that may end while the answer is under way is no
 * sure place: the answer then has one in each that comes after it, too, until a last one outlives it.
 */
export function reserve(conversation: ConversationState, { facts, atMs, actor }: Of<'message.submitted'>): void {
  passTime(conversation, atMs)
  const use: QuotaUse = { reserved: facts.reserved, sinceMs: atMs, untilMs: null, by: spenderOf(actor), windows: [] }
  conversation.pending[facts.messageId] = use
  if (facts.reserved === null) return
  for (const window of placesFor(conversation, facts.reserved, msOf(facts.expiresAt))) count(window, use)
}

const spenderOf = (actor: Actor): string => (actor.kind === 'rule' ? `rule:${actor.rule}` : actor.kind)

/** The windows that an answer needs a place in, first the reserved one, when it may take until then to be sent. */
export function placesFor(
  conversation: ConversationState,
  reserved: QuotaTrigger,
  expiresAtMs: number,
): readonly WindowState[] {
  const first = conversation.windows.find(({ trigger }) => trigger === reserved)
  if (first === undefined) return []
  const places = [first]
  for (const window of conversation.windows.toSorted(endsBefore)) {
    const [last = first] = places.slice(-1)
    if (last.expiresAtMs - arrivalMs >= expiresAtMs && last.isContested !== true) break
    if (endsBefore(last, window) < 0 && !isFull(window)) places.push(window)
  }
  return places
}

const windowClosed = 45015
const allowanceUsed = 45047

/** What WeChat took, or may have taken, is counted by WeChat too. */
export function isUnused(outcome: Of<'delivery.settled'>['facts']['outcome']): boolean {
  return outcome === 'refused' || outcome === 'expired' || outcome === 'not-sent'
}

/** What became of an answer: counted for good wherever WeChat may have counted it, or nowhere. */
export function settle(conversation: ConversationState, { facts, atMs }: Of<'delivery.settled'>): void {
  passTime(conversation, atMs)
  const use = conversation.pending[facts.messageId]
  if (use === undefined) return
  delete conversation.pending[facts.messageId]
  if (isUnused(facts.outcome)) giveBack(conversation, use, use.windows)
  else if (use.reserved !== null) remember(conversation, use, { outcome: facts.outcome, atMs })
  if (facts.code === windowClosed || facts.code === allowanceUsed) heed(conversation, facts.code, use.sinceMs)
}

function remember(
  conversation: ConversationState,
  use: QuotaUse,
  { outcome, atMs }: { outcome: Of<'delivery.settled'>['facts']['outcome']; atMs: number },
): void {
  const settled: QuotaUse = { ...use, untilMs: outcome === 'accepted' ? atMs : atMs + stillUnderWayMs }
  const first = placeOf(conversation, use)
  if (first !== undefined && first.isContested !== true && outcome === 'accepted') {
    // While the reserved window was there, WeChat took from no later one.
    const isLater = (window: WindowState) => use.windows.includes(window.position) && endsBefore(first, window) < 0
    const later = conversation.windows.filter(isLater).map(({ position }) => position)
    settled.windows = use.windows.filter((position) => !later.includes(position))
    settled.isSure = settled.windows.length === 1
    giveBack(conversation, use, later)
  }
  conversation.recentUses.push(settled)
  if (conversation.recentUses.length > mostRemembered) conversation.recentUses.shift()
}

const placeOf = ({ windows }: ConversationState, use: QuotaUse): WindowState | undefined =>
  windows.find(({ position }) => position === use.windows[0])

/** Where a full window gets a place back, whoever may have taken from it uncounted takes that place. */
function giveBack(conversation: ConversationState, given: QuotaUse, positions: readonly number[]): void {
  for (const window of conversation.windows) {
    if (!positions.includes(window.position)) continue
    const wasFull = isFull(window)
    window.used--
    note(window, given, -1)
    if (!wasFull) continue
    for (const use of usesOf(conversation)) {
      const place = placeOf(conversation, use)
      const isSettled = place !== undefined && place.isContested !== true && endsBefore(place, window) <= 0
      const tookElsewhere = use.isSure === true || isSettled
      const wasEarlier = use.untilMs !== null && use.untilMs < window.openedAtMs
      if (!tookElsewhere && !wasEarlier && !isFull(window) && !use.windows.includes(window.position)) count(window, use)
    }
  }
}

/** WeChat counts otherwise than we do, whatever the reason: it is right, until the customer acts again. */
function heed(
  conversation: ConversationState,
  code: typeof windowClosed | typeof allowanceUsed,
  sinceMs: number,
): void {
  const known = conversation.windows.filter(({ openedAtMs }) => openedAtMs <= sinceMs)
  if (code === windowClosed) conversation.windows = conversation.windows.filter((window) => !known.includes(window))
  else for (const window of known) window.used = window.limit
}
