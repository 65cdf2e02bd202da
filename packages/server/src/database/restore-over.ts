import type { Readable } from 'node:stream'
import type pg from 'pg'
import { readTables } from './backup.ts'
import { quoted, type TableStart } from './backup-format.ts'
import { backupSession, longSession } from './backup-session.ts'
import type { Connection } from './connection.ts'
import { DatabaseRefusal } from './refusal.ts'
import { type RestoreSummary, readBackup } from './restore.ts'
import type { Transaction } from './transaction.ts'
import { isConflict, sqlStateOf } from './trouble.ts'

export type RestoreOverOptions = {
  readonly drawEpoch: () => string
  /** Looks at what would be restored, before anything is touched, and throws when it must not be. Sees all organizations. */
  readonly check: (tx: Transaction) => Promise<void>
  /** The token by which the restore was asked for goes on working, although the backup may be older than it. */
  readonly keepToken: { readonly org: string; readonly tokenId: string }
}

/** Where a backup is unpacked, beside the tables that servers work with. */
const aside = 'duoke_incoming'
const oneRestorerAtATime = 0x64756f6c
const mostTries = 5

/**
 * Puts a backup in the place of everything that the database holds, beside servers that go on. It is unpacked aside, brought
 * to the newest schema and checked; then one transaction empties the tables and fills them. Whoever dies in the middle leaves
 * what was there, and at most the folder aside, which the next restore or the housekeeping takes away.
 */
export async function restoreOver(
  connection: Connection,
  input: Readable,
  options: RestoreOverOptions,
): Promise<RestoreSummary> {
  await using guard = await backupSession(connection)
  if (!(await becomeRestorer(guard.client))) {
    throw new DatabaseRefusal('restore_running', 'Another backup is being restored.', 'Wait until that has ended.')
  }
  try {
    await guard.client.query(`drop schema if exists ${aside} cascade`)
    await guard.client.query(`create schema ${aside}`)
    await guard.client.query(`grant usage on schema ${aside} to duoke_app, duoke_worker`)
    const staged = schemaAside(connection)
    const summary = await readBackup(staged, input, options)
    await checkAside(staged, options.check)
    await putInPlace(guard.client, await tablesOf(staged), options.keepToken)
    return summary
  } finally {
    await guard.client.query(`drop schema if exists ${aside} cascade`).catch(() => {}) // The first error says more.
  }
}

/** Takes away what a restore left that died. */
export async function clearRestore(tx: Transaction): Promise<void> {
  const { rows } = await tx.query<{ is_there: boolean }>({
    text: `select exists (select 1 from pg_namespace where nspname = $1) as is_there`,
    values: [aside],
  })
  if (rows[0]?.is_there !== true) return
  const lock = await tx.query<{ is_mine: boolean }>({
    text: 'select pg_try_advisory_xact_lock($1) as is_mine',
    values: [oneRestorerAtATime],
  })
  if (lock.rows[0]?.is_mine !== true) return
  // Only the owner may; the session's own role sees rows.
  await tx.query({ text: 'set local role none' })
  await tx.query({ text: `drop schema if exists ${aside} cascade` })
}

/** Until the session ends, however that may be. */
async function becomeRestorer(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ is_mine: boolean }>('select pg_try_advisory_lock($1) as is_mine', [
    oneRestorerAtATime,
  ])
  return rows[0]?.is_mine === true
}

function schemaAside(connection: Connection): Connection {
  return { ...connection, options: `${connection.options ?? ''} -c search_path=${aside}`.trim() }
}

async function checkAside(staged: Connection, check: RestoreOverOptions['check']): Promise<void> {
  await using session = await longSession(staged)
  await session.tx.query({ text: 'set role duoke_worker' })
  await check(session.tx)
}

async function tablesOf(connection: Connection): Promise<TableStart[]> {
  await using session = await backupSession(connection)
  return await readTables(session.client)
}

async function putInPlace(
  client: pg.Client,
  staged: readonly TableStart[],
  keepToken: RestoreOverOptions['keepToken'],
): Promise<void> {
  const tables = await readTables(client)
  if (JSON.stringify(inOrder(tables)) !== JSON.stringify(inOrder(staged))) {
    throw new DatabaseRefusal(
      'schema_newer',
      'The tables in use are not those of this Duoke.',
      'Ask a server of the newest version to restore.',
    )
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await swap(client, tables, keepToken)
    } catch (error) {
      await client.query('rollback')
      if (tries === mostTries || !(isConflict(error) || sqlStateOf(error) === '55P03')) throw error
    }
  }
}

const inOrder = (tables: readonly TableStart[]) =>
  tables.map(({ table, columns }) => [table, [...columns].sort()]).sort()

async function swap(
  client: pg.Client,
  tables: readonly TableStart[],
  keepToken: RestoreOverOptions['keepToken'],
): Promise<void> {
  const names = tables.map(({ table }) => quoted(table))
  await client.query('begin')
  // Whoever writes takes the lock of the organization first: nobody who waits for us holds what we wait for.
  await client.query(`set local lock_timeout = '3s'`)
  await client.query('lock table organization in access exclusive mode')
  await client.query(`lock table ${names.join(', ')} in access exclusive mode`)
  await client.query('set local role duoke_worker')
  await client.query(
    `insert into ${aside}.token select * from token where org_id = $1 and token_id = $2 on conflict do nothing`,
    [keepToken.org, keepToken.tokenId],
  )
  await client.query('set local role none')
  await client.query(`truncate ${names.join(', ')}`)
  await client.query('set local role duoke_worker')
  for (const { table, columns } of tables) {
    const list = columns.map(quoted).join(', ')
    await client.query(`insert into ${quoted(table)} (${list}) select ${list} from ${aside}.${quoted(table)}`)
  }
  // Servers look at their leases every second: those of before end here, and with them what they know of positions.
  await client.query(
    `update app_feed set leased_by = 'restore', leased_until = clock_timestamp() + interval '5 seconds'`,
  )
  await client.query('set local role none')
  await client.query(`drop schema ${aside} cascade`)
  await client.query('commit')
}
