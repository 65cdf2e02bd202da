// A backup is gzip'd text, in this order:
//   {"format":"duoke-backup",…}                         what and when
//   {"table":"organization","columns":[…]}              then the rows as PostgreSQL's COPY writes them, one a line,
//   \.                                                  which no row can be,
//   {"rows":12,"sha256":"…"}                            what was between; and so for each table
//   {"end":true,"tables":20,"sha256":"…"}               of everything before this line
// `zcat` shows it, and PostgreSQL alone can read it back by hand.
import { createHash, type Hash } from 'node:crypto'
import type { Migration } from './migrate.ts'

export const backupFormat = 'duoke-backup'
export const backupVersion = 1

export type SchemaStep = Pick<Migration, 'version' | 'name' | 'checksum'>

export type BackupHeader = {
  format: typeof backupFormat
  version: number
  createdAt: string
  postgres: string
  /** The steps that made the schema which the rows were read from. */
  schema: SchemaStep[]
}

export type TableStart = { table: string; columns: string[] }
export type TableEnd = { rows: number; sha256: string }
export type BackupEnd = { end: true; tables: number; sha256: string }

export const endOfRows = Buffer.from('\\.\n')

/** Tables that stay with the installation: what made its schema, and who is connected at this moment. */
export const leftOut = ['schema_migration', 'presence']

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}

export function sha256(): Hash {
  return createHash('sha256')
}
