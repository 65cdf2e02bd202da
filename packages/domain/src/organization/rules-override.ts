import { longestOverrideMs, type Rule, type RulesDocument } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse, type Timer } from '../commands.ts'
import { setTimer } from '../conversation/idle-timer.ts'
import { instantOf } from '../instant.ts'
import { checkRules } from '../routing/check-rules.ts'
import { isAdministrator, knownTo } from './rules.ts'
import { newestRules } from './state.ts'

/** Break glass: for a time new sessions are asked this first, whoever approves the rules; the log and each decision say so. */
export function overrideRules(attempt: Attempt, command: CommandOf<'rules.override'>): Decision {
  const { state, context } = attempt
  const { actor, when, then, reason, expiresAtMs } = command
  if (!isAdministrator(state, actor)) return refuse('not_permitted', 'Only an administrator overrides the rules')
  if (expiresAtMs <= context.atMs || expiresAtMs > context.atMs + longestOverrideMs) {
    return refuse('invalid_request', 'An override ends in the future, and within 24 hours')
  }
  const rule: Rule = { id: 'override', when, then }
  const { hours, teams } = state.rules?.current?.document ?? newestRules({ rules: null })
  const document: RulesDocument = { version: 1, ...(hours && { hours }), ...(teams && { teams }), rules: [rule] }
  const fault = checkRules(document, knownTo(state)).find(({ severity }) => severity === 'error')
  if (fault !== undefined) {
    return refuse('invalid_configuration', `${fault.path.replace('/rules/0', '')}: ${fault.message}`)
  }
  const before = state.rules?.override
  if (before !== undefined) {
    attempt.emit({ type: 'rules.override-ended', actor, facts: { overrideId: before.overrideId, cause: 'replaced' } })
  }
  const overrideId = (state.rules?.overrides ?? 0) + 1
  attempt.emit({
    type: 'rules.overridden',
    actor,
    facts: { overrideId, rule, reason, expiresAt: instantOf(expiresAtMs) },
  })
  return accept(attempt, { overrideId })
}

export function endOverride(attempt: Attempt, { actor }: CommandOf<'rules.end-override'>): Decision {
  const override = attempt.state.rules?.override
  if (override === undefined) return refuse('not_found', 'Nothing overrides the rules')
  if (!isAdministrator(attempt.state, actor)) return refuse('not_permitted')
  attempt.emit({ type: 'rules.override-ended', actor, facts: { overrideId: override.overrideId, cause: 'ended' } })
  return accept(attempt, { overrideId: override.overrideId })
}

/** One that was ended or replaced before needs no end any more. */
export function fireOverride(attempt: Attempt, timer: Extract<Timer, { kind: 'override' }>): void {
  const override = attempt.state.rules?.override
  if (override?.overrideId !== timer.overrideId) return
  if (attempt.context.atMs < override.expiresAtMs) {
    attempt.timers.push(setTimer(timer, override.expiresAtMs))
    return
  }
  const { overrideId } = override
  attempt.emit({
    type: 'rules.override-ended',
    actor: { kind: 'rule', rule: 'override' },
    facts: { overrideId, cause: 'expired' },
  })
}
