import assert from 'node:assert/strict'
import type { AccountSettings, LoadSettings, LoggedEvent } from '@duoke/contract'

export type Taken = { readonly weight: number; readonly kinds: readonly string[] }
type Told = { readonly weight?: number; readonly kinds?: readonly string[] }

/** What sessions take, weighed from the log alone and by docs/reference/routing.md alone: each event has to say the same. */
export class LoadBook {
  private settings: LoadSettings = {}
  private readonly accounts = new Map<string, Pick<AccountSettings, 'kind' | 'weight'>>()
  private readonly accountOf = new Map<string, string>()
  private readonly tags = new Map<string, Set<string>>()
  /** By conversation, what its present hold takes. */
  private readonly holds = new Map<string, Taken>()
  /** By session that is over, what it took in the end. */
  private readonly closed = new Map<string, Taken>()

  take(event: LoggedEvent): void {
    switch (event.type) {
      case 'organization.configured':
        this.settings = event.facts.load ?? {}
        return
      case 'account.configured':
        this.accounts.set(event.facts.accountId, event.facts)
        return
      case 'account.removed':
        this.accounts.delete(event.facts.accountId)
        return
      case 'conversation.started':
        this.accountOf.set(event.facts.conversationId, event.facts.accountId)
        return
      case 'customer.tagged': {
        const { conversationId, added, removed } = event.facts
        const tags = this.tags.get(conversationId) ?? new Set()
        for (const tag of removed) tags.delete(tag)
        for (const tag of added) tags.add(tag)
        this.tags.set(conversationId, tags)
        return
      }
      case 'session.queued':
      case 'session.assigned':
        this.hold(event)
        return
      case 'session.broadcast':
      case 'session.broadcast-joined':
      case 'session.offered':
        assert.deepEqual(
          this.told(event.facts),
          this.of(event.facts.conversationId),
          'an offer keeps what will be taken',
        )
        return
      case 'session.wrap-up-began':
        assert.deepEqual(
          this.told(event.facts),
          this.closed.get(event.facts.sessionId),
          'a wrap-up takes what was taken',
        )
        return
      case 'session.closed':
        this.closed.set(event.facts.sessionId, this.of(event.facts.conversationId))
        this.holds.delete(event.facts.conversationId)
        return
    }
  }

  /** Who waits is weighed already; everybody else when the hold begins. */
  private hold({ type, facts }: Extract<LoggedEvent, { type: 'session.queued' | 'session.assigned' }>): void {
    const { conversationId, from } = facts
    const isToApp = type === 'session.assigned' && facts.to.kind === 'app'
    const due = from.kind === 'queue' ? this.of(conversationId) : this.weigh(conversationId)
    const expected = isToApp ? { weight: 1, kinds: [] } : due
    assert.deepEqual(this.told(facts), expected, `what ${conversationId} takes`)
    this.holds.set(conversationId, expected)
  }

  private weigh(conversationId: string): Taken {
    const account = this.accounts.get(this.accountOf.get(conversationId) ?? '')
    const { accountKinds, customerKinds } = this.settings
    const kinds = [...(this.tags.get(conversationId) ?? [])].filter((tag) => customerKinds?.[tag]).sort()
    const ofKind = account === undefined ? 1 : (accountKinds?.[account.kind] ?? 1)
    const weights = kinds.map((kind) => customerKinds?.[kind]?.weight ?? 1)
    return { weight: Math.max(account?.weight ?? ofKind, ...weights), kinds }
  }

  told({ weight = 1, kinds = [] }: Told): Taken {
    return { weight, kinds: [...kinds] }
  }

  of(conversationId: string): Taken {
    return this.holds.get(conversationId) ?? { weight: 1, kinds: [] }
  }

  /** How many sessions with customers of a kind one agent may have. */
  most(kind: string): number {
    return this.settings.customerKinds?.[kind]?.most ?? Number.POSITIVE_INFINITY
  }
}
