import type { RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Wanted } from '../organization/load.ts'
import type { OrganizationState } from '../organization/state.ts'
import type { Field, PassingOver } from './candidates.ts'
import { waitedMsOf } from './queue.ts'
import type { RoutedMatter } from './record.ts'
import { planBy, type Ruling, unpublished } from './rules.ts'
import { barOf, surveyByPlan } from './survey.ts'

export type PlannedField = { readonly field: Field; readonly byPlan: NonNullable<RoutedMatter['byPlan']> }

type PlanRequest = { readonly cause: string; readonly teamId: string | null; readonly plan?: RoutingPlan }

/** The plan by which a session is routed, or will be where people route it now; undefined where no rules are published. */
export function planOf(
  { state }: Attempt,
  conversation: ConversationState,
  request: PlanRequest,
): RoutingPlan | undefined {
  const plan = request.plan ?? askedAnew(state, conversation, request) ?? conversation.plan
  // A team that is gone is asked for no more, not even when another one takes its name.
  return plan === undefined || plan.teamId === null || state.teams.has(plan.teamId) ? plan : { ...plan, teamId: null }
}

/** By a transfer to a team. An app may have named an agent without any rules: who waited for that agent waits for the team now. */
function askedAnew(
  { rules }: OrganizationState,
  { plan }: ConversationState,
  { cause, teamId }: PlanRequest,
): RoutingPlan | undefined {
  const current = rules?.current ?? (plan === undefined ? null : unpublished)
  if (current === null || cause !== 'transfer' || teamId === null) return undefined
  return planBy(current, { id: 'transfer', then: { team: teamId, priority: plan?.priority ?? 0 } }, {})
}

export function surveyFor(
  attempt: Attempt,
  conversation: ConversationState,
  plan: RoutingPlan,
  by: PassingOver & { readonly wanted: Wanted; readonly ruling?: Ruling | undefined },
): PlannedField {
  const waitedMs = waitedMsOf(conversation, attempt.context.atMs)
  const bar = barOf(attempt, plan, conversation.accountId, waitedMs, by.wanted)
  const field = surveyByPlan(attempt.state, plan, bar, by)
  return { field, byPlan: { plan, now: bar.now, waitedMs, ...(by.ruling !== undefined && { ruling: by.ruling }) } }
}
