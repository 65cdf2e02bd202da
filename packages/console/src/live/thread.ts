import type { Message, PublicEvent } from '@duoke/contract'
import { applyToThread as applyToMessages } from '@duoke/domain'
import { isWorthTelling } from './arbitration.ts'

export const sessionLineTypes = [
  'session.opened',
  'session.queued',
  'session.assigned',
  'session.idle-warned',
  'session.closed',
  'session.offered',
  'session.offer-ended',
  'session.broadcast',
  'session.broadcast-left',
  'session.broadcast-ended',
  'session.parked',
  'session.resumed',
  'session.joined',
  'session.left',
  'session.whispered',
  'session.hand-raised',
  'session.hand-lowered',
  'session.disposed',
  'message-box.left',
  'message-box.expired',
  'message-box.taken',
  'message-box.resolved',
  'message-box.reopened',
  'conversation.noted',
] as const
/** Whose passive reply counted. */
export const choiceLineTypes = ['reply.arbitrated'] as const
const lineTypes = [...sessionLineTypes, ...choiceLineTypes] as const
export type LineType = (typeof lineTypes)[number]
/** What happened to the session and to apps' answers, told between the messages. */
export type ThreadLine = Extract<PublicEvent, { type: LineType }>

/** One conversation as it is shown: the messages and lines known so far, oldest first. */
export type Thread = {
  readonly messages: readonly Message[]
  readonly lines: readonly ThreadLine[]
  /** Leads to older messages; null when the first one is here. */
  readonly older: string | null
  /** Everything up to here is folded in. */
  readonly cursor: string | undefined
  readonly position: number
}

export function threadOf(newestFirst: readonly Message[], older: string | null, cursor: string | undefined): Thread {
  const messages = newestFirst.toReversed()
  return { messages, lines: [], older, cursor, position: messages.at(-1)?.position ?? 0 }
}

export function withOlder(thread: Thread, newestFirst: readonly Message[], older: string | null): Thread {
  const known = new Set(thread.messages.map(({ id }) => id))
  const added = newestFirst.filter(({ id }) => !known.has(id)).toReversed()
  return { ...thread, messages: [...added, ...thread.messages], older }
}

/** With messages that stand before or behind those that are here, or among them. */
export function joined(thread: Thread, others: readonly Message[]): Thread {
  const known = new Set(thread.messages.map(({ id }) => id))
  const added = others.filter(({ id }) => !known.has(id))
  if (added.length === 0) return thread
  const messages = [...thread.messages, ...added].sort((left, right) => left.position - right.position)
  return { ...thread, messages }
}

/** Folds one event in. Events that the snapshot has already seen change nothing, so the two may overlap. */
export function applyToThread(thread: Thread, event: PublicEvent): Thread {
  const messages = applyToMessages(thread.messages, event)
  const next = isLine(event) ? withLine({ ...thread, messages }, event) : { ...thread, messages }
  return event.position <= thread.position ? next : { ...next, position: event.position, cursor: event.cursor }
}

/** The answer of a send may overtake its event, and a snapshot its own past: the first to come stays. */
export function withMessage(thread: Thread, message: Message): Thread {
  if (thread.messages.some(({ id }) => id === message.id)) return thread
  return { ...thread, messages: inserted(thread.messages, message) }
}

function withLine(thread: Thread, line: ThreadLine): Thread {
  if (thread.lines.some(({ position }) => position === line.position)) return thread
  return { ...thread, lines: inserted(thread.lines, line) }
}

/** Nearly always at the end; never by the clock, only by the order of the log. */
function inserted<T extends { readonly position: number }>(sorted: readonly T[], one: T): readonly T[] {
  const place = sorted.findLastIndex(({ position }) => position <= one.position)
  return place === sorted.length - 1 ? [...sorted, one] : sorted.toSpliced(place + 1, 0, one)
}

/** Events of the session from before the snapshot, which has messages only. */
export function withLines(thread: Thread, events: readonly PublicEvent[]): Thread {
  return events.filter(isLine).reduce(withLine, thread)
}

function isLine(event: PublicEvent): event is ThreadLine {
  // That it was accepted is told by what follows; that it was withdrawn, too.
  const isEnd = event.type === 'session.offer-ended' || event.type.startsWith('session.broadcast-')
  const isTold = isEnd && 'outcome' in event.facts && /^(accepted|withdrawn)$/.test(event.facts.outcome)
  if (isTold) return false
  // That a message was left says so itself.
  if (event.type === 'session.closed' && event.facts.cause === 'message-left') return false
  if (event.type === 'reply.arbitrated') return isWorthTelling(event.facts)
  return lineTypes.some((type) => type === event.type)
}
