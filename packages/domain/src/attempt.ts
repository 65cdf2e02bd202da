import type { DrawnIdKind, HolidayCalendar, NewEvent } from '@duoke/contract'
import type { Acceptance, CommandResult, StoredDecision, TimerChange } from './commands.ts'
import { evolve } from './evolve.ts'
import { layerOver, type OrganizationState } from './organization/state.ts'
import { tellWhomItFrees } from './routing/declines.ts'

/** Everything a decision may know besides the state: the time, ids to use, and a hash. */
export type DecisionContext = {
  readonly atMs: number
  readonly ids: { draw(kind: DrawnIdKind): string }
  /** SHA-256 of a text's UTF-8 bytes, hex. */
  digest(text: string): string
  /** Public holidays; without them no day is one. */
  readonly holidays?: HolidayCalendar
}

/** A decision being made: each event is folded into a layer at once, so that the next step sees what it led to. */
export type Attempt = {
  readonly state: OrganizationState
  readonly context: DecisionContext
  readonly events: NewEvent[]
  readonly records: StoredDecision[]
  readonly timers: TimerChange[]
  /** Agents whose capacity became free on the way: the queue is drained with it in the end. */
  readonly freed: Set<string>
  emit(event: NewEvent): void
}

export function beginAttempt(below: OrganizationState, context: DecisionContext): Attempt {
  const state = layerOver(below)
  const events: NewEvent[] = []
  const freed = new Set<string>()
  return {
    state,
    context,
    events,
    records: [],
    timers: [],
    freed,
    emit(decided) {
      const event = tellWhomItFrees(state, decided)
      if ('countsNoMoreFor' in event.facts) for (const agentId of event.facts.countsNoMoreFor ?? []) freed.add(agentId)
      events.push(event)
      // What is decided now always has its newest meaning; the log writes the declared version.
      evolve(state, { ...event, position: state.position + 1, version: 1, atMs: context.atMs })
    },
  }
}

export function accept(attempt: Attempt, result: CommandResult = {}): Acceptance {
  const { events, records, timers } = attempt
  return { accepted: true, events, records, timers, result }
}
