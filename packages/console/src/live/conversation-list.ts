import type { Conversation } from '@duoke/contract'

export type Conversations = ReadonlyMap<string, Conversation>
/** `left`: messages that were left while nobody served (留言), and are open. */
export type Tab = 'waiting' | 'mine' | 'all' | 'left'

/** The newest state of each conversation wins, in whatever order answers and frames arrive. */
export function mergeConversations(known: Conversations, news: readonly Conversation[]): Conversations {
  const newer = news.filter((conversation) => conversation.position >= (known.get(conversation.id)?.position ?? -1))
  if (newer.length === 0) return known
  const merged = new Map(known)
  for (const conversation of newer) merged.set(conversation.id, conversation)
  return merged
}

/** Held by this agent: what `mine` means everywhere in the console. */
export function isMine(conversation: Conversation, agentId: string | undefined): boolean {
  return agentId !== undefined && conversation.status === 'open' && conversation.assignee === agentId
}

/** A message is left there that nobody has taken or resolved. */
export const isLeftOpen = ({ messageLeft }: Conversation): boolean =>
  messageLeft !== undefined && messageLeft.resolvedAt === undefined

export function belongsTo(tab: Tab, conversation: Conversation, agentId: string | undefined): boolean {
  switch (tab) {
    case 'waiting':
      return conversation.status === 'waiting'
    case 'mine':
      return isMine(conversation, agentId)
    case 'all':
      return true
    case 'left':
      return isLeftOpen(conversation)
    default:
      return tab satisfies never
  }
}

export function rowsOf(conversations: Conversations, tab: Tab, agentId: string | undefined): Conversation[] {
  const rows = [...conversations.values()].filter((conversation) => belongsTo(tab, conversation, agentId))
  return rows.sort(tab === 'waiting' ? byWaiting : tab === 'left' ? byLeaving : byActivity)
}

/** Who has waited longest comes first: the order in which they are served. */
function byWaiting(left: Conversation, right: Conversation): number {
  return text(left.waitingSince ?? '', right.waitingSince ?? '') || left.position - right.position
}

/** The oldest first, and behind them those that WeChat lets nobody answer for now. */
function byLeaving(
  { messageLeft: left, position }: Conversation,
  { messageLeft: right, ...other }: Conversation,
): number {
  const isLater = Number(left?.expired ?? false) - Number(right?.expired ?? false)
  return isLater || text(left?.since ?? '', right?.since ?? '') || position - other.position
}

function byActivity(left: Conversation, right: Conversation): number {
  return text(right.lastMessage?.at ?? '', left.lastMessage?.at ?? '') || right.position - left.position
}

/** Instants are all in UTC with milliseconds, so their text sorts as they do. */
function text(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

export type Counts = {
  readonly waiting: number
  readonly mine: number
  readonly open: number
  readonly left: number
  readonly unread: number
}

export function countsOf(conversations: Conversations, agentId: string | undefined): Counts {
  let waiting = 0
  let mine = 0
  let open = 0
  let left = 0
  let unread = 0
  for (const conversation of conversations.values()) {
    if (isLeftOpen(conversation)) left += 1
    if (conversation.status === 'closed') continue
    open += 1
    if (conversation.status === 'waiting') waiting += 1
    if (!isMine(conversation, agentId)) continue
    mine += 1
    unread += conversation.unread
  }
  return { waiting, mine, open, left, unread }
}

/** Asked of this agent, alone or beside others. */
export function isOfferedTo(conversation: Conversation, agentId: string | undefined): boolean {
  const { offer } = conversation
  return agentId !== undefined && (offer?.agentId === agentId || isBroadcastTo(conversation, agentId))
}

/** Asked of this agent and of others at once: the first to accept has it. */
export function isBroadcastTo({ broadcast }: Conversation, agentId: string | undefined): boolean {
  return agentId !== undefined && broadcast?.agentIds.includes(agentId) === true
}

/** When whoever is asked is asked no more; undefined while nobody is. */
export const askedUntil = ({ offer, broadcast }: Conversation): string | undefined =>
  offer?.expiresAt ?? broadcast?.expiresAt

/** What this agent is asked to take, longest wait first. */
export function offersTo(conversations: Conversations, agentId: string | undefined): Conversation[] {
  return rowsOf(conversations, 'waiting', undefined).filter((conversation) => isOfferedTo(conversation, agentId))
}

/** Whom to take next: who is offered to this agent, else who has waited longest and is not being offered to somebody. */
export function nextToAccept(conversations: Conversations, agentId: string | undefined): Conversation | undefined {
  const waiting = rowsOf(conversations, 'waiting', undefined)
  return offersTo(conversations, agentId)[0] ?? waiting.find((one) => askedUntil(one) === undefined)
}

/** The row below or above, for the keyboard; from nowhere it is the first one. */
export function neighbourOf(
  rows: readonly Conversation[],
  id: string | undefined,
  step: 1 | -1,
): Conversation | undefined {
  const place = rows.findIndex((row) => row.id === id)
  if (place < 0) return rows[0]
  return rows[Math.min(rows.length - 1, Math.max(0, place + step))]
}
