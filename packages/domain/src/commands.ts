import type {
  AccountSettings,
  Actor,
  AgentStatus,
  AppSettings,
  ArbitratedAnswer,
  ConfigurationChange,
  Content,
  DecisionRecord,
  ErrorCode,
  Facts,
  HandOver,
  Holder,
  NewEvent,
  OrganizationSettings,
  OutgoingContent,
  QuickReplyContent,
  QuickReplyOwner,
  Rule,
  RulesDocument,
  SendOptions,
} from '@duoke/contract'
import type { MessageBoxCommand } from './conversation/message-box-commands.ts'
import type { NoteCommand } from './conversation/note-commands.ts'
import type { SupervisionCommand } from './conversation/supervision-commands.ts'
import type { AccountReport, AppFinding } from './organization/reports.ts'
import type { AgentConfiguration, TeamState } from './organization/state.ts'

export type { AccountReport, AppFinding } from './organization/reports.ts'

/** A configuration document with defaults filled in and secrets replaced by their digest. A missing list is left as it is. */
export type ResolvedConfiguration = {
  readonly organization: OrganizationSettings
  readonly accounts?: readonly AccountSettings[]
  readonly teams?: readonly TeamState[]
  readonly agents?: readonly AgentConfiguration[]
  readonly apps?: readonly AppSettings[]
  readonly rules?: RulesDocument
}

/** `queue` is whoever serves the account. */
export type TransferTarget =
  | { readonly agentId: string }
  | { readonly teamId: string }
  | { readonly appId: string }
  | { readonly queue: true }

export type CustomerAct = 'message' | 'follow' | 'unfollow' | 'scan' | 'menu' | 'enter' | 'other'
export type StatusCause = Facts<'agent.status-changed'>['cause']
export type DeliveryOutcome = Facts<'delivery.settled'>['outcome']

export type AskedAnswer = { readonly appId: string } & (
  | {
      readonly outcome: 'reply'
      readonly content: Content
      /** The provider's ids of the files in it, by ours. */
      readonly media?: Readonly<Record<string, string>>
    }
  /** `transfer_customer_service`, with or without an agent's name. */
  | { readonly outcome: 'transfer'; readonly toAgentId?: string }
  | { readonly outcome: 'silent' }
  | { readonly outcome: 'failed' | 'late'; readonly reason?: string }
)

export type Timer =
  | { readonly kind: 'idle'; readonly conversationId: string }
  | { readonly kind: 'presence'; readonly agentId: string }
  /** A capacity for a while ends. */
  | { readonly kind: 'capacity'; readonly agentId: string }
  | { readonly kind: 'offer'; readonly conversationId: string }
  | { readonly kind: 'snooze'; readonly conversationId: string }
  | { readonly kind: 'block'; readonly conversationId: string }
  /** WeChat lets nobody answer a message left any more. */
  | { readonly kind: 'message-left'; readonly conversationId: string }
  /** WeChat lets nobody answer any more. */
  | { readonly kind: 'window'; readonly conversationId: string }
  | {
      readonly kind: 'wrap-up'
      readonly conversationId: string
      readonly sessionId: string
      readonly agentId: string
    }
  | { readonly kind: 'arbitrate'; readonly conversationId: string; readonly messageId: string }
  /** What is asked for who waits changes: a skill is relaxed, a team overflows, the limit of waiting is reached. */
  | { readonly kind: 'waiting'; readonly conversationId: string }
  /** Who waits may be told again how it stands. */
  | { readonly kind: 'waiting-update'; readonly conversationId: string }
  /** A team opens or closes. */
  | { readonly kind: 'hours' }
  | { readonly kind: 'rules'; readonly rulesVersion: number }
  | { readonly kind: 'override'; readonly overrideId: number }

export type Command =
  | {
      readonly type: 'configuration.apply'
      readonly actor: Actor
      readonly document: ResolvedConfiguration
      readonly prune: boolean
      readonly dryRun: boolean
    }
  | {
      readonly type: 'agent.set-status'
      readonly actor: Actor
      readonly agentId: string
      readonly status: AgentStatus
      readonly cause: StatusCause
      readonly ttlMs?: number
      readonly reason?: string | undefined
    }
  | {
      readonly type: 'agent.set-capacity'
      readonly actor: Actor
      readonly agentId: string
      /** Null: the configured one again. */
      readonly capacity: number | null
      readonly ttlMs?: number
      readonly reason?: string
    }
  | {
      /** How an agent signs in has changed; the secret itself is no part of the log. */
      readonly type: 'agent.secure'
      readonly actor: Actor
      readonly agentId: string
      readonly change: Facts<'agent.secured'>['change']
    }
  | {
      readonly type: 'agent.change'
      readonly actor: Actor
      readonly agentId: string
      /** Left-out fields stay; with `create` an unknown agent is added and all but `nickname` has a default. */
      readonly fields: Partial<Omit<AgentConfiguration, 'agentId'>>
      readonly create?: boolean
    }
  | {
      readonly type: 'customer.act'
      readonly accountId: string
      readonly openid: string
      readonly act: CustomerAct
      readonly kind: string
      readonly content: Content
      readonly raw?: string
      readonly sentAtMs: number
      readonly mediaIds?: readonly string[]
    }
  | {
      readonly type: 'customer.change'
      readonly actor: Actor
      readonly conversationId: string
      readonly profile: Record<string, unknown>
    }
  | {
      readonly type: 'customer.tag'
      readonly actor: Actor
      readonly conversationId: string
      readonly add?: readonly string[]
      readonly remove?: readonly string[]
    }
  | {
      readonly type: 'customer.block'
      readonly actor: Actor
      readonly conversationId: string
      /** Epoch milliseconds; left out: until somebody takes it back. */
      readonly untilMs?: number
      readonly reason?: string
    }
  | { readonly type: 'customer.unblock'; readonly actor: Actor; readonly conversationId: string }
  | {
      readonly type: 'customer.set-owner'
      readonly actor: Actor
      readonly conversationId: string
      /** Null: nobody. */
      readonly agentId: string | null
    }
  | {
      readonly type: 'message.submit'
      readonly actor: Actor
      readonly conversationId: string
      readonly content: OutgoingContent
      readonly clientId?: string
      readonly quickReplyId?: string
      readonly mediaIds?: readonly string[]
      /** The actor may write while somebody else, or nobody, holds the conversation. */
      readonly anyScope?: boolean
      /** The agent in whose name an app writes. */
      readonly inNameOf?: string
      readonly options?: SendOptions
    }
  | {
      readonly type: 'message.recall'
      readonly actor: Actor
      readonly conversationId: string
      readonly messageId: string
    }
  | {
      readonly type: 'delivery.settle'
      readonly conversationId: string
      readonly messageId: string
      readonly outcome: DeliveryOutcome
      readonly code?: number
      readonly reason?: string
    }
  | {
      readonly type: 'conversation.read'
      readonly actor: Actor
      readonly conversationId: string
      readonly upTo: number
    }
  | {
      /** What the apps that a message asked have answered; whose reply counts is decided under the lock. */
      readonly type: 'reply.arbitrate'
      readonly conversationId: string
      readonly messageId: string
      /** What the customer said, for Duoke's own notice. */
      readonly content: Content
      readonly answers: readonly AskedAnswer[]
    }
  | {
      /** An answer that came after the choice. */
      readonly type: 'reply.late'
      readonly conversationId: string
      readonly messageId: string
      readonly appId: string
      readonly content: Content
    }
  | { readonly type: 'session.accept'; readonly actor: Actor; readonly conversationId: string }
  | {
      readonly type: 'session.decline'
      readonly actor: Actor
      readonly conversationId: string
      readonly reason?: string
    }
  | {
      readonly type: 'session.transfer'
      readonly actor: Actor
      readonly conversationId: string
      readonly to: TransferTarget
      readonly handOver?: HandOver
      readonly reason?: string
    }
  | {
      readonly type: 'session.park'
      readonly actor: Actor
      readonly conversationId: string
      /** Epoch milliseconds; left out: until the customer writes. */
      readonly untilMs?: number
      readonly handOver?: HandOver
      readonly reason?: string
    }
  | { readonly type: 'session.resume'; readonly actor: Actor; readonly conversationId: string }
  | {
      /** Back to routing; the session goes on. */
      readonly type: 'session.release'
      readonly actor: Actor
      readonly conversationId: string
      readonly handOver?: HandOver
    }
  | {
      readonly type: 'session.close'
      readonly actor: Actor
      readonly conversationId: string
      readonly handOver?: HandOver
      /** Only while this agent holds it. */
      readonly heldBy?: string
      readonly reason?: string
      readonly disposition?: { readonly code: string; readonly note?: string }
    }
  | {
      /** Says what a closed session was about. */
      readonly type: 'session.dispose'
      readonly actor: Actor
      readonly conversationId: string
      readonly sessionId: string
      readonly disposition: { readonly code: string | null; readonly note?: string }
    }
  | {
      /** Gives the conversation to this agent, with a session of its own if none is open. */
      readonly type: 'session.open'
      readonly actor: Actor
      readonly conversationId: string
      readonly agentId: string
      readonly handOver?: HandOver
    }
  | { readonly type: 'session.reopen'; readonly actor: Actor; readonly conversationId: string }
  | MessageBoxCommand
  | SupervisionCommand
  | NoteCommand
  | {
      readonly type: 'rules.publish'
      readonly actor: Actor
      readonly document: RulesDocument
      readonly reason: string
      /** Epoch milliseconds; null or past: at once. */
      readonly effectiveAtMs: number | null
      readonly reverts?: number
      /** The version that the author has seen: another newest one is refused. */
      readonly basedOn?: number
      readonly dryRun?: boolean
    }
  | {
      /** All of them or, when one is refused, none. */
      readonly type: 'quick-replies.add'
      readonly actor: Actor
      readonly owner: QuickReplyOwner
      readonly replies: readonly QuickReplyContent[]
      /** The actor may keep what teams and the organization share. */
      readonly mayShare: boolean
    }
  | {
      readonly type: 'quick-reply.change'
      readonly actor: Actor
      readonly quickReplyId: string
      readonly reply: QuickReplyContent
      readonly mayShare: boolean
    }
  | {
      readonly type: 'quick-reply.remove'
      readonly actor: Actor
      readonly quickReplyId: string
      readonly mayShare: boolean
    }
  | { readonly type: 'rules.approve'; readonly actor: Actor; readonly rulesVersion: number }
  | { readonly type: 'rules.reject'; readonly actor: Actor; readonly rulesVersion: number; readonly reason: string }
  | {
      readonly type: 'rules.override'
      readonly actor: Actor
      readonly when: string
      readonly then: Rule['then']
      readonly reason: string
      readonly expiresAtMs: number
    }
  | { readonly type: 'rules.end-override'; readonly actor: Actor }
  | { readonly type: 'timer.fire'; readonly timer: Timer }
  | { readonly type: 'account.report'; readonly accountId: string; readonly report: AccountReport }
  | { readonly type: 'app.configure'; readonly actor: Actor; readonly app: AppSettings }
  | { readonly type: 'app.remove'; readonly actor: Actor; readonly appId: string }
  | {
      readonly type: 'app.report'
      readonly actor: Actor
      readonly appId: string
      readonly accountId: string
      readonly finding: AppFinding
    }

export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>

/** What became of an answer that was not the passive reply. */
export type Late =
  | { readonly became: 'queued-as-message'; readonly messageId: string }
  | { readonly became: 'dropped'; readonly reason: string }

/** What a command answers besides its events; small enough to be kept for a retry. */
export type CommandResult = {
  conversationId?: string
  sessionId?: string
  messageId?: string
  /** What to answer WeChat with at once; already in the log. */
  passiveReply?: { messageId: string; content: Content; media?: Readonly<Record<string, string>> }
  /** Apps to be asked before the passive reply is chosen; that choice is a command of its own. */
  asks?: string[]
  arbitration?: { winner: Facts<'reply.arbitrated'>['winner']; answers: ArbitratedAnswer[] }
  late?: Late
  changes?: ConfigurationChange[]
  rulesVersion?: number
  overrideId?: number
  quickReplyIds?: string[]
}

/** A decision record as decided; the log adds the position of the event that names it. */
export type StoredDecision = Omit<DecisionRecord, 'position'>

/** A timer row to write or to take away, in the transaction of the events. `set` replaces one of the same key. */
export type TimerChange =
  | { readonly set: string; readonly dueMs: number; readonly command: CommandOf<'timer.fire'> }
  | { readonly clear: string }

export type Acceptance = {
  readonly accepted: true
  readonly events: NewEvent[]
  readonly records: StoredDecision[]
  /** Changes beyond what `timersOf` derives from each event: a timer that fired too early is set again here. */
  readonly timers: TimerChange[]
  readonly result: CommandResult
}
export type Refusal = {
  readonly accepted: false
  readonly code: ErrorCode
  readonly detail?: string
  readonly holder?: Holder
}
export type Decision = Acceptance | Refusal

export function refuse(code: ErrorCode, detail?: string, holder?: Holder): Refusal {
  return {
    accepted: false,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(holder === undefined ? {} : { holder }),
  }
}
