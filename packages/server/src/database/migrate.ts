import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { Connection } from './connection.ts'
import { DatabaseRefusal } from './refusal.ts'
import { ensureRoles } from './roles.ts'

const folder = join(import.meta.dirname, 'migrations')
const oneMigratorAtATime = 0x64756f6b
const oldestServer = 15

export type Migration = {
  readonly version: number
  readonly name: string
  readonly sql: string
  readonly checksum: string
  /**
   * The oldest step that a program must know to work on the schema after this one: a step that only adds things names an
   * older one in its first line, so that the version before still starts after a downgrade (F23).
   */
  readonly readableFrom: number
}

export function readMigrations(from = folder): Migration[] {
  return readdirSync(from)
    .filter((name) => /^\d{3}-[a-z0-9-]+\.sql$/.test(name))
    .sort()
    .map((name) => {
      const sql = readFileSync(join(from, name), 'utf8')
      const version = Number(name.slice(0, 3))
      const readableFrom = Number(sql.match(/^-- readable from (\d+)$/m)?.[1] ?? version)
      return { version, name, sql, checksum: createHash('sha256').update(sql).digest('hex'), readableFrom }
    })
}

type Applied = { version: number; name: string; checksum: string; readable_from: number }

/** Brings the schema to this version; one migrator at a time, each file in a transaction of its own, resumable (F22). */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[] = readMigrations(),
): Promise<number> {
  const client = new pg.Client({ ...connection, application_name: 'duoke migrate' })
  client.on('error', () => {}) // The statement that fails says it.
  await client.connect()
  try {
    await refuseOldServer(client)
    await client.query('select pg_advisory_lock($1)', [oneMigratorAtATime])
    await ensureRoles(client)
    const applied = await readApplied(client)
    refuseStrangers(applied, migrations)
    const done = new Set(applied.map(({ version }) => version))
    const missing = migrations.filter(({ version }) => !done.has(version))
    for (const migration of missing) await applyOne(client, migration)
    return missing.length
  } finally {
    await client.end()
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string }>(`select current_setting('server_version_num') as number`)
  const major = Math.floor(Number(rows[0]?.number) / 10_000)
  if (major >= oldestServer) return
  throw new DatabaseRefusal(
    'old_server',
    `The database is PostgreSQL ${major}.`,
    `Duoke needs PostgreSQL ${oldestServer} or later.`,
  )
}

async function readApplied(client: pg.Client): Promise<Applied[]> {
  await client.query(`create table if not exists schema_migration (
    version int primary key, name text not null, checksum text not null, at timestamptz not null default now())`)
  await client.query('alter table schema_migration add column if not exists readable_from int not null default 1')
  const { rows } = await client.query<Applied>(
    'select version, name, checksum, readable_from from schema_migration order by version',
  )
  return rows
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(migration.sql)
    await client.query(
      'insert into schema_migration (version, name, checksum, readable_from) values ($1, $2, $3, $4)',
      [migration.version, migration.name, migration.checksum, migration.readableFrom],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {}) // The first error says more.
    throw error
  }
}

function refuseStrangers(applied: readonly Applied[], known: readonly Migration[]): void {
  const newest = Math.max(0, ...known.map(({ version }) => version))
  for (const row of applied) {
    const ours = known.find((migration) => migration.version === row.version)
    if (ours === undefined ? row.readable_from > newest : ours.checksum !== row.checksum) throw strange(row, ours)
  }
}

function strange({ name }: Applied, ours: Migration | undefined): DatabaseRefusal {
  if (ours === undefined) {
    return new DatabaseRefusal(
      'schema_newer',
      `The database was written by a newer Duoke (schema step ${name}).`,
      'Start the newer version again, or restore a backup made by this one.',
    )
  }
  return new DatabaseRefusal(
    'schema_changed',
    `Schema step ${name} differs from the one in this program.`,
    'A published step must never be edited: install an unchanged release.',
  )
}
