import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { wantedBy } from '../organization/load.ts'
import type { AgentState, Line, QueueEntry } from '../organization/state.ts'
import { isRoutedByRule } from './candidates.ts'
import { hasRoomBeside } from './declines.ts'
import { type Keeper, keepersOf, keptFrom } from './kept-room.ts'
import { mayServe } from './may-serve.ts'
import { effectivePriority, stepsOf } from './plan.ts'
import { headOf, waitedMsOf, waitsLonger } from './queue.ts'

export type Next = { readonly line: Line; readonly entry: QueueEntry }
type Ranked = Next & { readonly priority: number }

/** Of those whom one of the agents can serve the highest priority, which waiting raises; of equal ones the longest wait. */
export function nextToServe(attempt: Attempt, agentIds: readonly string[]): Next | undefined {
  const { state } = attempt
  const who = {
    agents: agentIds.flatMap((agentId) => state.agents.get(agentId) ?? []),
    keepers: keepersOf(attempt),
  }
  let found: Ranked | undefined
  for (const line of state.lines.values()) {
    const head = headOf(line)
    if (head === undefined) continue
    const ahead = ranked(attempt, line, head)
    if (found !== undefined && !comesBefore(ahead, found)) continue
    if (!isRoutedByRule(state, line.accountId)) continue
    const entry = firstServed(attempt, line, head, who)
    if (entry === undefined) continue
    const next = entry === head ? ahead : ranked(attempt, line, entry)
    if (found === undefined || comesBefore(next, found)) found = next
  }
  return found
}

/** Everybody in these lines, in the order in which an agent who may serve them all would. */
export function inServingOrder(attempt: Attempt, lines: readonly Line[]): QueueEntry[] {
  return lines
    .flatMap((line) => line.entries.map((entry) => ranked(attempt, line, entry)))
    .sort((left, right) => (comesBefore(left, right) ? -1 : 1))
    .map(({ entry }) => entry)
}

function ranked(attempt: Attempt, line: Line, entry: QueueEntry): Ranked {
  const { state, context } = attempt
  if (state.rules === null) return { line, entry, priority: 0 }
  return { line, entry, priority: effectivePriority(planAt(attempt, entry), context.atMs - entry.sinceMs) }
}

function comesBefore(left: Ranked, right: Ranked): boolean {
  return left.priority > right.priority || (left.priority === right.priority && waitsLonger(left.entry, right.entry))
}

const planAt = ({ state }: Attempt, { conversationId }: QueueEntry): RoutingPlan | undefined =>
  state.conversations.get(conversationId)?.plan

/**
 * Nearly always the head, or nobody: who waited longest can be served by all who could serve another of the line. Further back it
 * looks where the head was passed by all who could serve it, and among those who stand in their line by age and not by their wait.
 */
function firstServed(
  attempt: Attempt,
  { entries }: Line,
  head: QueueEntry,
  { agents, keepers }: { readonly agents: readonly AgentState[]; readonly keepers: readonly Keeper[] },
): QueueEntry | undefined {
  const { state, context } = attempt
  const isByWait = state.conversations.get(head.conversationId)?.lineSinceMs == null
  const plan = planAt(attempt, head)
  const steps = plan === undefined ? [] : stepsOf(plan)
  // Of those between the same two steps of their plans everybody may be served by the same.
  const able = new Map<number, readonly AgentState[]>()
  for (const entry of entries) {
    const conversation = state.conversations.get(entry.conversationId)
    if (conversation === undefined) continue
    const waitedMs = waitedMsOf(conversation, context.atMs)
    const step = steps.filter((step) => step <= waitedMs).length
    const wanted = wantedBy(state, conversation)
    const fit = able.get(step) ?? agents.filter(mayServe(attempt, conversation, wanted))
    able.set(step, fit)
    const isKept = keptFrom(attempt, conversation, plan, keepers)
    const free = fit.filter((agent) => !isKept(agent))
    if (free.length === 0 && isByWait) return undefined
    const { id, passedBy } = conversation
    // What an agent declined may be the one thing for which they still have a place.
    if (free.some((agent) => !passedBy.includes(agent.agentId) && hasRoomBeside(agent, id, wanted))) return entry
  }
  return undefined
}
