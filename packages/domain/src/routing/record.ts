import type { Actor, Facts, Holder, RoutingPlan } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import { canonicalJson } from '../canonical-json.ts'
import type { StoredDecision } from '../commands.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import type { Wanted } from '../organization/load.ts'
import type { Candidate, Field, ServingTeams } from './candidates.ts'
import { excludedIn } from './excluded.ts'
import { orderingOf, plainOrdering, tieBreakBy } from './ordering.ts'
import type { PlanNow } from './plan.ts'
import { waitedMsOf } from './queue.ts'
import type { Ruling } from './rules.ts'

export type DecisionDigest = NonNullable<Facts<'session.assigned'>['decision']>

export const routingRule =
  'Of the online, enabled agents with spare capacity in the teams that serve the conversation: the least loaded, ' +
  'then the longest idle, then the first by id. If there is none, it waits; who has waited longest is served first.'

export const manualRule =
  'Routing of this account is manual: no agent is looked at. Whoever waits is given by people (accept, transfer) or apps.'

export const directRule = 'No rule was asked: somebody with the right to decide it gave it to this holder.'

export const grabbedRule = 'It was offered to several at once, and the first of them to accept has it.'

export const reopeningRule =
  'A message soon after the close goes on with the agent who held the session, if online and with spare capacity.'

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
  /** What of an agent the session takes. */
  readonly wanted: Wanted
  /** The agent who held the session before goes on; nobody else was asked for. */
  readonly goesOn?: boolean
  readonly byPlan?: {
    readonly plan: RoutingPlan
    readonly now: PlanNow
    readonly waitedMs: number
    /** The rules as they were asked, where this decision asked them. */
    readonly ruling?: Ruling
    readonly refused?: string
    /** It became a message left; `plan` is that of after all waiting. */
    readonly left?: NonNullable<StoredDecision['left']>
  }
}

/** Which rule, and what it looked at. Keys in alphabetical order. */
function citation({ byPlan }: RoutedMatter, candidates: readonly Candidate[]) {
  const plan = byPlan?.plan
  const ruling = byPlan?.ruling
  return {
    facts: ruling === undefined ? undefined : publicFacts(ruling),
    left: byPlan?.left,
    ordering: byPlan === undefined ? undefined : [...orderingOf(byPlan.plan, byPlan.now, candidates)],
    plan,
    refused: byPlan?.refused,
    ruleId: plan?.ruleId ?? 'default',
    rulesTried: ruling?.tried,
    rulesVersion: plan?.rulesVersion ?? 0,
    waitedMs: byPlan?.waitedMs,
  }
}

/** Without the customer's words: a record is kept when they are erased. */
function publicFacts({ facts }: Ruling): Record<string, unknown> {
  const { text: _, ...message } = facts.message ?? {}
  return JSON.parse(canonicalJson({ ...facts, message }))
}

function tieBreakIn(matter: RoutedMatter, candidates: readonly Candidate[]): string | null {
  const { byPlan } = matter
  if (byPlan !== undefined) return tieBreakBy(orderingOf(byPlan.plan, byPlan.now, candidates), candidates)
  return candidates[0]?.declines === undefined ? tieBreakOf(candidates) : tieBreakBy(plainOrdering, candidates)
}

const strategyInWords: Record<RoutingPlan['strategy'], string> = {
  'least-loaded': 'the least loaded, then the longest idle',
  'longest-idle': 'the longest idle, then the least loaded',
  'round-robin': 'the one whose last session was given longest ago',
  'most-spare': 'the one with the most spare capacity, then the longest idle',
  'skill-weighted': 'the highest sum of levels in the skills asked for, then the least loaded, then the longest idle',
}

const leftInWords = {
  'nobody-serves': 'nobody who may serve is online and within the hours, so a message is left',
  waited: 'after so long a wait a message is left',
}

function ruleInWords({ isByRule, goesOn, byPlan }: RoutedMatter): string {
  if (goesOn === true) return reopeningRule
  if (!isByRule) return manualRule
  if (byPlan === undefined) return routingRule
  const { plan, refused, left } = byPlan
  if (left !== undefined) return `Rule ${plan.ruleId} of version ${plan.rulesVersion}: ${leftInWords[left]}`
  if (refused !== undefined) return `Rule ${plan.ruleId} of version ${plan.rulesVersion} refuses: ${refused}`
  const order = `${strategyInWords[plan.strategy]}, then the first by id`
  const whom = plan.broadcast === undefined ? order : `offered to all of them at once, in this order: ${order}`
  return `Rule ${plan.ruleId} of version ${plan.rulesVersion}: ${whom}`
}

/** Keeps the whole record for the log's transaction and answers the digest that the event carries. */
export function recordDecision(attempt: Attempt, matter: RoutedMatter, field: Field, winner: Holder): DecisionDigest {
  const { context, state } = attempt
  // Keys in alphabetical order, here, in the candidates and in the winner: so written, the record is its canonical form,
  // and the digest of a thousand candidates needs no second walk.
  const cited = citation(matter, field.candidates)
  const record: StoredDecision = {
    at: instantOf(context.atMs),
    candidates: field.candidates,
    cause: matter.cause,
    conversationId: matter.conversation.id,
    excluded: excludedIn(field, {
      conversationId: matter.conversation.id,
      required: matter.byPlan?.now.required ?? [],
      wanted: matter.wanted,
    }),
    facts: cited.facts,
    id: context.ids.draw('decision'),
    ...(matter.wanted.kinds.length > 0 && { kinds: [...matter.wanted.kinds] }),
    left: cited.left,
    ordering: cited.ordering,
    plan: cited.plan,
    refused: cited.refused,
    rule: ruleInWords(matter),
    ruleId: cited.ruleId,
    ruleVersion: state.ruleVersion,
    rulesTried: cited.rulesTried,
    rulesVersion: cited.rulesVersion,
    sessionId: matter.sessionId,
    teamIds: [...matter.teams],
    tieBreak: tieBreakIn(matter, field.candidates),
    waitedMs: cited.waitedMs,
    ...(matter.wanted.weight !== 1 && { weight: matter.wanted.weight }),
    winner,
  }
  return keep(attempt, record)
}

function keep({ context, records }: Attempt, record: StoredDecision): DecisionDigest {
  records.push(record)
  return {
    decisionId: record.id,
    ruleVersion: record.ruleVersion,
    candidates: record.candidates.length,
    excluded: Object.fromEntries(record.excluded.map(({ reason, agentIds }) => [reason, agentIds.length])),
    digest: context.digest(JSON.stringify(record)),
  }
}

type Direct = {
  readonly conversation: ConversationState
  readonly sessionId: string
  /** What they did: accept, transfer, reopen, … */
  readonly cause: string
  readonly by: Actor
  readonly winner: Holder
  readonly broadcastId?: string | undefined
}

/** Somebody decided and no rule: nobody is looked at, and the record says who it was. */
export function recordDirect(attempt: Attempt, direct: Direct): DecisionDigest {
  const { conversation, sessionId, cause, by, winner, broadcastId } = direct
  const { context, state } = attempt
  // Keys in alphabetical order, as above.
  return keep(attempt, {
    at: instantOf(context.atMs),
    ...(broadcastId !== undefined && { broadcastId }),
    by: JSON.parse(canonicalJson(by)),
    candidates: [],
    cause,
    conversationId: conversation.id,
    excluded: [],
    id: context.ids.draw('decision'),
    rule: broadcastId === undefined ? directRule : grabbedRule,
    ruleId: 'direct',
    ruleVersion: state.ruleVersion,
    rulesVersion: state.rules?.current?.rulesVersion ?? 0,
    sessionId,
    teamIds: [],
    tieBreak: null,
    waitedMs: waitedMsOf(conversation, context.atMs),
    winner: JSON.parse(canonicalJson(winner)),
  })
}
