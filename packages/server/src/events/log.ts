import type { Command, OrganizationState } from '@duoke/domain'
import type { AppliedBatch } from './batch.ts'
import {
  batchLimits,
  createOrganizationLog,
  type LogPorts,
  type OrganizationLog,
  type SubmitOptions,
} from './organization-log.ts'
import type { Outcome } from './outcome.ts'

/**
 * The log: commands in, decided events out. Commands that wait for the same organization go together into one
 * transaction under the organization's row lock; their positions are gap-free and become visible in order.
 */
export type Log = AsyncDisposable & {
  /** @throws LogUnavailable when lanes are full, the database does not answer, or the server stops; CommandParked */
  submit(organizationId: string, command: Command, options: SubmitOptions): Promise<Outcome>
  /** Called after each commit of this server, in log order per organization. */
  onAppended(listener: (batch: AppliedBatch) => void): () => void
  /** Newest folded state of this server; null until it has appended something for the organization. Read only. */
  state(organizationId: string): OrganizationState | null
  /** The organization was rewritten outside the log (restore, removal of the example): forget what was folded. */
  forget(organizationId: string): Promise<void>
  readonly parked: { readonly count: number }
}

export type CreateLogPorts = Omit<LogPorts, 'onCommitted' | 'onParked' | 'monotonicMs'> & {
  readonly onParked?: LogPorts['onParked']
  /** A listener threw: what it was told is in the log all the same. */
  readonly onError?: (error: unknown) => void
  readonly monotonicMs?: () => number
}

export function createLog(ports: CreateLogPorts): Log {
  const { onError = () => {}, monotonicMs = () => performance.now() } = ports
  const organizations = new Map<string, OrganizationLog>()
  const listeners = new Set<(batch: AppliedBatch) => void>()
  const parked = { count: 0 }
  let closed = false

  function tell(batch: AppliedBatch) {
    for (const listener of listeners) {
      try {
        listener(batch)
      } catch (error) {
        onError(error)
      }
    }
  }

  function organization(id: string): OrganizationLog {
    const existing = organizations.get(id)
    if (existing !== undefined) return existing
    const created = createOrganizationLog(id, {
      ...ports,
      monotonicMs,
      onCommitted: tell,
      onParked(organizationId, command, error) {
        parked.count += 1
        ports.onParked?.(organizationId, command, error)
      },
    })
    if (closed) void created.close()
    organizations.set(id, created)
    return created
  }

  const sweeper = setInterval(() => {
    for (const one of organizations.values()) one.dropStale()
  }, batchLimits.waitMs / 8)
  sweeper.unref()

  return {
    parked,
    submit: (organizationId, command, options) => organization(organizationId).submit(command, options),
    onAppended(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    state: (organizationId) => organizations.get(organizationId)?.state() ?? null,
    async forget(organizationId) {
      const existing = organizations.get(organizationId)
      organizations.delete(organizationId)
      await existing?.close()
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(sweeper)
      await Promise.all([...organizations.values()].map((one) => one.close()))
    },
  }
}
