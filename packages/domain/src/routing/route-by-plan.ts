import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Field } from './candidates.ts'
import { waitedMsOf } from './queue.ts'
import type { RoutedMatter } from './record.ts'
import { planBy, type Ruling } from './rules.ts'
import { barOf, surveyByPlan } from './survey.ts'

export type PlannedField = { readonly field: Field; readonly byPlan: NonNullable<RoutedMatter['byPlan']> }

/** The plan by which a session is routed; undefined where no rules are published. */
export function planOf(
  { state }: Attempt,
  conversation: ConversationState,
  request: { readonly cause: string; readonly teamId: string | null; readonly plan?: RoutingPlan },
): RoutingPlan | undefined {
  if (request.plan !== undefined) return request.plan
  const current = state.rules?.current
  if (current == null || request.cause !== 'transfer' || request.teamId === null) return conversation.plan
  const then = { team: request.teamId, priority: conversation.plan?.priority ?? 0 }
  return planBy(current, { id: 'transfer', then }, {})
}

export function surveyFor(
  attempt: Attempt,
  conversation: ConversationState,
  plan: RoutingPlan,
  by: { readonly giver: string | null; readonly passedBy: readonly string[]; readonly ruling?: Ruling | undefined },
): PlannedField {
  const waitedMs = waitedMsOf(conversation, attempt.context.atMs)
  const bar = barOf(attempt, plan, conversation.accountId, waitedMs)
  const field = surveyByPlan(attempt.state, plan, bar, by)
  return { field, byPlan: { plan, now: bar.now, waitedMs, ...(by.ruling !== undefined && { ruling: by.ruling }) } }
}
