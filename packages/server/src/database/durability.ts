import pg from 'pg'
import type { Connection } from './connection.ts'
import { DatabaseRefusal } from './refusal.ts'

/** Without these an acknowledged message can be gone, or the whole database damaged, after a power cut. */
const needed = ['fsync', 'full_page_writes', 'synchronous_commit']

/**
 * Why a database must not be trusted with messages that we acknowledge, or undefined when it may (F07). It looks as
 * Duoke's own sessions do, because a setting may be changed for one user or one database only.
 */
export async function durabilityRefusal(connection: Connection): Promise<DatabaseRefusal | undefined> {
  const client = new pg.Client({ ...connection, application_name: 'duoke start' })
  client.on('error', () => {}) // What is lost, the query below tells.
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `select name from pg_settings where name = any($1) and setting = 'off' order by name`,
      [needed],
    )
    return rows.length === 0 ? undefined : refusalFor(rows.map(({ name }) => name))
  } finally {
    await client.end()
  }
}

function refusalFor(names: string[]): DatabaseRefusal {
  const off = names.map((name) => `${name}=off`).join(' and ')
  return new DatabaseRefusal(
    'not_durable',
    `The database runs with ${off}: after a power cut, messages that were acknowledged can be lost.`,
    `Turn ${names.join(' and ')} on, or say that losing them is acceptable.`,
  )
}
