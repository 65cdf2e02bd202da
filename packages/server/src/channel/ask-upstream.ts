import type { UpstreamAnswer } from '../platform/examine.ts'
import type { AccountDirectory } from './account-directory.ts'
import type { Egress } from './egress.ts'
import type { TokenCustodian } from './tokens.ts'

type AskPorts = {
  readonly directory: Pick<AccountDirectory, 'find'>
  readonly egress: Egress
  readonly custodian: TokenCustodian
}

/** Whether an account's upstream is reached and takes its secret. A token that is at hand is not fetched again. */
export function createAskUpstream({ directory, egress, custodian }: AskPorts) {
  return async (accountId: string): Promise<UpstreamAnswer> => {
    const account = await directory.find(accountId)
    if (account === null) return { kind: 'unreachable', reason: 'the account has no secrets' }
    const answer = await egress.request({
      url: `${account.settings.apiBase}/`,
      method: 'HEAD',
      timeoutMs: 5000,
      maxResponseBytes: 65_536,
      trust: 'operator',
    })
    if (answer.sent !== 'yes') return { kind: 'unreachable', reason: answer.error.message }
    const clockMs = Date.parse(answer.headers['date'] ?? '')
    const token = await custodian.token(account)
    const tokenError = token.ok ? null : token.cause === 'refused' ? `${token.code} ${token.reason}` : token.reason
    return { kind: 'reached', clockMs: Number.isNaN(clockMs) ? null : clockMs, tokenError }
  }
}
