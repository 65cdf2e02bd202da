import type { AccountSettings } from '@duoke/contract'
import { writeTyping } from '@duoke/wechat'
import type { Database } from '../database/client.ts'
import type { AccountDirectory } from './account-directory.ts'
import { callUpstream, type UpstreamPorts } from './upstream-call.ts'

/** Mini programs have a path of their own (protocol reference, sections 5.10 and 9). */
export function typingPath({ kind }: AccountSettings): string {
  return kind === 'mini-program' ? '/cgi-bin/message/custom/business/typing' : '/cgi-bin/message/custom/typing'
}

/** Where a conversation's customer is reached. */
export type CustomerAddress = { readonly accountId: string; readonly openid: string }
export type AddressStore = { find(organizationId: string, conversationId: string): Promise<CustomerAddress | null> }

export function createAddressStore(database: Database): AddressStore {
  return {
    async find(organizationId, conversationId) {
      const { rows } = await database.withWorker((tx) =>
        tx.query<{ account_id: string; openid: string }>({
          name: 'address_find',
          text: `select c.account_id, u.openid from conversation c
            join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
            where c.org_id = $1 and c.conversation_id = $2`,
          values: [organizationId, conversationId],
        }),
      )
      const [row] = rows
      return row === undefined ? null : { accountId: row.account_id, openid: row.openid }
    },
  }
}

/** Shows the customer that somebody writes: nice to have, so whatever goes wrong is nobody's concern but the log's. */
export function createTypingIndicator(
  ports: UpstreamPorts & {
    readonly addresses: AddressStore
    readonly directory: AccountDirectory
    readonly onError: (error: unknown) => void
  },
): (organizationId: string, conversationId: string) => void {
  async function show(organizationId: string, conversationId: string): Promise<void> {
    const address = await ports.addresses.find(organizationId, conversationId)
    const account = address === null ? null : await ports.directory.find(address.accountId)
    if (address === null || account === null || account.isDegraded) return
    await callUpstream(ports, account, typingPath(account.settings), {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: writeTyping(address.openid, 'Typing'),
      timeoutMs: 3_000,
      maxResponseBytes: 16_384,
    })
  }
  return (organizationId, conversationId) => {
    show(organizationId, conversationId).catch(ports.onError)
  }
}
