import { createHash } from 'node:crypto'
import { type DrawnIdKind, events as declarations, type HolidayCalendar, type LoggedEvent } from '@duoke/contract'
import {
  type Acceptance,
  type Command,
  type CommandResult,
  decide,
  evolve,
  type OrganizationState,
  type Refusal,
  type StoredDecision,
  type TimerChange,
  timerKey,
  timersOf,
} from '@duoke/domain'
import type { Statement } from '../database/client.ts'
import { nextHash, personalDigest } from './chain.ts'
import type { Outcome } from './outcome.ts'
import { conversationIdOf } from './rows.ts'

/** A command that waits for the log. */
export type Work = {
  readonly command: Command
  readonly key: string | undefined
  readonly attachment: unknown
  readonly bytes: number
  readonly enteredMs: number
  readonly settle: (outcome: Outcome) => void
  readonly fail: (error: unknown) => void
}

/** An event with the texts that are stored and hashed. */
export type SealedEvent = {
  readonly event: LoggedEvent
  readonly conversationId: string | null
  readonly actor: string
  readonly facts: string
  readonly personal: string | null
  readonly salt: Uint8Array | null
  readonly digest: Uint8Array | null
  readonly hash: Uint8Array
}

/** What one transaction appends, and what the projections need to write beside it. */
export type AppliedBatch = {
  readonly organizationId: string
  readonly atMs: number
  readonly firstPosition: number
  readonly state: OrganizationState
  readonly sealed: readonly SealedEvent[]
  readonly decisions: readonly { readonly record: StoredDecision; readonly position: number }[]
  readonly timers: readonly { readonly change: TimerChange; readonly position: number }[]
  readonly accepted: readonly {
    readonly work: Work
    readonly events: readonly LoggedEvent[]
    readonly result: CommandResult
  }[]
}

/**
 * The statements that write read rows in the log's own transaction. They leave together with COMMIT, in this order, and
 * nobody reads their answers.
 */
export type Projection = (batch: AppliedBatch) => readonly Statement[]

export type BatchTools = {
  readonly drawId: (kind: DrawnIdKind) => string
  readonly randomBytes: (count: number) => Uint8Array
  /** Public holidays, for the hours of teams. */
  readonly holidays?: HolidayCalendar
}

export type SeenCommand = { readonly key: string; readonly position: number; readonly result: string }

type Draft = {
  readonly applied: AppliedBatch
  readonly outcomes: readonly (() => void)[]
  readonly chain: Uint8Array
  readonly seen: readonly SeenCommand[]
}

type Timed = { readonly change: TimerChange; readonly position: number }

/** A command that is carried out, with all that follows from it. */
type Accepted = {
  readonly work: Work
  readonly sealed: readonly SealedEvent[]
  readonly events: readonly LoggedEvent[]
  readonly timers: readonly Timed[]
  readonly records: readonly StoredDecision[]
  readonly result: CommandResult
  readonly position: number
}

/** The command whose decision threw: the batch is tried again without it. */
export class PoisonCommand extends Error {
  readonly work: Work

  constructor(work: Work, cause: unknown) {
    super('a decision threw', { cause })
    this.work = work
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

/**
 * Decides each command in turn on the state that the earlier ones left. Changes `state` in place: when the transaction
 * then fails, the caller throws the state away and reads it anew.
 */
export function decideBatch(
  organizationId: string,
  works: readonly Work[],
  context: {
    readonly state: OrganizationState
    readonly atMs: number
    readonly chain: Uint8Array
    readonly seenBefore: ReadonlyMap<string, { readonly position: number; readonly result: CommandResult }>
    readonly tools: BatchTools
  },
): Draft {
  const { state, atMs } = context
  const known = new Map(context.seenBefore)
  const outcomes: (() => void)[] = []
  const accepted: Accepted[] = []
  const seen: SeenCommand[] = []
  const firstPosition = state.position + 1
  let chain = context.chain

  for (const work of works) {
    const before = work.key === undefined ? undefined : known.get(work.key)
    if (before !== undefined) {
      outcomes.push(() => work.settle({ accepted: true, repeated: true, ...before, events: [] }))
      continue
    }
    const carried = carryOut(work, { ...context, chain })
    if (!carried.accepted) {
      outcomes.push(() => work.settle(carried))
      continue
    }
    const { position, result, events, sealed } = carried
    accepted.push(carried)
    chain = sealed.at(-1)?.hash ?? chain
    if (work.key !== undefined) {
      known.set(work.key, { position, result })
      seen.push({ key: work.key, position, result: JSON.stringify(result) })
    }
    outcomes.push(() => work.settle({ accepted: true, repeated: false, position, result, events }))
  }
  const applied: AppliedBatch = {
    organizationId,
    atMs,
    firstPosition,
    state,
    accepted,
    sealed: accepted.flatMap((one) => one.sealed),
    timers: accepted.flatMap((one) => one.timers),
    decisions: accepted.flatMap(({ records, events, position }) =>
      records.map((record) => ({ record, position: positionNaming(events, record.id) ?? position })),
    ),
  }
  return { applied, outcomes, chain, seen }
}

type Step = {
  readonly state: OrganizationState
  readonly atMs: number
  readonly chain: Uint8Array
  readonly tools: BatchTools
}

/** Whatever throws in here is the command's fault, or a fault of ours that only this command meets. */
function carryOut(work: Work, step: Step): (Accepted & { readonly accepted: true }) | Refusal {
  const { state, atMs, tools } = step
  try {
    const { drawId, holidays } = tools
    const decision = decide(state, work.command, { atMs, ids: { draw: drawId }, digest, holidays })
    if (!decision.accepted) return decision
    const sealed: SealedEvent[] = []
    const timers: Timed[] = []
    if (work.command.type === 'timer.fire') {
      // A timer that was heard is gone, unless what follows sets it anew: no server has to take it away afterwards.
      timers.push({ change: { clear: timerKey(work.command.timer) }, position: state.position })
    }
    for (const event of decision.events) {
      const chain = sealed.at(-1)?.hash ?? step.chain
      const next = seal(event, { position: state.position + 1, atMs, chain, tools })
      evolve(state, next.event)
      sealed.push(next)
      for (const change of timersOf(state, next.event)) timers.push({ change, position: state.position })
    }
    const { position } = state
    for (const change of decision.timers) timers.push({ change, position })
    const { records, result } = decision
    return { accepted: true, work, sealed, events: sealed.map(({ event }) => event), timers, records, result, position }
  } catch (error) {
    throw new PoisonCommand(work, error)
  }
}

function seal(
  event: Acceptance['events'][number],
  at: { position: number; atMs: number; chain: Uint8Array; tools: BatchTools },
): SealedEvent {
  const version = declarations[event.type].version
  const logged = { ...event, position: at.position, version, atMs: at.atMs } as LoggedEvent // a spread loses which of the union's events it is
  const actor = JSON.stringify(event.actor)
  const facts = JSON.stringify(event.facts)
  const personalPart = 'personal' in event ? event.personal : undefined
  const personal = personalPart === undefined ? null : JSON.stringify(personalPart)
  const salt = personal === null ? null : at.tools.randomBytes(16)
  const digestOf = personal === null || salt === null ? null : personalDigest(salt, personal)
  const hash = nextHash(at.chain, {
    position: at.position,
    type: event.type,
    version,
    atMs: at.atMs,
    facts: `${actor}\n${facts}`,
    digest: digestOf,
  })
  return {
    event: logged,
    conversationId: conversationIdOf(event),
    actor,
    facts,
    personal,
    salt,
    digest: digestOf,
    hash,
  }
}

function positionNaming(logged: readonly LoggedEvent[], decisionId: string): number | undefined {
  return logged.find((event) => 'decision' in event.facts && event.facts.decision?.decisionId === decisionId)?.position
}
