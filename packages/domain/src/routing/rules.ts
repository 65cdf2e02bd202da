import {
  type Content,
  defaultBroadcastMs,
  implicitRules,
  type OverflowTarget,
  type RoutingPlan,
  type Rule,
  type RuleStrategy,
  type RulesDocument,
  type Strategy,
} from '@duoke/contract'
import type { ParseResult } from '@marcbachmann/cel-js'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { RulesOverrideState, RulesVersion } from '../organization/state.ts'
import { environmentFor, factsFor, forCel, type RuleFacts } from './facts.ts'
import { ageingOf } from './plan.ts'

export type Tried = { readonly ruleId: string; readonly outcome: string }
export type Ruling = {
  /** Null when no rule was true: then it is as without rules. */
  readonly rule: Rule | null
  readonly tried: Tried[]
  readonly facts: RuleFacts
  /** The rule is none of the document's. */
  readonly overrideId?: number
}

/** What holds while no rules are published, and what an override then comes before. */
export const unpublished = { rulesVersion: 0, document: implicitRules }

type Program = { readonly rule: Rule; readonly isTrue: ParseResult; readonly overrideId?: number }
/** A version is never changed: its conditions are compiled once. */
const compiled = new WeakMap<RulesDocument, readonly Program[]>()

function programsOf(document: RulesDocument): readonly Program[] {
  const known = compiled.get(document)
  if (known !== undefined) return known
  const environment = environmentFor(Object.keys(document.hours ?? {}))
  const programs = document.rules.map((rule) => ({ rule, isTrue: environment.parse(rule.when) }))
  compiled.set(document, programs)
  return programs
}

const compiledOverrides = new WeakMap<Rule, Program>()

/** Its names of hours are those of the document in effect when it was given. */
function programOf(rule: Rule, document: RulesDocument): Program {
  const known = compiledOverrides.get(rule)
  if (known !== undefined) return known
  const environment = environmentFor(Object.keys(document.hours ?? {}))
  const program = { rule, isTrue: environment.parse(rule.when) }
  compiledOverrides.set(rule, program)
  return program
}

/** What overrides the rules at this moment; its end may not be logged yet. */
export function overrideAt({ state, context }: Pick<Attempt, 'state' | 'context'>): RulesOverrideState | null {
  const override = state.rules?.override
  return override !== undefined && context.atMs < override.expiresAtMs ? override : null
}

/** The first rule whose condition is true. One that fails on this customer counts as false, and says why. */
export function ruleFor(
  attempt: Attempt,
  { document }: Pick<RulesVersion, 'document'>,
  conversation: ConversationState,
  content: Content | null,
): Ruling {
  const facts = factsFor(attempt, conversation, content)
  const scene = forCel(facts)
  const tried: Tried[] = []
  const override = overrideAt(attempt)
  const first = override === null ? [] : [{ ...programOf(override.rule, document), overrideId: override.overrideId }]
  for (const { rule, isTrue, overrideId } of [...first, ...programsOf(document)]) {
    const outcome = outcomeOf(isTrue, scene)
    tried.push({ outcome, ruleId: rule.id })
    if (outcome === 'true') return { rule, tried, facts, ...(overrideId !== undefined && { overrideId }) }
  }
  return { rule: null, tried, facts }
}

function outcomeOf(isTrue: ParseResult, scene: unknown): string {
  try {
    return String(isTrue({ ...(scene as Record<string, unknown>) }) === true) // what forCel makes of an object is one
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'failed'
  }
}

type GivenUpdates = NonNullable<Rule['then']['waitingUpdates']>
type Updates = NonNullable<RoutingPlan['waitingUpdates']>
type Known = Pick<ConversationState, 'lastAgentId' | 'ownerId'>

function stickyTo(sticky: Rule['then']['sticky'], { lastAgentId, ownerId }: Known): RoutingPlan['sticky'] {
  if (sticky === undefined) return null
  const agentId = sticky.to === 'owner' ? ownerId : lastAgentId
  return agentId === undefined ? null : { agentId, forMs: sticky.forMs ?? 0 }
}

/** Keys in alphabetical order. */
function boxOf({ messageBox, overflow: targets = [] }: Rule['then']): Pick<RoutingPlan, 'messageBox'> {
  if (messageBox === undefined) return {}
  const { reply, whenNobodyServes: atOnce = true, atOpening = 'queue' } = messageBox
  const overflow: readonly OverflowTarget[] = targets
  const afterMs = overflow.find(({ messageBox: isBox }) => isBox === true)?.afterMs ?? null
  return { messageBox: { afterMs, atOnce, atOpening, reply } }
}

/** What is asked for a session by a rule; without one, what the document says of everybody. */
export function planBy(
  { rulesVersion, document }: Pick<RulesVersion, 'rulesVersion' | 'document'>,
  rule: Pick<Rule, 'id' | 'then'>,
  customer: Known,
  overrideId?: number,
): RoutingPlan {
  const { team, strategy, skills = [], priority = 0, sticky, queue, named, placeReply, waitingUpdates } = rule.then
  const teamId = team ?? null
  const way = strategy ?? (teamId === null ? undefined : document.teams?.[teamId]?.strategy) ?? 'least-loaded'
  const broadcast = broadcastIn(way)
  const overflow: readonly OverflowTarget[] = rule.then.overflow ?? []
  const toApp = overflow.find(({ app }) => app !== undefined)
  // Keys in alphabetical order, as in the record that it becomes a part of.
  return {
    ageingMs: ageingOf(document.ageingMs),
    ...(broadcast !== undefined && { broadcast }),
    maxWaitMs: queue?.maxWaitMs ?? null,
    ...boxOf(rule.then),
    ...(named !== undefined && { named: { waitMs: named.waitMs } }),
    overflow: overflow.flatMap(({ afterMs, team: more }) => (more === undefined ? [] : [{ afterMs, teamId: more }])),
    ...(toApp?.app !== undefined && { overflowApp: { afterMs: toApp.afterMs, appId: toApp.app } }),
    ...(overrideId !== undefined && { overrideId }),
    ...(placeReply !== undefined && { placeReply: { reply: placeReply.reply, words: [...placeReply.words] } }),
    priority,
    refusal: queue?.refusal ?? null,
    ruleId: rule.id,
    rulesVersion,
    skills: skills.map(({ skill, level = 1, required = true, relaxAfterMs = null }) => ({
      level,
      relaxAfterMs,
      required,
      skill,
    })),
    sticky: stickyTo(sticky, customer),
    strategy: broadcast === undefined ? orderIn(way) : (broadcast.then ?? 'least-loaded'),
    teamId,
    ...(waitingUpdates !== undefined && { waitingUpdates: updatesBy(waitingUpdates) }),
  }
}

function broadcastIn(way: RuleStrategy): RoutingPlan['broadcast'] {
  if (way === 'broadcast') return { offerMs: defaultBroadcastMs, then: null }
  if (typeof way === 'string') return undefined
  const { offerMs = defaultBroadcastMs, then = null } = way.broadcast
  return { offerMs, then }
}

const orderIn = (way: RuleStrategy): Strategy => (typeof way === 'string' && way !== 'broadcast' ? way : 'least-loaded')

function updatesBy({ atMost = 2, everyMs = 300_000, keep = 3, places = 1, reply }: GivenUpdates): Updates {
  return { atMost, everyMs, keep, places, reply }
}
