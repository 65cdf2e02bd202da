import type { Writable } from 'node:stream'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import {
  type BackupEnd,
  type BackupHeader,
  backupFormat,
  backupVersion,
  endOfRows,
  leftOut,
  quoted,
  type SchemaStep,
  sha256,
  type TableEnd,
  type TableStart,
} from './backup-format.ts'
import { backupSession } from './backup-session.ts'
import type { Connection } from './connection.ts'

export type BackupSummary = { tables: number; rows: number; bytes: number }

/**
 * Writes everything that the database holds at one moment, beside a server that goes on. Secrets stay as they are at
 * rest: encrypted with the key that is not in the database, and so not in the backup.
 */
export async function writeBackup(
  connection: Connection,
  output: Writable,
  options: { createdAt: Date },
): Promise<BackupSummary> {
  await using session = await backupSession(connection)
  const { client } = session
  const summary = { tables: 0, rows: 0, bytes: 0 }
  await client.query('begin isolation level repeatable read read only')
  const header = await readHeader(client, options.createdAt)
  await client.query('set local role duoke_worker')
  const tables = await readTables(client)
  const content = contentOf(client, header, tables, summary)
  await pipeline(Readable.from(content, { objectMode: false }), createGzip(), output)
  await client.query('commit')
  return summary
}

async function readHeader(client: pg.Client, createdAt: Date): Promise<BackupHeader> {
  const { rows: schema } = await client.query<SchemaStep>(
    'select version, name, checksum from schema_migration order by version',
  )
  const { rows: settings } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  )
  const postgres = settings[0]?.version ?? ''
  return { format: backupFormat, version: backupVersion, createdAt: createdAt.toISOString(), postgres, schema }
}

/** The tables that are ours; an operator's database may hold others. */
export async function readTables(client: pg.Client): Promise<TableStart[]> {
  const { rows } = await client.query<TableStart>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace and c.relname <> all($1)
        and has_table_privilege('duoke_worker', c.oid, 'insert')
      group by c.relname order by c.relname`,
    [leftOut],
  )
  return rows
}

async function* contentOf(
  client: pg.Client,
  header: BackupHeader,
  tables: readonly TableStart[],
  summary: BackupSummary,
): AsyncGenerator<Buffer> {
  const whole = sha256()
  const told = (chunk: Buffer) => {
    whole.update(chunk)
    summary.bytes += chunk.length
    return chunk
  }
  yield told(line(header))
  for (const table of tables) {
    yield told(line(table))
    const part = sha256()
    const columns = table.columns.map(quoted).join(', ')
    const rows = client.query(copyTo(`copy (select ${columns} from ${quoted(table.table)}) to stdout`))
    // COPY yields bytes; the type of a stream does not say what it carries.
    for await (const chunk of rows as AsyncIterable<Buffer>) {
      part.update(chunk)
      yield told(chunk)
    }
    yield told(endOfRows)
    yield told(line({ rows: rows.rowCount, sha256: part.digest('hex') } satisfies TableEnd))
    summary.rows += rows.rowCount
    summary.tables += 1
  }
  yield line({ end: true, tables: summary.tables, sha256: whole.digest('hex') } satisfies BackupEnd)
}

function line(value: BackupHeader | TableStart | TableEnd | BackupEnd): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}
