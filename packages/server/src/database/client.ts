import pg from 'pg'
import type { Connection } from './connection.ts'
import { createGatheringSocket } from './gathering-socket.ts'
import { rowTypeSettings, rowTypes } from './row-types.ts'
import { inTransaction, type WritingTransaction } from './transaction.ts'

export type { Statement, Transaction, WritingTransaction } from './transaction.ts'

export type PoolName = 'log' | 'read'

export type Database = AsyncDisposable & {
  /** One transaction that sees one organization only, as role duoke_app. */
  withOrganization<T>(
    organizationId: string,
    work: (tx: WritingTransaction) => Promise<T>,
    options?: TransactionOptions & { readonly pool?: PoolName },
  ): Promise<T>
  /** One transaction across organizations, as role duoke_worker: for workers and for what precedes knowing the organization. */
  withWorker<T>(work: (tx: WritingTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>
}

export type TransactionOptions = { readonly readOnly?: boolean; readonly isolation?: 'repeatable read' }

export type DatabaseOptions = {
  readonly connection: Connection
  readonly applicationName?: string
  /** For the read pool: reports may take longer than the log may wait. */
  readonly readTimeoutMs?: number
  readonly poolSizes?: Partial<Record<'log' | 'read' | 'worker', number>>
  readonly onError?: (error: unknown) => void
  readonly random?: () => number
}

/** Nobody stops an organization: every connection gives up on a lock, a statement or an idle transaction after 2 s. */
const patienceMs = 2000
/** When the server does not even say that it gave up: a little later we stop listening. */
const silenceMs = 400

/** The log has connections of its own, so that no number of readers can keep a push waiting (F11). */
export function openDatabase(options: DatabaseOptions): Database {
  const pools = {
    log: poolOf(options, { name: 'log', role: 'duoke_app', size: 4, statementMs: patienceMs }),
    read: poolOf(options, {
      name: 'read',
      role: 'duoke_app',
      size: 10,
      statementMs: options.readTimeoutMs ?? patienceMs,
    }),
    worker: poolOf(options, { name: 'worker', role: 'duoke_worker', size: 4, statementMs: patienceMs }),
  }
  const ports = (pool: pg.Pool) => ({
    connect: () => pool.connect(),
    random: options.random ?? Math.random,
    connectPatienceMs: patienceMs,
  })
  return {
    withOrganization(organizationId, work, { pool = 'read', ...how } = {}) {
      const organization = `select set_config('duoke.org', ${pg.escapeLiteral(organizationId)}, true)`
      return inTransaction(ports(pools[pool]), `${beginOf(how)}; ${organization}`, work)
    },
    withWorker(work, how = {}) {
      return inTransaction(ports(pools.worker), beginOf(how), work)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(pools).map((pool) => pool.end()))
    },
  }
}

function beginOf({ readOnly = false, isolation }: TransactionOptions): string {
  return `begin${isolation === undefined ? '' : ` isolation level ${isolation}`}${readOnly ? ' read only' : ''}`
}

type PoolPlan = {
  name: 'log' | 'read' | 'worker'
  role: 'duoke_app' | 'duoke_worker'
  size: number
  statementMs: number
}

function poolOf(options: DatabaseOptions, { name, role, size, statementMs }: PoolPlan): pg.Pool {
  const onError = options.onError ?? (() => {})
  const pool = new pg.Pool({
    ...options.connection,
    max: options.poolSizes?.[name] ?? size,
    application_name: `${options.applicationName ?? 'duoke'} ${name}`,
    connectionTimeoutMillis: patienceMs,
    query_timeout: statementMs + silenceMs,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    // Statements that do not wait for each other travel together, and so do their answers.
    pipeline: true,
    stream: createGatheringSocket,
    options: sessionOptions(options.connection, {
      role,
      statement_timeout: String(statementMs),
      lock_timeout: String(patienceMs),
      idle_in_transaction_session_timeout: String(patienceMs),
      ...rowTypeSettings,
    }),
    types: rowTypes,
  })
  // Without a listener, a connection that dies would end the process: idle ones tell the pool, those in use themselves.
  // While the pool closes, a server that stops at the same time may still say so; nobody needs to hear it.
  const tell = (error: unknown) => {
    if (!pool.ending) onError(error)
  }
  pool.on('error', tell)
  pool.on('connect', (client) => client.on('error', tell))
  return pool
}

/** Set by the server as the session starts, so that no statement can run before, and RESET comes back to them. */
export function sessionOptions(connection: Connection, settings: Readonly<Record<string, string>>): string {
  const own = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  return [connection.options ?? '', ...own].join(' ').trim()
}
