import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, PoolClient } from 'pg'
import { DatabaseUnavailable, isConflict, isConnectionLost, isPoolExhausted, sqlStateOf } from './trouble.ts'

export type Statement = {
  /** Named statements are planned once per connection. */
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * What runs inside one transaction. Statements are sent when they are asked for, whether or not the earlier ones have been
 * answered, and are carried out in that order; after one that fails none is carried out. Timestamps come as epoch milliseconds, bigint as number, json as its text. */
export type Transaction = {
  query<Row = Record<string, never>>(statement: Statement): Promise<{ rows: Row[]; rowCount: number }>
}

export type WritingTransaction = Transaction & {
  /**
   * Statements that leave together with COMMIT, so that it waits for no answer of theirs. The first that fails is what the
   * transaction fails with, and then nothing was committed.
   */
  last(statements: readonly Statement[]): void
}

export type TransactionPorts = {
  readonly connect: () => Promise<PoolClient>
  /** Between 0 and 1, so that those who collided do not collide again. */
  readonly random: () => number
  /** How long to wait for a database that is just starting again. */
  readonly connectPatienceMs: number
}

const maxTries = 6

/**
 * Runs `work` between BEGIN and COMMIT. It may run more than once: again after a deadlock or a serialization failure
 * (F12), and on another connection when the first turns out to be dead. So it must do nothing but ask the transaction.
 */
export async function inTransaction<T>(
  ports: TransactionPorts,
  begin: string,
  work: (tx: WritingTransaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await begunAndFinished(ports, begin, work)
    } catch (error) {
      if (attempt >= maxTries || !isConflict(error)) throw error
      await sleep(2 ** attempt * (0.5 + ports.random()))
    }
  }
}

/** A pool hands out connections that died while they idled; only BEGIN tells. Until then nothing has happened. */
async function begunAndFinished<T>(
  ports: TransactionPorts,
  begin: string,
  work: (tx: WritingTransaction) => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + ports.connectPatienceMs
  for (let attempt = 0; ; attempt += 1) {
    let client: PoolClient | undefined
    let error: unknown
    try {
      client = await ports.connect()
      // Its answer is not waited for: the first statements go with it.
      const begun = client.query(begin).then(
        () => null,
        (reason: unknown) => ({ reason }),
      )
      const last: Statement[] = []
      const tx: WritingTransaction = { ...transactionOn(client), last: (statements) => void last.push(...statements) }
      const result = await attempted(work, tx)
      const refused = await begun
      if (refused === null) return await finish(client, result, last)
      error = refused.reason
    } catch (reason) {
      error = reason
      if (client !== undefined) throw reason
    }
    client?.release(true)
    if (isPoolExhausted(error)) throw new DatabaseUnavailable('53300', error)
    if (!isConnectionLost(error)) throw error
    // At most one of each pool's dead connections is met in one attempt: those cost no waiting.
    const pauseMs = client ? 0 : Math.min(100, 5 * 2 ** attempt) * (0.5 + ports.random())
    if (performance.now() + pauseMs > deadline) throw new DatabaseUnavailable('08006', error)
    await sleep(pauseMs)
  }
}

type Attempted<T> = { readonly ok: true; readonly result: T } | { readonly ok: false; readonly error: unknown }

async function attempted<T>(
  work: (tx: WritingTransaction) => Promise<T>,
  tx: WritingTransaction,
): Promise<Attempted<T>> {
  try {
    return { ok: true, result: await work(tx) }
  } catch (error) {
    return { ok: false, error }
  }
}

async function finish<T>(client: PoolClient, attempt: Attempted<T>, last: readonly Statement[]): Promise<T> {
  if (attempt.ok) {
    await commit(client, last)
    return attempt.result
  }
  const { error } = attempt
  await rollBack(client, error)
  throw isConnectionLost(error) ? new DatabaseUnavailable('08006', error) : error
}

async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  if (isConnectionLost(error)) return client.release(true)
  try {
    await client.query('rollback')
    client.release()
  } catch {
    // A connection that cannot even roll back is thrown away; the server then rolls back by itself.
    client.release(true)
  }
}

async function commit(client: PoolClient, last: readonly Statement[]): Promise<void> {
  const { query } = transactionOn(client)
  const foreign = last.find(({ values = [] }) => !values.every(isWritable))
  if (foreign !== undefined) {
    const error = new TypeError(`${foreign.name ?? foreign.text} has a value that the driver may not be able to write.`)
    await rollBack(client, error)
    throw error
  }
  const writes = Promise.allSettled(last.map((statement) => query(statement)))
  let command: string
  try {
    command = (await client.query('commit')).command
  } catch (error) {
    client.release(isConnectionLost(error))
    throw isConnectionLost(error) ? new DatabaseUnavailable('08007', error) : error
  }
  client.release()
  if (last.length > 0) throwFirst(await writes)
  // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and `work` went on as if it had not.
  if (command !== 'COMMIT') throw new Error('A statement of the transaction had failed, so nothing was committed.')
}

/**
 * What the driver writes without fail. Whatever it stumbled over would be missing among the statements that are sent, and
 * COMMIT is among them.
 */
function isWritable(value: unknown): boolean {
  if (value === null || value === undefined || value instanceof Uint8Array) return true
  if (Array.isArray(value)) return value.every(isWritable)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

/** What failed first says why; those behind it were only told that the transaction is over. */
function throwFirst(answers: readonly PromiseSettledResult<unknown>[]): void {
  const errors = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  if (errors.length > 0) throw errors.find((error) => sqlStateOf(error) !== inFailedTransaction) ?? errors[0]
}

const inFailedTransaction = '25P02'

export function transactionOn(client: PoolClient | Client): Transaction {
  return {
    async query<Row>(statement: Statement) {
      const result = await client.query({
        ...(statement.name === undefined ? {} : { name: statement.name }),
        text: statement.text,
        values: statement.values as unknown[] | undefined, // pg does not write to it
      })
      return { rows: result.rows as Row[], rowCount: result.rowCount ?? 0 } // the caller's SQL says what a row is
    },
  }
}
