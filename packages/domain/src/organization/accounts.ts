import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { instantOf } from '../instant.ts'

/** What the channel noticed about an account; what is known already is not said again. */
export function reportAccount(attempt: Attempt, command: CommandOf<'account.report'>): Decision {
  const { accountId, report } = command
  const account = attempt.state.accounts.get(accountId)
  if (account === undefined) return refuse('not_found')
  const actor = { kind: 'system' } as const
  switch (report.kind) {
    case 'silenced': {
      const { lastPushAtMs } = report
      const lastPushAt = lastPushAtMs === null ? null : instantOf(lastPushAtMs)
      if (!account.silent) attempt.emit({ type: 'account.silenced', actor, facts: { accountId, lastPushAt } })
      break
    }
    case 'heard':
      if (account.silent) attempt.emit({ type: 'account.heard', actor, facts: { accountId } })
      break
    case 'degraded':
      if (account.degraded?.code !== report.code) {
        const { code, reason } = report
        attempt.emit({ type: 'account.degraded', actor, facts: { accountId, code, reason } })
      }
      break
    case 'recovered':
      if (account.degraded !== null) attempt.emit({ type: 'account.recovered', actor, facts: { accountId } })
      break
  }
  return accept(attempt)
}
