import {
  type AccountSettings,
  type Actor,
  type AgentStatus,
  type AppSettings,
  type Hours,
  implicitRules,
  type OrganizationSettings,
  type QuickReplyOwner,
  type Role,
  type Rule,
  type RulesDocument,
  type Skills,
  type TeamSettings,
} from '@duoke/contract'
import { type ConversationState, copyConversation, type SessionLoad } from '../conversation/state.ts'
import { BaseTable, LayerTable, type Table } from './table.ts'

export type AgentConfiguration = {
  agentId: string
  nickname: string
  role: Role
  teams: string[]
  capacity: number
  disabled: boolean
  /** Left out while the agent has none. */
  skills?: Skills
  /** When the agent is to work; left out while nothing is planned. */
  shifts?: Hours
}

/** A session that is closed, about which its agent may still say something. */
export type WrapUp = {
  conversationId: string
  sessionId: string
  sinceMs: number
  untilMs: number
  takesCapacity: boolean
  /** Left out of a plain one. */
  takes?: SessionLoad
}

/** All that decisions need of one agent; plain JSON, stored beside its row. */
export type AgentState = AgentConfiguration & {
  status: AgentStatus
  /** A status set with a time to live ends here. */
  statusUntilMs: number | null
  /** Since when it is that status; left out before its first change. */
  statusSinceMs?: number
  /** Why away; left out without a reason. */
  statusReason?: string
  /** It counts in place of the configured one; left out while there is none. */
  temporaryCapacity?: { capacity: number; untilMs: number | null }
  /** The last moment at which a session was given to or left the agent (or one that counts as taken), or the agent came online. */
  idleSince: string
  /** Position of the last event that gave the agent a session, or one that counts as taken; left out before the first. */
  givenAt?: number
  /** Conversations this agent holds, oldest hold first. */
  held: string[]
  /** Conversations that this agent is asked to take, oldest offer first. */
  offered: string[]
  /** Conversations that are offered to this agent and to others at once, the oldest asking first. */
  broadcasts: string[]
  /** Conversations this agent holds without their counting as load, oldest parking first. */
  parked: string[]
  /** By conversation, what those that are held, offered or parked take; those that take 1 are left out, and so are none. */
  loads?: Readonly<Record<string, SessionLoad>>
  /** Sessions that the agent declined and that count as if taken, the oldest first; left out while there are none. */
  declined?: ({ readonly conversationId: string } & SessionLoad)[]
  /** Sessions that this agent wraps up, the oldest close first. */
  wrapUps: WrapUp[]
}

export type AccountState = {
  settings: AccountSettings
  silent: boolean
  degraded: { code: number; reason: string; sinceMs: number } | null
}

export type TeamState = TeamSettings
export type Suspension = { reason: string; failures: number; sinceMs: number }
export type AppState = AppSettings & {
  /** By account: where the app failed so often that it is left alone for a while. */
  suspended: Record<string, Suspension>
}

export type QueueEntry = { conversationId: string; sinceMs: number; position: number }
/** Those of one account who wait for the same agents: for one team, or for whoever serves the account. First come first. */
export type Line = { teamId: string | null; accountId: string; entries: QueueEntry[] }

export type RulesVersion = { rulesVersion: number; document: RulesDocument; effectiveAtMs: number }
/** Published rules: the version in effect, those that will be, and the number of the newest. */
export type RulesState = {
  current: RulesVersion | null
  scheduled: RulesVersion[]
  newest: number
  /** The version that another administrator has to approve; a later one takes its place. */
  awaiting?: RulesVersion & { by: Actor }
  /** How often the rules were overridden, and by what they are now. */
  overrides?: number
  override?: RulesOverrideState
}
export type RulesOverrideState = { overrideId: number; rule: Rule; reason: string; expiresAtMs: number }

/** What a quick reply says is in its row alone. */
export type QuickReplyState = { readonly quickReplyId: string; readonly owner: QuickReplyOwner }

/** What decisions of one organization rest on: a fold of its log, changed in place by `evolve` alone. */
export type OrganizationState = {
  /** Position of the last event folded. */
  position: number
  /** How many configuration changes that routing depends on were made so far. */
  ruleVersion: number
  settings: OrganizationSettings | null
  /** Null while no rules are published. */
  rules: RulesState | null
  accounts: Table<AccountState>
  teams: Table<TeamState>
  agents: Table<AgentState>
  apps: Table<AppState>
  quickReplies: Table<QuickReplyState>
  /** Every conversation that somebody holds, and of the others those that were adopted. */
  conversations: Table<ConversationState>
  /** Conversation ids by `addressKey`. */
  byAddress: Table<string>
  /** The same the other way round, to let go of a conversation. */
  addressOf: Table<string>
  /** The queue, by `lineKey`. */
  lines: Table<Line>
  /** Conversations that are offered to several at once: they stand in no line meanwhile. */
  broadcasts: Table<string>
  /**
   * When agents were last given who waited, by `servedKey`, oldest first: what an estimate of waiting rests on, and nothing else. A
   * server that starts reads it from the end of the log, so it is not part of what servers agree on.
   */
  served: Table<readonly number[]>
  /** Messages left that a rule gives when somebody has room, by account and plan. */
  leftLines: Table<Line>
}

export function emptyOrganization(): OrganizationState {
  return {
    position: 0,
    ruleVersion: 0,
    settings: null,
    rules: null,
    accounts: new BaseTable(),
    teams: new BaseTable(),
    agents: new BaseTable(),
    apps: new BaseTable(),
    quickReplies: new BaseTable(),
    conversations: new BaseTable(),
    byAddress: new BaseTable(),
    addressOf: new BaseTable(),
    lines: new BaseTable(),
    broadcasts: new BaseTable(),
    served: new BaseTable(),
    leftLines: new BaseTable(),
  }
}

const same = <V>(value: V): V => value
const copyAgent = (agent: AgentState): AgentState => ({
  ...agent,
  held: agent.held.slice(),
  offered: agent.offered.slice(),
  broadcasts: agent.broadcasts.slice(),
  parked: agent.parked.slice(),
  wrapUps: agent.wrapUps.slice(),
  ...(agent.declined !== undefined && { declined: agent.declined.slice() }),
})
const copyLine = (line: Line): Line => ({ ...line, entries: line.entries.slice() })

/** A state that can be evolved without changing the one below; what it does not touch it shares. */
export function layerOver(state: OrganizationState): OrganizationState {
  return {
    position: state.position,
    ruleVersion: state.ruleVersion,
    settings: state.settings,
    rules: state.rules,
    accounts: new LayerTable(state.accounts, (account) => ({ ...account })),
    teams: new LayerTable(state.teams, (team) => ({ ...team })),
    agents: new LayerTable(state.agents, copyAgent),
    apps: new LayerTable(state.apps, (app) => ({ ...app, suspended: { ...app.suspended } })),
    quickReplies: new LayerTable(state.quickReplies, same),
    conversations: new LayerTable(state.conversations, copyConversation),
    byAddress: new LayerTable(state.byAddress, same),
    addressOf: new LayerTable(state.addressOf, same),
    lines: new LayerTable(state.lines, copyLine),
    broadcasts: new LayerTable(state.broadcasts, same),
    served: new LayerTable(state.served, same),
    leftLines: new LayerTable(state.leftLines, copyLine),
  }
}

/** One customer's address: an openid belongs to one account. */
export function addressKey(accountId: string, openid: string): string {
  return `${accountId}\n${openid}`
}

export function setAddress(state: OrganizationState, key: string, conversationId: string): void {
  state.byAddress.set(key, conversationId)
  state.addressOf.set(conversationId, key)
}

/** The newest published version, in effect or not yet; what holds without any where there is none. */
export function newestRules({ rules }: Pick<OrganizationState, 'rules'>): RulesDocument {
  return (rules?.awaiting ?? rules?.scheduled.at(-1) ?? rules?.current)?.document ?? implicitRules
}
