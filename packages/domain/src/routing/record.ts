import type { Facts, Holder } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { StoredDecision } from '../commands.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import type { Candidate, Field, ServingTeams } from './candidates.ts'

export type DecisionDigest = NonNullable<Facts<'session.assigned'>['decision']>

export const routingRule =
  'Of the online, enabled agents with spare capacity in the teams that serve the conversation: the least loaded, ' +
  'then the longest idle, then the first by id. If there is none, it waits; who has waited longest is served first.'

export const manualRule =
  'Routing of this account is manual: no agent is looked at. Whoever waits is given by people (accept, transfer) or apps.'

function tieBreakOf(candidates: readonly Candidate[]): string | null {
  const [first, second] = candidates
  if (first === undefined || second === undefined || first.load < second.load) return null
  if (first.idleSince < second.idleSince) {
    return `Equal load of ${first.load}: ${first.agentId} has been idle since ${first.idleSince}, longest of all`
  }
  return `Equal load of ${first.load} and idle since the same moment: ${first.agentId} comes first by id`
}

export type RoutedMatter = {
  readonly conversation: ConversationState
  readonly sessionId: string
  readonly cause: string
  readonly teams: ServingTeams
  /** Whether the rule was asked, or routing is manual. */
  readonly isByRule: boolean
}

/** Keeps the whole record for the log's transaction and answers the digest that the event carries. */
export function recordDecision(attempt: Attempt, matter: RoutedMatter, field: Field, winner: Holder): DecisionDigest {
  const { context, state } = attempt
  // Keys in alphabetical order, here, in the candidates and in the winner: so written, the record is its canonical form,
  // and the digest of a thousand candidates needs no second walk.
  const record: StoredDecision = {
    at: instantOf(context.atMs),
    candidates: field.candidates,
    cause: matter.cause,
    conversationId: matter.conversation.id,
    excluded: [...field.excluded]
      .map(([reason, agentIds]) => ({ agentIds: agentIds.sort(), reason }))
      .sort((left, right) => (left.reason < right.reason ? -1 : 1)),
    id: context.ids.draw('decision'),
    rule: matter.isByRule ? routingRule : manualRule,
    ruleVersion: state.ruleVersion,
    sessionId: matter.sessionId,
    teamIds: [...matter.teams],
    tieBreak: tieBreakOf(field.candidates),
    winner,
  }
  attempt.records.push(record)
  return {
    decisionId: record.id,
    ruleVersion: record.ruleVersion,
    candidates: record.candidates.length,
    excluded: Object.fromEntries(record.excluded.map(({ reason, agentIds }) => [reason, agentIds.length])),
    digest: context.digest(JSON.stringify(record)),
  }
}
