import type { Command, OrganizationState } from '@duoke/domain'
import type { Database, Transaction, WritingTransaction } from '../database/client.ts'
import { appendBatch, findSeen, lockHead } from './append.ts'
import { type AppliedBatch, type BatchTools, decideBatch, PoisonCommand, type Projection, type Work } from './batch.ts'
import { BatchTooSlow, isFaultOfCommands, isTooSlow } from './blame.ts'
import type { Failpoint } from './failpoint.ts'
import { createFoldedState, type FoldedState, type Replica } from './folded-state.ts'
import { createLanes, type Lanes } from './lanes.ts'
import { CommandParked, LogUnavailable, type Outcome } from './outcome.ts'

export type LogPorts = BatchTools & {
  readonly database: Database
  readonly replica: Replica
  readonly projections: readonly Projection[]
  readonly failpoint: Failpoint
  /** For how long commands wait and batches last: never set back or forward (F20). */
  readonly monotonicMs: () => number
  /** The time of a batch, from the database's clock taken with the lock; tests inject it. */
  readonly batchTimeMs: (databaseMs: number) => number
  readonly onCommitted: (batch: AppliedBatch) => void
  readonly onParked: (organizationId: string, command: Command, error: unknown) => void
}

export const batchLimits = {
  commands: 256,
  bytes: 1_000_000,
  perLane: 4000,
  bytesPerLane: 32_000_000,
  waitMs: 2300,
  lastsMs: 2000,
} as const

export type OrganizationLog = {
  submit(command: Command, options: SubmitOptions): Promise<Outcome>
  /** The newest state that this server has folded, or null before the first batch. Read only. */
  state(): OrganizationState | null
  /** Answers what still waits with `shutting_down` and resolves when the running batch has ended. */
  close(): Promise<void>
  /**
   * Answers commands that have waited longer than anybody would. What became of those that are being committed, their keys
   * will tell (F10).
   */
  dropStale(): void
}

export type SubmitOptions = {
  readonly lane: 'pushes' | 'agents' | 'timers' | `app:${string}`
  /** Retry key: the same key is carried out once, however often it comes. */
  readonly key?: string
  /** Handed to the projections with the command; secrets and provider ids that are no part of the decision. */
  readonly attachment?: unknown
}

export function createOrganizationLog(organizationId: string, ports: LogPorts): OrganizationLog {
  const lanes = createLanes<Work>({
    maxPerLane: batchLimits.perLane,
    maxBytesPerLane: batchLimits.bytesPerLane,
    sizeOf: (work) => work.bytes,
  })
  const folded = createFoldedState(organizationId, ports.replica)
  const committer = createCommitter(organizationId, folded, ports)
  let running: Promise<void> | null = null
  let closed = false

  async function run() {
    let tell = nothing
    while (lanes.size > 0) {
      // One turn of the event loop lets the commands of other sockets join this batch.
      await new Promise<void>((resolve) => setImmediate(resolve))
      dropStale()
      const next = committer.commitNext(lanes)
      // Told while the database looks up what the next batch needs: it does not wait for us, nor we for it.
      tell()
      tell = await next
      if (lanes.size === 0) {
        tell()
        tell = nothing
      }
    }
    running = null
  }

  function dropStale() {
    const before = ports.monotonicMs() - batchLimits.waitMs
    const isStale = (work: Work) => work.enteredMs < before
    failAll(lanes.dropStale(isStale), 'overloaded')
    failAll(committer.inFlight().filter(isStale), 'database_unavailable')
  }

  function failAll(works: readonly Work[], code: LogUnavailable['code']) {
    for (const work of works) work.fail(new LogUnavailable(code))
  }

  return {
    submit(command, { key, attachment, lane }) {
      if (closed) return Promise.reject(new LogUnavailable('shutting_down'))
      return new Promise<Outcome>((settle, fail) => {
        const enteredMs = ports.monotonicMs()
        const work: Work = { command, key, attachment, bytes: roughBytes(command), enteredMs, settle, fail }
        if (!lanes.push(lane, work)) return fail(new LogUnavailable('overloaded'))
        running ??= run()
      })
    },
    state: folded.current,
    dropStale,
    async close() {
      closed = true
      failAll(
        lanes.dropStale(() => true),
        'shutting_down',
      )
      await running
    },
  }
}

/** Answers the commands of a batch that is committed, and tells who listens: at once, or when the next batch is under way. */
type Tell = () => void
const nothing: Tell = () => {}

/** Carries batches out, one at a time. Never throws: every command of a batch gets its answer. */
function createCommitter(organizationId: string, folded: FoldedState, ports: LogPorts) {
  /** Halved when a batch takes too long, so that a slow database is asked for less. */
  let limit: number = batchLimits.commands
  let inFlight: readonly Work[] = []

  async function commit(works: readonly Work[]): Promise<Tell> {
    if (works.length === 0) return nothing
    const attempt = createAttempt(organizationId, folded, ports, works)
    let committed: Appended | 'no organization'
    try {
      committed = await ports.database.withOrganization(organizationId, attempt.append, { pool: 'log' })
    } catch (error) {
      folded.discard()
      return failed(works, error, attempt.reachedCommands())
    }
    if (committed === 'no organization') {
      for (const work of works) work.settle(noOrganization)
      return nothing
    }
    limit = Math.min(batchLimits.commands, limit * 2)
    folded.committed(committed.applied.atMs)
    if (committed.applied.sealed.length > 0) ports.failpoint('after_commit')
    return tellOf(committed, ports)
  }

  async function failed(works: readonly Work[], error: unknown, reachedCommands: boolean): Promise<Tell> {
    if (error instanceof PoisonCommand) {
      park(error.work, error.cause)
      return commit(works.filter((work) => work !== error.work))
    }
    if (reachedCommands && isFaultOfCommands(error)) {
      const [alone] = works
      if (works.length === 1 && alone !== undefined) return park(alone, error)
      const half = Math.ceil(works.length / 2)
      const tell = await commit(works.slice(0, half))
      tell()
      return commit(works.slice(half))
    }
    if (isTooSlow(error)) limit = Math.max(1, Math.floor(works.length / 2))
    const unavailable = new LogUnavailable('database_unavailable', error)
    for (const work of works) work.fail(unavailable)
    return nothing
  }

  function park(work: Work, error: unknown): Tell {
    work.fail(new CommandParked(error))
    ports.onParked(organizationId, work.command, error)
    return nothing
  }

  return {
    async commitNext(lanes: Lanes<Work>): Promise<Tell> {
      const works = lanes.take(limit, batchLimits.bytes)
      inFlight = works
      try {
        return await commit(works)
      } catch (error) {
        // Not foreseen: whoever has no answer yet gets this one, and the next batch begins with a state read anew.
        folded.discard()
        for (const work of works) work.fail(new LogUnavailable('database_unavailable', error))
        return nothing
      } finally {
        inFlight = []
      }
    },
    inFlight: () => inFlight,
  }
}

const noOrganization: Outcome = { accepted: false, code: 'not_found', detail: 'There is no such organization.' }

function tellOf({ applied, outcomes }: Appended, ports: Pick<LogPorts, 'onCommitted'>): Tell {
  return () => {
    for (const answer of outcomes) answer()
    if (applied.sealed.length > 0) ports.onCommitted(applied)
  }
}

type Appended = { readonly applied: AppliedBatch; readonly outcomes: readonly (() => void)[] }

/** One batch's transaction. It may run again after a conflict: everything it knows it asks anew. */
function createAttempt(organizationId: string, folded: FoldedState, ports: LogPorts, works: readonly Work[]) {
  let reachedCommands = false

  async function append(patient: WritingTransaction): Promise<Appended | 'no organization'> {
    reachedCommands = false
    // Sent together; the keys are looked up once the lock is held.
    const [head, seenBefore] = await Promise.all([
      lockHead(patient, organizationId),
      findSeen(patient, organizationId, works),
    ])
    if (head === null) return 'no organization'
    const lockedMs = ports.monotonicMs()
    const tx = impatient(patient, () => ports.monotonicMs() - lockedMs)
    const { state, lastAtMs } = await folded.atHead(tx, head)
    const commands = works.filter((work) => work.key === undefined || !seenBefore.has(work.key))
    reachedCommands = true
    await ports.replica.warm(
      tx,
      organizationId,
      state,
      commands.map(({ command }) => command),
    )
    const atMs = Math.trunc(Math.max(ports.batchTimeMs(head.databaseMs), lastAtMs))
    const draft = decideBatch(organizationId, works, { state, atMs, chain: head.chain, seenBefore, tools: ports })
    const { applied, chain, seen, outcomes } = draft
    tx.last([
      ...appendBatch(organizationId, { atMs, head: state.position, chain, sealed: applied.sealed, seen }),
      ...ports.projections.flatMap((projection) => projection(applied)),
    ])
    if (applied.sealed.length > 0) ports.failpoint('before_commit')
    return { applied, outcomes }
  }

  return { append, reachedCommands: () => reachedCommands }
}

/** Gives up between two statements when all of them together take too long. */
function impatient(tx: WritingTransaction, elapsedMs: () => number): WritingTransaction {
  return {
    query<Row>(statement: Parameters<Transaction['query']>[0]) {
      const elapsed = elapsedMs()
      if (elapsed > batchLimits.lastsMs) return Promise.reject(new BatchTooSlow(elapsed))
      return tx.query<Row>(statement)
    },
    last(statements) {
      const elapsed = elapsedMs()
      if (elapsed > batchLimits.lastsMs) throw new BatchTooSlow(elapsed)
      tx.last(statements)
    },
  }
}

/** For bounding batches and lanes, not for accounting. */
function roughBytes(command: Command): number {
  switch (command.type) {
    case 'customer.act':
      return 600 + (command.raw?.length ?? 0) * 2
    case 'configuration.apply': {
      const { accounts = [], teams = [], agents = [], apps = [] } = command.document
      return 1000 + 500 * (accounts.length + teams.length + agents.length + apps.length)
    }
    case 'message.submit':
      return 600 + (command.content.type === 'text' ? command.content.text.length * 2 : 2000)
    default:
      return 600
  }
}
