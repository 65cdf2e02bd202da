import type { Command, OrganizationState } from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import type { Head } from './append.ts'

/** Where the folded state comes from and is kept in step; the log itself knows no feature's tables. */
export type Replica = {
  /** The whole routing state at the locked head. */
  load(tx: Transaction, organizationId: string, head: number): Promise<OrganizationState>
  /** Brings a state from its own position to the locked head; answers the time of the last event. */
  catchUp(tx: Transaction, organizationId: string, state: OrganizationState, head: number): Promise<number>
  /** Loads cold conversations that the commands need and that are not in memory. */
  warm(tx: Transaction, organizationId: string, state: OrganizationState, commands: readonly Command[]): Promise<void>
  /** Lets go of cold conversations beyond what is worth keeping in memory. */
  trim(state: OrganizationState): void
}

/** One organization's state as this server has folded it, and how far it may be believed. */
export type FoldedState = {
  /** The state at the locked head, with the time of the newest event. From here on it may run ahead of the log. */
  atHead(tx: Transaction, head: Head): Promise<{ readonly state: OrganizationState; readonly lastAtMs: number }>
  /** What it has taken since is in the log. */
  committed(atMs: number): void
  /** What it has taken since is not in the log, or nobody knows. */
  discard(): void
  /** Null before the first batch, while a batch is being made, and after a failure. */
  current(): OrganizationState | null
}

/** Further behind than this it is quicker to read the rows than to fold the events. */
const farBehind = 5000

export function createFoldedState(organizationId: string, replica: Replica): FoldedState {
  let kept: { readonly state: OrganizationState; readonly epoch: string; isAhead: boolean } | null = null
  let lastAtMs = 0

  async function bring(tx: Transaction, { head, epoch }: Head): Promise<OrganizationState> {
    const before = kept
    // Whatever fails from here on leaves nothing that might be half folded.
    kept = null
    // Another epoch: a backup was restored, or the organization begun anew, and the same positions hold other events.
    if (before === null || before.isAhead || before.epoch !== epoch) return loaded(tx, head)
    const { state } = before
    if (state.position > head || head - state.position > farBehind) return loaded(tx, head)
    if (state.position < head) lastAtMs = Math.max(lastAtMs, await replica.catchUp(tx, organizationId, state, head))
    return state
  }

  async function loaded(tx: Transaction, head: number): Promise<OrganizationState> {
    const { rows } = await tx.query<{ at: number }>({
      name: 'log_last_event_at',
      text: 'select at from event where org_id = $1 and position = $2',
      values: [organizationId, head],
    })
    lastAtMs = Math.max(lastAtMs, rows[0]?.at ?? 0)
    return replica.load(tx, organizationId, head)
  }

  return {
    async atHead(tx, head) {
      const state = await bring(tx, head)
      kept = { state, epoch: head.epoch, isAhead: true }
      return { state, lastAtMs }
    },
    committed(atMs) {
      if (kept === null) return
      kept.isAhead = false
      lastAtMs = Math.max(lastAtMs, atMs)
      replica.trim(kept.state)
    },
    discard() {
      kept = null
    },
    current: () => (kept === null || kept.isAhead ? null : kept.state),
  }
}
