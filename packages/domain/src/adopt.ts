import type { OrganizationSettings } from '@duoke/contract'
import { enterLeftLine, leaveLeftLine, mayBeForgotten } from './conversation/left.ts'
import { type ConversationState, copyConversation } from './conversation/state.ts'
import { DomainInvariantError } from './invariant.ts'
import { completeAccount, completeSettings } from './organization/evolve.ts'
import { setLoad } from './organization/load.ts'
import {
  type AccountState,
  type AgentState,
  type AppState,
  addressKey,
  type OrganizationState,
  type QuickReplyState,
  type RulesState,
  setAddress,
  type TeamState,
} from './organization/state.ts'
import { enterLine, leaveLine } from './routing/queue.ts'

/** The stored parts of an organization, without its conversations. */
export type StoredOrganization = {
  readonly position: number
  readonly ruleVersion: number
  readonly settings: OrganizationSettings | null
  readonly rules?: RulesState | null
  readonly accounts: readonly AccountState[]
  readonly teams: readonly TeamState[]
  readonly agents: readonly AgentState[]
  readonly apps: readonly AppState[]
  readonly quickReplies: readonly QuickReplyState[]
}

/** What rows of an earlier version do not have. */
const addedLater = {
  asked: {},
  recentUses: [],
  unfollowedAtMs: null,
  presentAtMs: null,
  offer: null,
  offerRound: 0,
  passedBy: [],
  parked: null,
  sessionSinceMs: null,
  lineSinceMs: null,
} satisfies Partial<ConversationState>

/** Fills an empty state from stored rows; every conversation that somebody holds must be adopted after it. */
export function adoptOrganization(state: OrganizationState, stored: StoredOrganization): void {
  state.position = stored.position
  state.ruleVersion = stored.ruleVersion
  state.settings = stored.settings === null ? null : completeSettings(stored.settings)
  state.rules = stored.rules ?? null
  for (const account of stored.accounts) {
    const settings = completeAccount(account.settings)
    state.accounts.set(settings.accountId, { ...account, settings })
  }
  for (const team of stored.teams) state.teams.set(team.teamId, { ...team })
  for (const agent of stored.agents)
    state.agents.set(agent.agentId, {
      ...agent,
      held: agent.held.slice(),
      offered: agent.offered.slice(),
      broadcasts: agent.broadcasts.slice(),
      parked: agent.parked.slice(),
      wrapUps: agent.wrapUps.slice(),
      ...(agent.declined !== undefined && { declined: agent.declined.slice() }),
    })
  for (const app of stored.apps) state.apps.set(app.appId, { ...app, suspended: { ...app.suspended } })
  for (const reply of stored.quickReplies) state.quickReplies.set(reply.quickReplyId, reply)
}

/**
 * Brings a stored conversation into memory; loads are the caller's to restore. The row may be newer than the state: the events it has seen already are
 * skipped when they are folded. A conversation that is in memory already and as new stays.
 */
export function adoptConversation(state: OrganizationState, stored: ConversationState, openid: string | null): void {
  const known = state.conversations.get(stored.id)
  if (known !== undefined && known.lastPosition >= stored.lastPosition) return
  if (known !== undefined) {
    leaveLine(state, known)
    leaveLeftLine(state, known)
  }
  const conversation = copyConversation({ ...addedLater, ...stored })
  state.conversations.set(stored.id, conversation)
  if (openid !== null) setAddress(state, addressKey(stored.accountId, openid), stored.id)
  enterLine(state, conversation)
  enterLeftLine(state, conversation)
}

/** Fills every agent's load from who holds what and who is asked, oldest first: for a server that stores no loads. */
export function restoreLoads(state: OrganizationState): void {
  for (const agent of state.agents.values()) {
    Object.assign(agent, { held: [], offered: [], broadcasts: [], parked: [] })
    delete agent.loads
  }
  const since = ({ offer, broadcast, parked, holderPosition }: ConversationState) =>
    offer?.position ?? broadcast?.position ?? parked?.position ?? holderPosition
  const inOrder = [...state.conversations.values()].sort((left, right) => since(left) - since(right))
  for (const { id, holder, offer, broadcast, parked, takes } of inOrder) {
    for (const asked of broadcast?.agentIds ?? []) {
      const one = state.agents.edit(asked)
      one?.broadcasts.push(id)
      if (one !== undefined) setLoad(one, id, takes)
    }
    const agentId = holder.kind === 'agent' ? holder.agentId : offer?.agentId
    const agent = agentId === undefined ? undefined : state.agents.edit(agentId)
    if (agent === undefined) continue
    setLoad(agent, id, takes)
    if (offer !== null) agent.offered.push(id)
    else if (parked === null) agent.held.push(id)
    else agent.parked.push(id)
  }
}

/** Lets go of a conversation that decisions can do without; its row brings it back. */
export function forgetConversation(state: OrganizationState, conversationId: string): void {
  const conversation = state.conversations.get(conversationId)
  if (conversation === undefined) return
  if (!mayBeForgotten(conversation)) throw new DomainInvariantError(`${conversationId} is held, or given by a rule`)
  state.conversations.delete(conversationId)
  const key = state.addressOf.get(conversationId)
  if (key === undefined) return
  state.addressOf.delete(conversationId)
  if (state.byAddress.get(key) === conversationId) state.byAddress.delete(key)
}
