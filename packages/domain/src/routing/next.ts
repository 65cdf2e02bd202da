import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Line, QueueEntry } from '../organization/state.ts'
import { exclusionOf, isRoutedByRule, servingTeams } from './candidates.ts'
import { effectivePriority, stepsOf } from './plan.ts'
import { headOf, waitedMsOf, waitsLonger } from './queue.ts'
import { barOf, exclusionBy } from './survey.ts'

export type Next = { readonly line: Line; readonly entry: QueueEntry }
type Ranked = Next & { readonly priority: number }

/** Of those whom one of the agents can serve the highest priority, which waiting raises; of equal ones the longest wait. */
export function nextToServe(attempt: Attempt, agentIds: readonly string[]): Next | undefined {
  const { state } = attempt
  let found: Ranked | undefined
  for (const line of state.lines.values()) {
    const head = headOf(line)
    if (head === undefined) continue
    const ahead = ranked(attempt, line, head)
    if (found !== undefined && !comesBefore(ahead, found)) continue
    if (!isRoutedByRule(state, line.accountId)) continue
    const entry = firstServed(attempt, line, head, agentIds)
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
  line: Line,
  head: QueueEntry,
  agentIds: readonly string[],
): QueueEntry | undefined {
  const isByWait = attempt.state.conversations.get(head.conversationId)?.lineSinceMs == null
  const plan = planAt(attempt, head)
  const steps = plan === undefined ? [] : stepsOf(plan)
  // Of those between the same two steps of their plans everybody may be served by the same.
  const free = new Map<number, readonly string[]>()
  for (const entry of line.entries) {
    const conversation = attempt.state.conversations.get(entry.conversationId)
    if (conversation === undefined) continue
    const waitedMs = waitedMsOf(conversation, attempt.context.atMs)
    const step = steps.filter((step) => step <= waitedMs).length
    const able = free.get(step) ?? freeFor(attempt, line, conversation, agentIds)
    free.set(step, able)
    if (able.length === 0 && isByWait) return undefined
    const { passedBy } = conversation
    if (able.some((agentId) => !passedBy.includes(agentId))) return entry
  }
  return undefined
}

function freeFor(
  attempt: Attempt,
  line: Line,
  conversation: ConversationState,
  agentIds: readonly string[],
): readonly string[] {
  const { state, context } = attempt
  const { plan } = conversation
  // The place in the line may be by age; whom it may be given to is by its waiting.
  const bar = plan === undefined ? null : barOf(attempt, plan, line.accountId, waitedMsOf(conversation, context.atMs))
  const teams = bar === null ? servingTeams(state, line.teamId, line.accountId) : []
  return agentIds.filter((agentId) => {
    const agent = state.agents.get(agentId)
    if (agent === undefined) return false
    return (bar === null ? exclusionOf(agent, teams) : exclusionBy(agent, bar)) === null
  })
}
