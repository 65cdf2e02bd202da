import type { ConversationState } from '../conversation/state.ts'
import type { Line, OrganizationState, QueueEntry } from '../organization/state.ts'
import { lineMarkOf } from './plan.ts'

/**
 * Those of one line are asked for in its order, and whoever can serve one of them can serve each who has waited longer. So they ask for
 * the same and take the same, and who came back from being parked, and stands there by age, has a line apart.
 */
function lineKey(teamId: string | null, { accountId, plan, lineSinceMs, takes }: ConversationState): string {
  const key =
    plan === undefined ? `${accountId}\n${teamId ?? ''}` : `${accountId}\n${teamId ?? ''}\n${lineMarkOf(plan)}`
  const weighed = takes === undefined ? key : `${key}\n${takes.weight} ${takes.kinds.join(' ')}`
  return lineSinceMs === null ? weighed : `${weighed}\nahead`
}

/** First come first: by the time at which the waiting began, then by position in the log. */
export function waitsLonger(left: QueueEntry, right: QueueEntry): boolean {
  return left.sinceMs < right.sinceMs || (left.sinceMs === right.sinceMs && left.position < right.position)
}

function placeOf(entries: readonly QueueEntry[], entry: QueueEntry): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = entries[middle]
    if (other !== undefined && waitsLonger(other, entry)) low = middle + 1
    else high = middle
  }
  return low
}

function entryOf(conversation: ConversationState): QueueEntry | null {
  const { id, holder, waitingSinceMs, lineSinceMs, holderPosition, offer, broadcast } = conversation
  if (holder.kind !== 'queue' || waitingSinceMs === null || offer !== null || broadcast !== undefined) return null
  return { conversationId: id, sinceMs: lineSinceMs ?? waitingSinceMs, position: holderPosition }
}

/** Puts a conversation whose holder is the queue into its line, unless somebody is asked to take it already. */
export function enterLine(state: OrganizationState, conversation: ConversationState): void {
  if (conversation.broadcast !== undefined) state.broadcasts.set(conversation.id, conversation.id)
  const entry = entryOf(conversation)
  if (conversation.holder.kind !== 'queue' || entry === null) return
  const { teamId } = conversation.holder
  const { accountId } = conversation
  const key = lineKey(teamId, conversation)
  const line = state.lines.edit(key)
  if (line === undefined) {
    state.lines.set(key, { teamId, accountId, entries: [entry] })
    return
  }
  line.entries.splice(placeOf(line.entries, entry), 0, entry)
}

/** Takes a conversation whose holder is the queue out of its line. An empty line is dropped: the state stays canonical. */
export function leaveLine(state: OrganizationState, conversation: ConversationState): void {
  if (state.broadcasts.has(conversation.id)) state.broadcasts.delete(conversation.id)
  const entry = entryOf(conversation)
  if (conversation.holder.kind !== 'queue' || entry === null) return
  const key = lineKey(conversation.holder.teamId, conversation)
  const line = state.lines.edit(key)
  if (line === undefined) return
  const place = placeOf(line.entries, entry)
  if (line.entries[place]?.conversationId !== entry.conversationId) return
  line.entries.splice(place, 1)
  if (line.entries.length === 0) state.lines.delete(key)
}

/** Everyone who waits, longest first: for lists and tests, not for the hot road. */
export function waitingInOrder(state: OrganizationState): QueueEntry[] {
  const all: QueueEntry[] = []
  for (const line of state.lines.values()) all.push(...line.entries)
  return all.sort((left, right) => (waitsLonger(left, right) ? -1 : 1))
}

/** For how long the customer has waited, in milliseconds; 0 of who does not. */
export function waitedMsOf({ holder, waitingSinceMs }: ConversationState, atMs: number): number {
  return holder.kind === 'queue' && waitingSinceMs !== null ? Math.max(0, atMs - waitingSinceMs) : 0
}

export function headOf(line: Line): QueueEntry | undefined {
  return line.entries[0]
}
