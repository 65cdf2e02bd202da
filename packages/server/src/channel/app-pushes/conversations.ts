import type { Database } from '../../database/client.ts'

/** Who a conversation is with: it never changes. */
export type ConversationParties = { readonly accountId: string; readonly openid: string }

export type ConversationBook = {
  /** Null: there is no such conversation any more. */
  find(organizationId: string, conversationId: string): Promise<ConversationParties | null>
  /** What an app holds now. */
  heldBy(organizationId: string, appId: string): Promise<readonly string[]>
  /** Messages of apps that stand before `position` without a word of anybody else in between (F67). */
  appMessagesBefore(organizationId: string, conversationId: string, position: number, atMost: number): Promise<number>
}

const mostRemembered = 20_000

export function createConversationBook(database: Database): ConversationBook {
  const known = new Map<string, ConversationParties>()

  return {
    async find(organizationId, conversationId) {
      const name = `${organizationId}\n${conversationId}`
      const remembered = known.get(name)
      if (remembered !== undefined) return remembered
      const { rows } = await database.withOrganization(
        organizationId,
        (tx) =>
          tx.query<{ account_id: string; openid: string }>({
            name: 'app_feed_parties',
            text: `select c.account_id, u.openid from conversation c
              join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
              where c.org_id = $1 and c.conversation_id = $2`,
            values: [organizationId, conversationId],
          }),
        { readOnly: true },
      )
      const [row] = rows
      if (row === undefined) return null
      const parties = { accountId: row.account_id, openid: row.openid }
      known.set(name, parties)
      if (known.size > mostRemembered) known.delete(known.keys().next().value ?? '')
      return parties
    },
    async heldBy(organizationId, appId) {
      const { rows } = await database.withOrganization(
        organizationId,
        (tx) =>
          tx.query<{ conversation_id: string }>({
            name: 'app_feed_held',
            text: `select conversation_id from conversation where org_id = $1 and status = 'open' and holder_id = $2 and holder_kind = 'app'`,
            values: [organizationId, appId],
          }),
        { readOnly: true },
      )
      return rows.map((row) => row.conversation_id)
    },
    async appMessagesBefore(organizationId, conversationId, position, atMost) {
      const { rows } = await database.withOrganization(
        organizationId,
        (tx) =>
          tx.query<{ actor: string }>({
            name: 'app_feed_hops',
            text: `select actor::text from event where org_id = $1 and conversation_id = $2 and position < $3
              and type in ('message.received', 'message.submitted') order by position desc limit $4`,
            values: [organizationId, conversationId, position, atMost],
          }),
        { readOnly: true },
      )
      const others = rows.findIndex(({ actor }) => (JSON.parse(actor) as { kind: string }).kind !== 'app') // an actor, as stored
      return others === -1 ? rows.length : others
    },
  }
}
