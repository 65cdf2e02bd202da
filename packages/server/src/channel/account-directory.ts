import type { AccountSettings } from '@duoke/contract'
import type { PushCredentials } from '@duoke/wechat'
import type { SecretBox } from '../identity/secret-box.ts'
import { type AccountSecrets, credentialsOf, readSecrets } from './account-secrets.ts'

/** A connected account with everything that speaking for it takes. Never leaves the channel: it holds secrets. */
export type ChannelAccount = {
  readonly organizationId: string
  readonly settings: AccountSettings
  readonly secrets: AccountSecrets
  /** WeChat refuses the account's calls: sends wait and one is tried now and then. */
  readonly isDegraded: boolean
}

export type StoredAccount = {
  readonly organizationId: string
  readonly settings: AccountSettings
  readonly isDegraded: boolean
  /** Sealed; null while none were given. */
  readonly secrets: Uint8Array | null
}

/** Reads across organizations: a push names only its account. */
export type AccountStore = {
  find(accountId: string): Promise<StoredAccount | null>
}

export type AccountDirectory = {
  /** From memory when it is fresh enough. */
  find(accountId: string): Promise<ChannelAccount | null>
  /** From the database, because another server may have changed the secrets; within limits, because anybody can cause it. */
  findAgain(accountId: string): Promise<ChannelAccount | null>
  credentials(account: ChannelAccount): PushCredentials
  /** Something about the account changed. */
  forget(accountId: string): void
}

/** A change on another server is seen after this at the latest; a change on this one at once. */
const freshForMs = 15_000
const absentForMs = 3_000
const againLimit = { reads: 10, withinMs: 10_000 } as const
const mostRemembered = 10_000

type Entry = { readonly account: Promise<ChannelAccount | null>; readonly readMs: number; isAbsent: boolean }

export function createAccountDirectory(ports: {
  readonly store: AccountStore
  readonly secretBox: Pick<SecretBox, 'open'>
  readonly nowMs: () => number
}): AccountDirectory {
  const entries = new Map<string, Entry>()
  const agains = new Map<string, { count: number; sinceMs: number }>()

  async function read(accountId: string): Promise<ChannelAccount | null> {
    const stored = await ports.store.find(accountId)
    if (stored === null || stored.secrets === null) return null
    const { organizationId, settings, isDegraded } = stored
    return {
      organizationId,
      settings,
      isDegraded,
      secrets: readSecrets(ports.secretBox.open(organizationId, stored.secrets)),
    }
  }

  function remember(accountId: string): Promise<ChannelAccount | null> {
    const entry: Entry = { account: read(accountId), readMs: ports.nowMs(), isAbsent: false }
    entries.delete(accountId)
    entries.set(accountId, entry)
    if (entries.size > mostRemembered) entries.delete(entries.keys().next().value ?? '')
    entry.account.then(
      (account) => {
        entry.isAbsent = account === null
      },
      () => {
        // A failure is nobody's answer: the next one asks again.
        if (entries.get(accountId) === entry) entries.delete(accountId)
      },
    )
    return entry.account
  }

  function mayReadAgain(accountId: string): boolean {
    const known = agains.get(accountId)
    const window =
      known !== undefined && ports.nowMs() - known.sinceMs < againLimit.withinMs
        ? known
        : { count: 0, sinceMs: ports.nowMs() }
    agains.delete(accountId)
    agains.set(accountId, { ...window, count: window.count + 1 })
    if (agains.size > mostRemembered) agains.delete(agains.keys().next().value ?? '')
    return window.count < againLimit.reads
  }

  const isFresh = (entry: Entry, forMs: number) => ports.nowMs() - entry.readMs < forMs

  return {
    find(accountId) {
      const entry = entries.get(accountId)
      if (entry !== undefined && isFresh(entry, entry.isAbsent ? absentForMs : freshForMs)) return entry.account
      return remember(accountId)
    },
    findAgain(accountId) {
      const entry = entries.get(accountId)
      if (entry === undefined) return remember(accountId)
      const isKnownAbsent = entry.isAbsent && isFresh(entry, absentForMs)
      return isKnownAbsent || !mayReadAgain(accountId) ? entry.account : remember(accountId)
    },
    credentials: (account) => credentialsOf(account.secrets, account.settings, ports.nowMs()),
    forget(accountId) {
      entries.delete(accountId)
    },
  }
}
