import type { Line, OrganizationState, QueueEntry } from '../organization/state.ts'
import { lineMarkOf } from '../routing/plan.ts'
import { waitsLonger } from '../routing/queue.ts'
import type { ConversationState } from './state.ts'

type Left = Pick<ConversationState, 'left'>

/** Neither taken nor resolved: the customer's words are gathered in it. Nobody holds the conversation meanwhile. */
export const isOpenLeft = ({ left }: Left): boolean => left !== undefined && left.resolvedAtMs === undefined

/** A rule gives it when somebody has room; otherwise somebody has to take it. */
export function isGivenByRule({ left }: Left): boolean {
  if (left === undefined || left.resolvedAtMs !== undefined || left.isExpired === true) return false
  return left.plan.messageBox?.atOpening === 'queue'
}

/** Whether decisions do without it until it is asked for: nobody holds it, and no rule gives it. */
export const mayBeForgotten = (conversation: ConversationState): boolean =>
  conversation.holder.kind === 'nobody' && !isGivenByRule(conversation)

export const lastWindowEndMs = ({ windows }: Pick<ConversationState, 'windows'>): number =>
  Math.max(0, ...windows.map(({ expiresAtMs }) => expiresAtMs))

function placeIn({ entries }: Line, entry: QueueEntry): number {
  const place = entries.findIndex((other) => !waitsLonger(other, entry))
  return place < 0 ? entries.length : place
}

const entryOf = (id: string, { sinceMs, position }: NonNullable<ConversationState['left']>): QueueEntry => ({
  conversationId: id,
  sinceMs,
  position,
})

/** Whoever can be given one of a line can be given each of it. */
const lineOf = (accountId: string, { plan }: NonNullable<ConversationState['left']>): string =>
  `${accountId}\n${lineMarkOf(plan)}`

export function enterLeftLine(state: OrganizationState, conversation: ConversationState): void {
  const { id, accountId, left } = conversation
  if (left === undefined || !isGivenByRule(conversation)) return
  const key = lineOf(accountId, left)
  const entry = entryOf(id, left)
  const line = state.leftLines.edit(key)
  if (line === undefined) state.leftLines.set(key, { teamId: left.plan.teamId, accountId, entries: [entry] })
  else line.entries.splice(placeIn(line, entry), 0, entry)
}

/** An empty line is dropped: the state stays canonical. */
export function leaveLeftLine(state: OrganizationState, conversation: ConversationState): void {
  const { id, accountId, left } = conversation
  if (left === undefined || !isGivenByRule(conversation)) return
  const key = lineOf(accountId, left)
  const line = state.leftLines.edit(key)
  if (line === undefined) return
  line.entries = line.entries.filter(({ conversationId }) => conversationId !== id)
  if (line.entries.length === 0) state.leftLines.delete(key)
}
