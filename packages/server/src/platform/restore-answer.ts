import type { Readable } from 'node:stream'
import type { Transaction } from '../database/client.ts'
import { DatabaseRefusal } from '../database/refusal.ts'
import { restoreOver } from '../database/restore-over.ts'
import { verifyChain } from '../events/verify-chain.ts'
import type { Caller } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import type { SecretBox } from '../identity/secret-box.ts'
import { type BackupPorts, refuseOthers } from './backup-answer.ts'
import { listOrganizations } from './organizations.ts'

export type RestorePorts = Pick<BackupPorts, 'database' | 'connection'> & {
  readonly box: Pick<SecretBox, 'fingerprint'>
  readonly drawEpoch: () => string
  /** Streams of the organization begin anew: their cursors belong to a log that is gone. */
  readonly onRewritten: (org: string) => void
}

type Given = { readonly incoming: Readable; readonly replace?: boolean }

/**
 * Restores a backup over the network: of the organization that the token belongs to, where there is no other, and only when
 * the caller says that what is there may go. Nothing is read of a file that may not be restored.
 */
export async function restoreAnswer(ports: RestorePorts, caller: Caller, { incoming, replace = false }: Given) {
  await refuseOthers(ports, caller, 'restore')
  if (!replace) throw new Refused('not_empty')
  const { org, tokenId } = caller
  try {
    const { createdAt, tables, rows } = await restoreOver(ports.connection, incoming, {
      drawEpoch: ports.drawEpoch,
      check: (tx) => refuseStranger(tx, org, ports.box.fingerprint),
      keepToken: { org, tokenId },
    })
    ports.onRewritten(org)
    return { body: { createdAt, tables, rows } }
  } catch (error) {
    if (!(error instanceof DatabaseRefusal)) throw error
    if (error.code === 'restore_running') throw new Refused('restore_running', { cause: error })
    throw new Refused('backup_refused', { detail: error.message, cause: error })
  }
}

/** A backup of somebody else's, one whose secrets this server could not open, or one whose log is not as it was written. */
async function refuseStranger(tx: Transaction, org: string, fingerprint: string): Promise<void> {
  const organizations = await listOrganizations(tx)
  if (organizations.length !== 1 || organizations[0] !== org) {
    throw foreign(
      `The backup holds ${organizations.join(', ') || 'no organization'}, and the token belongs to ${org}.`,
      'Restore it into a new folder or a new, empty database, with --data or --database.',
    )
  }
  const { rows } = await tx.query<{ value: string }>({
    text: `select value #>> '{}' as value from installation where key = 'fingerprint' and value #>> '{}' <> $1`,
    values: [fingerprint],
  })
  if (rows[0] !== undefined) {
    throw foreign(
      "The secrets in the backup were sealed with another key than this server's.",
      'Restore it with --data or --database beside the key file that was kept with it.',
    )
  }
  const { fault } = await verifyChain(org, (work) => work(tx))
  if (fault !== null) {
    throw new DatabaseRefusal(
      'backup_damaged',
      `The log in the backup is not as it was written: ${fault.kind} at position ${fault.position}.`,
      'Use another backup.',
    )
  }
}

function foreign(sentence: string, whatToDo: string): DatabaseRefusal {
  return new DatabaseRefusal('backup_foreign', sentence, whatToDo)
}
