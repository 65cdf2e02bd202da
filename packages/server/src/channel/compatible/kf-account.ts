import type { AccountSettings, Agent } from '@duoke/contract'

/** How WeChat names an agent: `prefix@wxid`, the account's own WeChat ID behind the at sign (protocol reference, section 5.1). */
export function kfAccountOf(agentId: string, account: AccountSettings): string {
  return `${agentId}@${suffixOf(account)}`
}

/** Accounts without a WeChat ID are named by their original id, as happens in the wild. */
export function suffixOf({ wechatId, originalId }: AccountSettings): string {
  return wechatId ?? originalId
}

/** The agent's id in a name of either form; null when it names another account's agent, or nobody. */
export function agentIdOf(kfAccount: string, account: AccountSettings): string | null {
  const at = kfAccount.lastIndexOf('@')
  // The record of 2014 told agents without their suffix, and clients sent that back.
  if (at === -1) return kfAccount === '' ? null : kfAccount
  const suffix = kfAccount.slice(at + 1)
  const isOurs = suffix === account.wechatId || suffix === account.originalId
  return at > 0 && isOurs ? kfAccount.slice(0, at) : null
}

/** Whether the agent serves this account at all. */
export function servesAccount({ teams, disabled }: Agent, account: AccountSettings): boolean {
  return !disabled && (account.teams.length === 0 || teams.some((team) => account.teams.includes(team)))
}
