import { PassThrough, type Readable } from 'node:stream'
import { writeBackup } from '../database/backup.ts'
import type { Database } from '../database/client.ts'
import type { Connection } from '../database/connection.ts'
import type { Caller } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { listOrganizations } from './organizations.ts'

export type BackupPorts = {
  readonly database: Database
  readonly connection: Connection
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
}

type Answer = { file: Readable; contentType: string; headers: Readonly<Record<string, string>> }

/**
 * A backup as it is written. It holds every organization, so only an operator gets one, and over the network only where
 * there is nobody else's: a token belongs to one organization.
 */
export async function backupAnswer(ports: BackupPorts, caller: Caller): Promise<Answer> {
  await refuseOthers(ports, caller, 'backup')
  const file = new PassThrough()
  writeBackup(ports.connection, file, { createdAt: new Date(ports.nowMs()) }).catch((error: unknown) => {
    // Whoever went away in the middle is no fault of ours.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    ports.onError(error)
    file.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  const day = new Date(ports.nowMs()).toISOString().slice(0, 10)
  return {
    file,
    contentType: 'application/gzip',
    headers: { 'Content-Disposition': `attachment; filename="duoke-${day}.backup"` },
  }
}

/** Whoever is not the operator, and whoever would reach other organizations with the token of one. */
export async function refuseOthers(
  { database }: Pick<BackupPorts, 'database'>,
  { holder, org }: Caller,
  command: 'backup' | 'restore',
): Promise<void> {
  if (holder.kind !== 'admin') {
    throw new Refused('not_permitted', { detail: "It takes the operator's token (duoke token create --admin)." })
  }
  const organizations = await database.withWorker(listOrganizations, { readOnly: true })
  if (organizations.some((other) => other !== org)) {
    const detail = `The installation holds several organizations; run duoke ${command} with --data or --database.`
    throw new Refused('not_permitted', { detail })
  }
}
