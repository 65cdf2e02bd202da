import type { Message } from '@duoke/contract'
import type { Outgoing } from '../live/outbox.ts'
import type { Thread, ThreadLine } from '../live/thread.ts'

/** One row of the virtual list. */
export type ThreadItem =
  | { readonly kind: 'time'; readonly key: string; readonly atMs: number }
  | { readonly kind: 'session'; readonly key: string }
  | { readonly kind: 'line'; readonly key: string; readonly line: ThreadLine }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly grouped: boolean }
  | { readonly kind: 'outgoing'; readonly key: string; readonly outgoing: Outgoing }

/** As in WeChat: the time is told again after five minutes of silence. */
const silenceMs = 5 * 60_000

/** @param isIsland what comes behind its last message is not here */
export function itemsOf(thread: Thread, outgoing: readonly Outgoing[], isIsland = false): ThreadItem[] {
  const items: ThreadItem[] = []
  const opened = new Set(thread.lines.flatMap((line) => (line.type === 'session.opened' ? [line.facts.sessionId] : [])))
  let shownAtMs = Number.NEGATIVE_INFINITY
  let previous: Message | undefined
  const tellTime = (atMs: number, key: string) => {
    if (atMs - shownAtMs < silenceMs) return
    items.push({ kind: 'time', key: `t${key}`, atMs })
    previous = undefined
    shownAtMs = atMs
  }
  for (const entry of inOrder(thread, isIsland)) {
    const atMs = Date.parse(entry.at)
    tellTime(atMs, String(entry.position))
    if (isMessage(entry)) {
      const { sessionId } = entry
      if (previous !== undefined && sessionId !== null && sessionId !== previous.sessionId && !opened.has(sessionId)) {
        items.push({ kind: 'session', key: `s${entry.position}` })
      }
      items.push({ kind: 'message', key: entry.id, message: entry, grouped: continues(previous, entry) })
      previous = entry
      shownAtMs = atMs
    } else {
      items.push({ kind: 'line', key: `l${entry.position}`, line: entry })
    }
  }
  for (const one of outgoing) {
    tellTime(one.atMs, one.clientId)
    items.push({ kind: 'outgoing', key: one.clientId, outgoing: one })
  }
  return items
}

function inOrder({ messages, lines }: Thread, isIsland: boolean): (Message | ThreadLine)[] {
  // Before the first message that is loaded, and behind the last of an island, lines would hang in the air.
  const from = messages[0]?.position ?? 0
  const to = isIsland ? (messages.at(-1)?.position ?? 0) : Number.POSITIVE_INFINITY
  const near = lines.filter(({ position }) => (position >= from && position <= to) || messages.length === 0)
  return [...messages, ...near].sort((left, right) => left.position - right.position)
}

function isMessage(entry: Message | ThreadLine): entry is Message {
  return 'direction' in entry
}

/** Said by the same one right after: no second avatar. */
function continues(previous: Message | undefined, message: Message): boolean {
  return (
    previous !== undefined &&
    previous.direction === message.direction &&
    previous.sessionId === message.sessionId &&
    previous.content?.type !== 'action' &&
    JSON.stringify(previous.sender) === JSON.stringify(message.sender)
  )
}
