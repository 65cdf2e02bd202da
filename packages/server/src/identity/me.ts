import type { Me } from '@duoke/contract'
import type { Transaction } from '../database/client.ts'
import type { TokenHolder } from '../http/caller.ts'
import { Refused } from '../http/refused.ts'
import { readCredential } from './credentials.ts'
import { readAgent, readOrganization } from './organization-store.ts'
import type { SecretBox } from './secret-box.ts'

/** Who a token belongs to, and what it may do. */
export async function readMe(
  tx: Transaction,
  box: SecretBox,
  who: { readonly org: string; readonly holder: TokenHolder; readonly scopes: Iterable<string> },
): Promise<Me> {
  const { org, holder } = who
  const organization = await readOrganization(tx, org)
  if (organization === null) throw new Refused('unauthenticated')
  const rest = { organization, scopes: [...who.scopes] }
  switch (holder.kind) {
    case 'agent': {
      const agent = await readAgent(tx, org, holder.agentId)
      if (agent === null) throw new Refused('unauthenticated')
      const { totp } = await readCredential(tx, box, org, holder.agentId)
      return { ...rest, holder: { kind: 'agent', agent }, totp: totp?.isConfirmed ?? false }
    }
    case 'app':
      return { ...rest, holder: { kind: 'app', appId: holder.appId }, totp: false }
    case 'admin':
      return { ...rest, holder: { kind: 'admin' }, totp: false }
    default:
      return holder satisfies never
  }
}
