import type { LoggedEvent } from '@duoke/contract'
import type { OrganizationState } from '../organization/state.ts'
import { mostServedRemembered } from '../routing/expected-wait.ts'
import { servedKey } from '../routing/served-key.ts'

type Assigned = Extract<LoggedEvent, { type: 'session.assigned' }>

/** How fast a queue is served. */
export function evolveServed(state: OrganizationState, { facts, atMs }: Assigned): void {
  const { conversationId, from, to } = facts
  const accountId = state.conversations.get(conversationId)?.accountId
  if (from.kind !== 'queue' || to.kind !== 'agent' || accountId === undefined) return
  const key = servedKey({ accountId, holder: from })
  const before = state.served.get(key) ?? []
  state.served.set(key, [...before.slice(1 - mostServedRemembered), atMs])
}
