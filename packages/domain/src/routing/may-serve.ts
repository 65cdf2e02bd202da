import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Wanted } from '../organization/load.ts'
import type { AgentState } from '../organization/state.ts'
import { exclusionOf, servingTeams } from './candidates.ts'
import { waitedMsOf } from './queue.ts'
import { barOf, exclusionBy } from './survey.ts'

/** Who may serve somebody who waits, whoever passed; made once for all agents. */
export function mayServe(
  attempt: Pick<Attempt, 'state' | 'context'>,
  conversation: ConversationState,
  wanted: Wanted,
): (agent: AgentState) => boolean {
  const { state, context } = attempt
  const { plan, accountId, holder } = conversation
  // The place in the line may be by age; whom it may be given to is by its waiting.
  const waitedMs = waitedMsOf(conversation, context.atMs)
  if (plan !== undefined) {
    const bar = barOf(attempt, plan, accountId, waitedMs, wanted)
    return (agent) => exclusionBy(agent, bar) === null
  }
  const teams = servingTeams(state, holder.kind === 'queue' ? holder.teamId : null, accountId)
  return (agent) => exclusionOf(agent, teams, wanted) === null
}
