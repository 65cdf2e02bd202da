import type { AppDelivery } from '@duoke/contract'
import type { Transaction } from '../../database/client.ts'
import type { Handlers } from '../../http/handler.ts'
import { defaultLimit, type Keyset, pageOf, readKeyset } from '../../http/keyset.ts'
import { Refused } from '../../http/refused.ts'
import type { Reads } from '../../http/snapshot.ts'

/** What became of every push to an app: for the app itself, and for whoever may read the configuration. */
export function deliveryHandlers({ reads }: { readonly reads: Reads }): Pick<Handlers, 'listAppDeliveries'> {
  return {
    async listAppDeliveries({ caller, params: { appId }, query }) {
      // Whoever may not see an app at all cannot find out either that there is one.
      const isOwn = caller.holder.kind === 'app' && caller.holder.appId === appId
      if (!isOwn && !caller.scopes.has('configuration:read')) throw new Refused('not_found')
      const limit = query.limit ?? defaultLimit
      const which = { appId, accountId: query.account ?? null, before: readKeyset(query.after), limit: limit + 1 }
      const rows = await reads.read(caller.org, (tx) => readDeliveries(tx, caller.org, which))
      if (
        rows.length === 0 &&
        which.before === null &&
        !(await reads.read(caller.org, (tx) => isApp(tx, caller.org, appId)))
      ) {
        throw new Refused('not_found')
      }
      return { body: pageOf(rows, limit, deliveryOf, ({ at, delivery_id: id }) => ({ at, id })) }
    },
  }
}

type DeliveryRow = {
  readonly delivery_id: string
  readonly account_id: string
  readonly conversation_id: string | null
  readonly position: number | null
  readonly message_id: string | null
  readonly kind: AppDelivery['kind']
  readonly name: string
  readonly role: AppDelivery['role']
  readonly attempt: number
  readonly at: number
  readonly took_ms: number
  readonly status: number | null
  readonly outcome: AppDelivery['outcome']
  readonly reason: string | null
  readonly reply: string | null
  readonly became: AppDelivery['became']
  readonly became_reason: string | null
}

async function readDeliveries(
  tx: Transaction,
  org: string,
  which: {
    readonly appId: string
    readonly accountId: string | null
    readonly before: Keyset | null
    readonly limit: number
  },
): Promise<DeliveryRow[]> {
  const { rows } = await tx.query<DeliveryRow>({
    name: 'app_delivery_page',
    text: `select delivery_id, account_id, conversation_id, position, message_id, kind, name, role, attempt, at, took_ms, status,
        outcome, reason, reply, became, became_reason
      from app_delivery where org_id = $1 and app_id = $2 and ($3::text is null or account_id = $3)
        and ($4::double precision is null or (at, delivery_id) < (to_timestamp($4 / 1000), $5))
      order by at desc, delivery_id desc limit $6`,
    values: [org, which.appId, which.accountId, which.before?.at ?? null, which.before?.id ?? '', which.limit],
  })
  return rows
}

async function isApp(tx: Transaction, org: string, appId: string): Promise<boolean> {
  const { rows } = await tx.query<{ known: boolean }>({
    name: 'app_delivery_app',
    text: 'select exists (select 1 from app where org_id = $1 and app_id = $2) as known',
    values: [org, appId],
  })
  return rows[0]?.known ?? false
}

function deliveryOf(row: DeliveryRow): AppDelivery {
  return {
    ...{ id: row.delivery_id, account: row.account_id, conversationId: row.conversation_id, position: row.position },
    ...{ messageId: row.message_id, kind: row.kind, name: row.name, role: row.role, attempt: row.attempt },
    ...{ at: new Date(row.at).toISOString(), tookMs: row.took_ms, status: row.status, outcome: row.outcome },
    ...{ reason: row.reason, reply: row.reply, became: row.became, becameReason: row.became_reason },
  }
}
