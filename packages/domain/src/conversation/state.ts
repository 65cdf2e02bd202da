import type { Facts, Holder, QuotaTrigger, RoutingPlan } from '@duoke/contract'

/** What a session takes of an agent's capacity, and the kinds of customers that are weighed or limited whom it is with. */
export type SessionLoad = { readonly weight: number; readonly kinds: readonly string[] }

export type WindowState = {
  trigger: QuotaTrigger
  openedAtMs: number
  expiresAtMs: number
  limit: number
  used: number
  /** Log position of the message that opened it: tells this window from an earlier one of the same trigger. */
  position: number
  /** How many of those used by whom, as `by` of a use; left out while nobody. */
  usedBy?: Readonly<Record<string, number>>
  /** An answer that may have taken from it found no place in the count: another one's place may be gone. */
  isContested?: boolean
}

/** An answer that WeChat has counted or may count: on its way, or settled a moment ago. */
export type QuotaUse = {
  reserved: QuotaTrigger | null
  /** WeChat got it between these moments; `untilMs` is null while it is on its way. */
  sinceMs: number
  untilMs: number | null
  /** Who sends it: `agent`, `app`, or `rule:` and the rule; left out of one that began before this was kept. */
  by?: string
  /** Positions of the windows that it is counted in, the reserved one first. */
  windows: number[]
  /** It was counted in that one and nowhere else. */
  isSure?: boolean
}

/** Who is being asked for the passive reply, in the order in which the message named them. */
export type AskedMessage = {
  apps: string[]
  /** A message, and no press of a menu: it wants somebody to serve it. */
  isMessage: boolean
  atMs: number
}

/** One agent asked. The decision and the stint's id are those of the stint that begins if the agent accepts. */
export type OfferState = {
  agentId: string
  stintId: string
  expiresAtMs: number
  decision: Facts<'session.offered'>['decision']
  /** Position of the event. */
  position: number
}

/** Several agents asked at once; the first to accept has it. */
export type BroadcastState = {
  /** Who is asked now, in the order in which they were. */
  agentIds: string[]
  /** Who handed it over; left out where nobody did. */
  giver?: string
  expiresAtMs: number
  decisionId: string
  /** Position of the event. */
  position: number
}

/** Set aside by the agent who holds it. */
export type ParkingState = {
  sinceMs: number
  untilMs: number | null
  /** Position of the event. */
  position: number
}

/** How the last session that is over ended. */
export type CloseState = {
  sessionId: string
  /** The agent who held it. */
  agentId: string | null
  atMs: number
  cause: Facts<'session.closed'>['cause']
  /** Left out where the next message begins a new matter. */
  reopenableUntilMs?: number
  /** Left out while nothing is said about it. */
  disposition?: string | null
  /** While the agent is in wrap-up for it. */
  wrapUpUntilMs?: number
}

/** Left by the customer while nobody served. */
export type LeftState = {
  /** The session that became it. */
  sessionId: string
  cause: Facts<'message-box.left'>['cause']
  sinceMs: number
  /** Position of the event. */
  position: number
  /** By which it is given when somebody has room. */
  plan: RoutingPlan
  /** The customer knows; left out until then. */
  isTold?: true
  /** WeChat lets nobody answer; left out while somebody may. */
  isExpired?: true
  /** Kept so that it can be taken back; left out while it is open. */
  resolvedAtMs?: number
}

/** How a supervisor is beside the holder: looking on unseen, looking on with the agent's knowledge, or writing too. */
export type Companionship = 'unseen' | 'shown' | 'joined'

/** The place in the queue that the customer was last told, and how many times the allowance was spent for it. */
export type ToldState = { place: number; atMs: number; updates: number }

export type HandState = { agentId: string; sinceMs: number; reason?: string }

/** All that decisions need of one conversation; plain JSON, stored beside its row. */
export type ConversationState = {
  id: string
  customerId: string
  accountId: string
  holder: Holder
  /** The open session, null when nobody holds the conversation. */
  sessionId: string | null
  lastSessionId: string | null
  following: boolean
  /** The newest time, by WeChat's clock, at which the customer left, and at which the customer was there. */
  unfollowedAtMs: number | null
  presentAtMs: number | null
  windows: WindowState[]
  /** Answers whose outcome is not known yet, by message id. */
  pending: Record<string, QuotaUse>
  /** Answers settled a moment ago: an act that WeChat knew of before us may turn out to be older than they. */
  recentUses: QuotaUse[]
  startedAtMs: number
  lastCustomerAtMs: number | null
  lastAgentAtMs: number | null
  /** Newest message of either side, or the moment the present holder began: idleness counts from here. */
  lastActivityAtMs: number
  idleWarnedAtMs: number | null
  /** Positions of the customer's messages that the holder has not seen, the newest hundred. */
  unreadPositions: number[]
  /** Messages whose passive reply is not chosen yet, by message id. */
  asked: Record<string, AskedMessage>
  decisionId: string | null
  /** Who is asked to take it, while the queue holds it. */
  offer: OfferState | null
  /** Left out while it is not offered to several at once. */
  broadcast?: BroadcastState
  /** How often the open session was offered around; 0 before its first offer. */
  offerRound: number
  /** Agents who declined or did not answer in this round. */
  passedBy: string[]
  /** What the session takes of who holds it, or will take of whom the queue gives it to; left out of a plain one. */
  takes?: SessionLoad
  /** What the rule asks for the open session; left out where no rules are published. */
  plan?: RoutingPlan
  /** Left out while the customer of the open session was told no place. */
  told?: ToldState
  /** The agent who held it last; left out before the first. */
  lastAgentId?: string
  /** What the organization knows the customer by, in order; left out while there is nothing. */
  tags?: string[]
  /** The agent whose customer this is; left out while nobody's. */
  ownerId?: string
  /** Left out while the customer is not blocked. */
  blocked?: { sinceMs: number; untilMs: number | null }
  /** Left out while there is none that is open or was resolved. */
  left?: LeftState
  /** Left out before the first close. */
  lastClose?: CloseState
  parked: ParkingState | null
  /** Supervisors beside the holder, by agent; left out while there are none. */
  beside?: Record<string, Companionship>
  /** The holder asks for a supervisor; left out while not. */
  hand?: HandState
  /** When the session that is or was open last began. */
  sessionSinceMs: number | null
  /** The place in the line is as if the waiting had begun then; null: as it did. */
  lineSinceMs: number | null
  waitingSinceMs: number | null
  /** Position of the event that made the holder hold it: the order among equal times. */
  holderPosition: number
  /** Position of the newest event of this conversation. */
  lastPosition: number
}

export const unreadLimit = 100
export const tagsOf = ({ tags = [] }: Pick<ConversationState, 'tags'>): readonly string[] => tags

const copyUse = (use: QuotaUse): QuotaUse => ({ ...use, windows: use.windows.slice() })

function copyPending(pending: ConversationState['pending']): ConversationState['pending'] {
  const copy: ConversationState['pending'] = {}
  for (const messageId in pending) {
    const use = pending[messageId]
    if (use !== undefined) copy[messageId] = copyUse(use)
  }
  return copy
}

export function copyConversation(conversation: ConversationState): ConversationState {
  const { broadcast } = conversation
  return {
    ...conversation,
    windows: conversation.windows.map((window) => ({ ...window })),
    pending: copyPending(conversation.pending),
    recentUses: conversation.recentUses.map(copyUse),
    unreadPositions: conversation.unreadPositions.slice(),
    asked: { ...conversation.asked },
    passedBy: conversation.passedBy.slice(),
    ...(broadcast !== undefined && { broadcast: { ...broadcast, agentIds: broadcast.agentIds.slice() } }),
  }
}
