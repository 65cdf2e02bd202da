import pg from 'pg'
import { sessionOptions } from './client.ts'
import type { Connection } from './connection.ts'
import { rowTypes } from './row-types.ts'
import { type Transaction, transactionOn } from './transaction.ts'

/** One connection that may take its time, and writes values as every PostgreSQL reads them. */
export async function backupSession(connection: Connection): Promise<AsyncDisposable & { client: pg.Client }> {
  return open(connection, {})
}

/** The same for whoever reads and writes rows as the rest of the server does. */
export async function longSession(connection: Connection): Promise<AsyncDisposable & { tx: Transaction }> {
  const session = await open(connection, { types: rowTypes })
  return { tx: transactionOn(session.client), [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
}

async function open(connection: Connection, more: pg.ClientConfig): Promise<AsyncDisposable & { client: pg.Client }> {
  const client = new pg.Client({
    ...connection,
    ...more,
    application_name: 'duoke backup',
    keepAlive: true,
    options: sessionOptions(connection, {
      statement_timeout: '0',
      idle_in_transaction_session_timeout: '0',
      lock_timeout: '10s',
      timezone: 'UTC',
      datestyle: 'ISO',
      bytea_output: 'hex',
      client_encoding: 'UTF8',
    }),
  })
  client.on('error', () => {}) // The statement that fails says it.
  await client.connect()
  return { client, [Symbol.asyncDispose]: () => client.end() }
}
