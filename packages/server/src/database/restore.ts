import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { readTables } from './backup.ts'
import {
  type BackupEnd,
  type BackupHeader,
  backupFormat,
  backupVersion,
  endOfRows,
  quoted,
  sha256,
  type TableEnd,
  type TableStart,
} from './backup-format.ts'
import { BackupLines } from './backup-lines.ts'
import { backupSession } from './backup-session.ts'
import type { Connection } from './connection.ts'
import { type Migration, migrate, readMigrations } from './migrate.ts'
import { DatabaseRefusal } from './refusal.ts'
import { sqlStateOf } from './trouble.ts'

export type RestoreSummary = { tables: number; rows: number; createdAt: string }

/**
 * Reads a backup into a database that holds nothing yet, all or nothing. The rows enter the schema that they were
 * written from; newer steps follow. Every organization gets a new epoch, so that whoever reads its log learns of the
 * rewind (F25).
 */
export async function readBackup(
  connection: Connection,
  input: Readable,
  options: { drawEpoch: () => string },
): Promise<RestoreSummary> {
  const lines = new BackupLines(input.pipe(createGunzip()), input)
  try {
    const header = await readHeader(lines)
    await migrate(connection, stepsOf(header))
    await using session = await backupSession(connection)
    const loaded = await loadAll(session.client, lines, options.drawEpoch)
    await migrate(connection)
    return { ...loaded, createdAt: header.createdAt }
  } finally {
    lines.close()
  }
}

async function readHeader(lines: BackupLines): Promise<BackupHeader> {
  try {
    const header = await lines.json<BackupHeader>()
    if (header.format === backupFormat && header.version === backupVersion) return header
  } catch (error) {
    if (!(error instanceof DatabaseRefusal)) throw error
  }
  throw new DatabaseRefusal(
    'backup_foreign',
    'This file is no backup that this Duoke can read.',
    'Give a file that `duoke backup` wrote, and to the same or a newer version.',
  )
}

/** Our own steps up to the backup's last; they must be the same ones. */
function stepsOf(header: BackupHeader): Migration[] {
  const known = readMigrations()
  for (const step of header.schema) {
    if (known.some(({ version, checksum }) => version === step.version && checksum === step.checksum)) continue
    throw new DatabaseRefusal(
      'schema_newer',
      `The backup was written by another Duoke (schema step ${step.name}).`,
      'Restore it with the version that wrote it, or a newer one.',
    )
  }
  return known.filter(({ version }) => header.schema.some((step) => step.version === version))
}

type Loaded = { tables: number; rows: number }

async function loadAll(client: pg.Client, lines: BackupLines, drawEpoch: () => string): Promise<Loaded> {
  await client.query('begin')
  try {
    await client.query('set local role duoke_worker')
    const tables = await readTables(client)
    await refuseRows(client, tables)
    const loaded = await loadTables(client, lines, tables)
    await beginAnew(client, drawEpoch)
    await client.query('commit')
    return loaded
  } catch (error) {
    await client.query('rollback').catch(() => {}) // The first error says more.
    // Classes 22 and 23: rows that PostgreSQL cannot read, or that cannot stand together.
    throw /^2[23]/.test(sqlStateOf(error) ?? '') ? lines.damaged('its rows cannot be read', error) : error
  }
}

async function refuseRows(client: pg.Client, tables: readonly TableStart[]): Promise<void> {
  for (const { table } of tables) {
    const { rowCount } = await client.query(`select 1 from ${quoted(table)} limit 1`)
    if (rowCount === 0) continue
    throw new DatabaseRefusal(
      'not_empty',
      `The database holds rows already (table ${table}).`,
      'Restore into a new folder or a new, empty database.',
    )
  }
}

async function loadTables(client: pg.Client, lines: BackupLines, known: readonly TableStart[]): Promise<Loaded> {
  const loaded = { tables: 0, rows: 0 }
  for (;;) {
    const before = lines.digest()
    const next = await lines.json<TableStart | BackupEnd>()
    if ('end' in next) {
      const whole = next.sha256 === before && next.tables === loaded.tables
      if (!whole || !(await lines.atEnd())) throw lines.damaged('its end does not fit the rest')
      return loaded
    }
    const table = known.find((one) => one.table === next.table)
    if (!table || !next.columns.every((column) => table.columns.includes(column))) {
      throw lines.damaged(`there is no table ${next.table} of that form`)
    }
    loaded.rows += await loadTable(client, lines, next)
    loaded.tables += 1
  }
}

/** COPY does not enter tables with row-level security, so the rows come in beside and are moved over. */
async function loadTable(client: pg.Client, lines: BackupLines, { table, columns }: TableStart): Promise<number> {
  const names = columns.map(quoted).join(', ')
  const part = sha256()
  let rows = 0
  async function* data(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = await lines.rows(endOfRows)
      if (chunk === undefined) return
      part.update(chunk.bytes)
      rows += chunk.count
      yield chunk.bytes
    }
  }
  await client.query(`create temporary table incoming (like ${quoted(table)}) on commit drop`)
  await pipeline(
    Readable.from(data(), { objectMode: false }),
    client.query(copyFrom(`copy incoming (${names}) from stdin`)),
  )
  const end = await lines.json<TableEnd>()
  if (end.rows !== rows || end.sha256 !== part.digest('hex')) throw lines.damaged(`table ${table} is not as it was`)
  await client.query(`insert into ${quoted(table)} (${names}) select ${names} from incoming`)
  await client.query('drop table incoming')
  return rows
}

async function beginAnew(client: pg.Client, drawEpoch: () => string): Promise<void> {
  const { rows } = await client.query<{ org_id: string }>('select org_id from organization')
  for (const { org_id } of rows) {
    await client.query('update organization set epoch = $2 where org_id = $1', [org_id, drawEpoch()])
  }
  // What waited when the backup was written has left long since, or not: nobody knows, and nothing is sent again. A
  // claim whose holder is gone becomes `unknown` in the log.
  await client.query(
    `update outbox set status = 'claimed', claimed_by = 'restore', claimed_at = 'epoch' where status <> 'settled'`,
  )
}
