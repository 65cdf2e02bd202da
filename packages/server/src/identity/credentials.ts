import type { Transaction } from '../database/client.ts'
import type { SecretBox } from './secret-box.ts'

/** What an agent signs in with. The secret of one-time codes is sealed: unlike a password it must be read again. */
export type Credential = { readonly passwordHash: string | null; readonly totp: StoredTotp | null }
export type StoredTotp = {
  readonly secret: string
  /** Begun, but no first code was given yet: signing in does not ask for it. */
  readonly isConfirmed: boolean
  /** The time step of the last code used. */
  readonly usedStep: number | null
}

export async function readCredential(
  tx: Transaction,
  box: Pick<SecretBox, 'open'>,
  org: string,
  agentId: string,
): Promise<Credential> {
  const { rows } = await tx.query<{ password_hash: string | null; totp: Uint8Array | null }>({
    name: 'credential_of_agent',
    text: 'select password_hash, totp from credential where org_id = $1 and agent_id = $2',
    values: [org, agentId],
  })
  const [row] = rows
  if (row === undefined) return { passwordHash: null, totp: null }
  const totp = row.totp === null ? null : (JSON.parse(box.open(org, row.totp)) as StoredTotp) // sealed by writeTotp
  return { passwordHash: row.password_hash, totp }
}

/** Of two who change the same credential, one waits for the other. */
export async function lockCredential(tx: Transaction, org: string, agentId: string): Promise<void> {
  await tx.query({
    name: 'credential_lock',
    text: 'select 1 from credential where org_id = $1 and agent_id = $2 for update',
    values: [org, agentId],
  })
}

export async function writePassword(tx: Transaction, org: string, agentId: string, hash: string): Promise<void> {
  await tx.query({
    text: `insert into credential (org_id, agent_id, password_hash, changed_at) values ($1, $2, $3, now())
      on conflict (org_id, agent_id) do update set password_hash = excluded.password_hash, changed_at = excluded.changed_at`,
    values: [org, agentId, hash],
  })
}

export async function writeTotp(
  tx: Transaction,
  box: Pick<SecretBox, 'seal'>,
  org: string,
  agentId: string,
  totp: StoredTotp | null,
): Promise<void> {
  await tx.query({
    text: `insert into credential (org_id, agent_id, totp, changed_at) values ($1, $2, $3, now())
      on conflict (org_id, agent_id) do update set totp = excluded.totp, changed_at = excluded.changed_at`,
    values: [org, agentId, totp === null ? null : Buffer.from(box.seal(org, JSON.stringify(totp)))],
  })
}
