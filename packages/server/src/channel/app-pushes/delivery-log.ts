import type { Transaction } from '../../database/client.ts'
import type { AppAnswer } from './reply.ts'
import type { PushRole } from './seal.ts'

/** Names an app at an account. */
export type FeedKey = { readonly organizationId: string; readonly appId: string; readonly accountId: string }

/** One try of one push, for the delivery log: everything but what was said. */
export type Delivery = {
  readonly key: FeedKey
  readonly conversationId: string | null
  readonly position: number | null
  readonly messageId: string | null
  readonly kind: 'ask' | 'push' | 'verification'
  /** WeChat's MsgType, or for an event its name. */
  readonly name: string
  readonly role: PushRole | null
  readonly attempt: number
  readonly atMs: number
  readonly tookMs: number
  readonly status: number | null
  readonly outcome: AppAnswer['kind'] | 'not-asked' | 'given-up'
  readonly reason: string | null
  /** The kind of reply that came, never its words: an app's answer is somebody else's secret (A4). */
  readonly reply: string | null
  readonly became: string | null
  readonly becameReason: string | null
}

/** Why an answer is what it is, and which kind of reply it holds. */
export function wordsOf(answer: AppAnswer): Pick<Delivery, 'outcome' | 'reason' | 'reply'> {
  switch (answer.kind) {
    case 'silent':
      return { outcome: 'silent', reason: null, reply: null }
    case 'reply':
      return { outcome: 'reply', reason: null, reply: answer.reply.type }
    case 'transfer':
      return { outcome: 'transfer', reason: null, reply: 'transfer_customer_service' }
    case 'malformed':
    case 'failed':
      return { outcome: answer.kind, reason: answer.reason, reply: null }
    default:
      return answer satisfies never
  }
}

/** In the transaction of one organization. */
export async function writeDeliveries(
  tx: Transaction,
  organizationId: string,
  deliveries: readonly Delivery[],
  drawId: () => string,
): Promise<void> {
  if (deliveries.length === 0) return
  const column = <T>(read: (delivery: Delivery) => T) => deliveries.map(read)
  await tx.query({
    name: 'app_delivery_write',
    text: `insert into app_delivery (org_id, delivery_id, app_id, account_id, conversation_id, position, message_id, kind, name,
        role, attempt, at, took_ms, status, outcome, reason, reply, became, became_reason)
      select $1, u.id, u.app, u.account, u.conversation, u.position, u.message, u.kind, u.name,
        u.role, u.attempt, to_timestamp(u.at / 1000), u.took, u.status, u.outcome, u.reason, u.reply, u.became, u.why
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::int[], $12::double precision[], $13::int[], $14::int[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[])
        as u(id, app, account, conversation, position, message, kind, name, role, attempt, at, took, status, outcome, reason,
          reply, became, why)`,
    values: [
      organizationId,
      column(() => drawId()),
      column(({ key }) => key.appId),
      column(({ key }) => key.accountId),
      column(({ conversationId }) => conversationId),
      column(({ position }) => position),
      column(({ messageId }) => messageId),
      column(({ kind }) => kind),
      column(({ name }) => name.slice(0, 100)),
      column(({ role }) => role),
      column(({ attempt }) => attempt),
      column(({ atMs }) => atMs),
      column(({ tookMs }) => Math.round(tookMs)),
      column(({ status }) => status),
      column(({ outcome }) => outcome),
      column(({ reason }) => reason),
      column(({ reply }) => reply),
      column(({ became }) => became),
      column(({ becameReason }) => becameReason),
    ],
  })
}

/** Whether some try of this push reached the app: then it is not pushed again. */
export async function wasTaken(tx: Transaction, key: FeedKey, position: number): Promise<boolean> {
  const { rows } = await tx.query<{ taken: boolean }>({
    name: 'app_delivery_taken',
    text: `select exists (select 1 from app_delivery where org_id = $1 and account_id = $2 and position = $3 and app_id = $4
      and outcome in ('silent', 'reply', 'transfer', 'malformed')) as taken`,
    values: [key.organizationId, key.accountId, position, key.appId],
  })
  return rows[0]?.taken ?? false
}
