import type { Actor } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { canonicalJson } from '../canonical-json.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { instantOf } from '../instant.ts'
import { checkRules } from '../routing/check-rules.ts'
import { setHoursTimer } from '../routing/hours-timer.ts'
import { drainAll } from '../routing/route.ts'
import type { OrganizationState } from './state.ts'

/** A new version of the rules, in effect at once or from a moment to come. */
export function publishRules(attempt: Attempt, command: CommandOf<'rules.publish'>): Decision {
  const { state } = attempt
  const { document, basedOn, dryRun = false } = command
  const newest = state.rules?.newest ?? 0
  if (basedOn !== undefined && basedOn !== newest) return refuse('changed_meanwhile', `The newest version is ${newest}`)
  const fault = checkRules(document, knownTo(state)).find(({ severity }) => severity === 'error')
  if (fault !== undefined) return refuse('invalid_configuration', `${fault.path}: ${fault.message}`)
  if (!dryRun) publish(attempt, command)
  return accept(attempt, { rulesVersion: dryRun ? newest : newest + 1 })
}

type Publication = Pick<CommandOf<'rules.publish'>, 'actor' | 'document' | 'reason' | 'effectiveAtMs' | 'reverts'>

export function publish(attempt: Attempt, { actor, document, reason, effectiveAtMs, reverts }: Publication): void {
  const { state, context } = attempt
  const rulesVersion = (state.rules?.newest ?? 0) + 1
  const fromMs = Math.max(context.atMs, effectiveAtMs ?? 0)
  const awaitsApproval = state.settings?.rulesNeedApproval === true
  const facts = { rulesVersion, document, reason, effectiveAt: instantOf(fromMs) }
  attempt.emit({
    type: 'rules.published',
    actor,
    facts: { ...facts, ...(reverts !== undefined && { reverts }), ...(awaitsApproval && { awaitsApproval }) },
  })
  if (fromMs <= context.atMs && !awaitsApproval) takeEffect(attempt, rulesVersion)
}

/** The owner's other pair of eyes: nobody approves what is their own. */
export function approveRules(attempt: Attempt, { actor, rulesVersion }: CommandOf<'rules.approve'>): Decision {
  const { state, context } = attempt
  const awaiting = state.rules?.awaiting
  if (awaiting?.rulesVersion !== rulesVersion) return refuse('not_found', 'No such version waits for approval')
  const isOwn = canonicalJson(awaiting.by) === canonicalJson(actor)
  if (isOwn || !isAdministrator(state, actor)) {
    return refuse('not_permitted', 'An administrator other than its author has to approve it')
  }
  const fault = checkRules(awaiting.document, knownTo(state)).find(({ severity }) => severity === 'error')
  if (fault !== undefined) return refuse('invalid_configuration', `${fault.path}: ${fault.message}`)
  const fromMs = Math.max(context.atMs, awaiting.effectiveAtMs)
  attempt.emit({ type: 'rules.approved', actor, facts: { rulesVersion, effectiveAt: instantOf(fromMs) } })
  if (fromMs <= context.atMs) takeEffect(attempt, rulesVersion)
  return accept(attempt, { rulesVersion })
}

export function rejectRules(attempt: Attempt, command: CommandOf<'rules.reject'>): Decision {
  const { actor, rulesVersion, reason } = command
  const { state } = attempt
  if (state.rules?.awaiting?.rulesVersion !== rulesVersion) {
    return refuse('not_found', 'No such version waits for approval')
  }
  if (!isAdministrator(state, actor)) return refuse('not_permitted')
  attempt.emit({ type: 'rules.rejected', actor, facts: { rulesVersion, reason } })
  return accept(attempt, { rulesVersion })
}

/** A person with that role, or whoever runs the installation; a program approves nothing. */
export function isAdministrator({ agents }: OrganizationState, actor: Actor): boolean {
  return actor.kind === 'operator' || (actor.kind === 'agent' && agents.get(actor.agentId)?.role === 'admin')
}

/** From here on new sessions are routed by it; who waits keeps what was asked for them, and may be served at once. */
export function takeEffect(attempt: Attempt, rulesVersion: number): void {
  attempt.emit({
    type: 'rules.took-effect',
    actor: { kind: 'rule', rule: 'routing' },
    facts: { rulesVersion },
  })
  setHoursTimer(attempt)
  drainAll(attempt)
}

/** What errors depend on; of holidays there are warnings only, for those who write documents. */
export function knownTo(state: OrganizationState) {
  const skills = new Set<string>()
  state.agents.forEach((agent) => {
    for (const skill of Object.keys(agent.skills ?? {})) skills.add(skill)
  })
  return {
    teams: new Set(Array.from(state.teams.values(), ({ teamId }) => teamId)),
    apps: new Set(Array.from(state.apps.values(), ({ appId }) => appId)),
    skills,
    yearWithoutHolidays: null,
    agents: new Set(Array.from(state.agents.values(), ({ agentId }) => agentId)),
    tags: new Set(state.settings?.customers?.tags),
  }
}
