import type { ConversationState } from '@duoke/domain'
import type { Database } from '../../database/client.ts'
import type { Caller } from './call.ts'

export type KnownCustomer = { readonly conversationId: string; readonly state: ConversationState }

/** A customer of the caller's account by the openid that WeChat gave them; null for everybody else's (T1). */
export async function findCustomer(
  database: Database,
  { organizationId, account }: Caller,
  openid: string,
): Promise<KnownCustomer | null> {
  const { rows } = await database.withOrganization(
    organizationId,
    (tx) =>
      tx.query<{ conversation_id: string; state: string }>({
        name: 'compatible_customer',
        text: `select c.conversation_id, c.state::text as state from customer u
          join conversation c on c.org_id = u.org_id and c.conversation_id = u.conversation_id
          where u.org_id = $1 and u.account_id = $2 and u.openid = $3`,
        values: [organizationId, account.settings.accountId, openid],
      }),
    { readOnly: true },
  )
  const [row] = rows
  if (row === undefined) return null
  return { conversationId: row.conversation_id, state: JSON.parse(row.state) as ConversationState } // written by store.ts
}
