import type { AccountReport } from '@duoke/domain'
import type { Log } from '../events/log.ts'
import type { ChannelAccount } from './account-directory.ts'
import type { OutboxStore } from './outbox-store.ts'

/** While WeChat takes nothing from an account, its answers wait and all servers together try once in this time (F55). */
export const probeEveryMs = 60_000

export type AccountHealth = {
  /** `isFault`: an operator must do something about it, so the log says so. */
  refused(
    account: ChannelAccount,
    refusal: { readonly code: number; readonly reason: string; readonly isFault: boolean },
  ): Promise<void>
  recovered(account: ChannelAccount): Promise<void>
}

export function createAccountHealth(ports: {
  readonly store: Pick<OutboxStore, 'holdFor' | 'letGo'>
  readonly log: Pick<Log, 'submit'>
  readonly onError: (error: unknown) => void
}): AccountHealth {
  /** The log ignores what it knows already; a report that does not get through is made again with the next try. */
  async function report({ organizationId, settings }: ChannelAccount, report: AccountReport): Promise<void> {
    try {
      await ports.log.submit(
        organizationId,
        { type: 'account.report', accountId: settings.accountId, report },
        { lane: 'timers' },
      )
    } catch (error) {
      ports.onError(error)
    }
  }
  const keyOf = ({ organizationId, settings }: ChannelAccount) => ({ organizationId, accountId: settings.accountId })

  return {
    async refused(account, { code, reason, isFault }) {
      await ports.store.holdFor(keyOf(account), probeEveryMs, false)
      if (isFault) await report(account, { kind: 'degraded', code, reason })
    },
    async recovered(account) {
      await ports.store.letGo(keyOf(account))
      await report(account, { kind: 'recovered' })
    },
  }
}
