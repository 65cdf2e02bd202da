import { type Static, Type } from 'typebox'
import type { Transaction } from '../../database/client.ts'
import { rowsOf } from './rows.ts'

const text = Type.String()
const orNull = <T extends ReturnType<typeof Type.String | typeof Type.Integer>>(one: T) =>
  Type.Union([one, Type.Null()])

/**
 * One try of one push to an app, as the delivery log keeps it: everything but what was said. It follows from nothing else,
 * and says which questions an app has already taken, so that it is not pushed them again.
 */
export const DeliveryLine = Type.Object({
  ...{ id: text, appId: text, accountId: text, conversationId: orNull(text), position: orNull(Type.Integer()) },
  ...{
    messageId: orNull(text),
    kind: text,
    name: text,
    role: orNull(text),
    attempt: Type.Integer(),
    at: Type.Number(),
  },
  ...{ tookMs: Type.Integer(), status: orNull(Type.Integer()), outcome: text, reason: orNull(text) },
  ...{ reply: orNull(text), became: orNull(text), becameReason: orNull(text) },
})
export type DeliveryLine = Static<typeof DeliveryLine>

/** What WeChat's interface alone knows of an agent: old clients keep these numbers for good. */
export const AgentNumberLine = Type.Object({
  ...{ agentId: text, number: Type.Integer(), invitedWx: orNull(text), picture: orNull(text) },
  invitedAt: Type.Union([Type.Number(), Type.Null()]),
})
export type AgentNumberLine = Static<typeof AgentNumberLine>

const mine = `org_id = current_setting('duoke.org')`

export async function* deliveryLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select delivery_id as id, app_id as "appId", account_id as "accountId", conversation_id as "conversationId",
      position, message_id as "messageId", kind, name, role, attempt, at, took_ms as "tookMs", status, outcome, reason, reply,
      became, became_reason as "becameReason"
    from app_delivery where ${mine} order by at, delivery_id collate "C"`
  for await (const row of rowsOf<DeliveryLine>(tx, 'archive_deliveries', select)) yield JSON.stringify(row)
}

export async function* agentNumberLines(tx: Transaction): AsyncGenerator<string> {
  const select = `select agent_id as "agentId", number, invited_wx as "invitedWx",
      date_trunc('milliseconds', invited_at) as "invitedAt", picture
    from agent_number where ${mine} order by number`
  for await (const row of rowsOf<AgentNumberLine>(tx, 'archive_agent_numbers', select)) yield JSON.stringify(row)
}

export async function loadDeliveries(tx: Transaction, org: string, lines: readonly DeliveryLine[]): Promise<void> {
  await tx.query({
    text: `insert into app_delivery (org_id, delivery_id, app_id, account_id, conversation_id, position, message_id, kind, name,
        role, attempt, at, took_ms, status, outcome, reason, reply, became, became_reason)
      select $1, u.id, u."appId", u."accountId", u."conversationId", u.position, u."messageId", u.kind, u.name, u.role,
        u.attempt, to_timestamp(u.at / 1000), u."tookMs", u.status, u.outcome, u.reason, u.reply, u.became, u."becameReason"
      from json_to_recordset($2::json) as u(id text, "appId" text, "accountId" text, "conversationId" text, position bigint,
        "messageId" text, kind text, name text, role text, attempt int, at double precision, "tookMs" int, status int,
        outcome text, reason text, reply text, became text, "becameReason" text)`,
    values: [org, JSON.stringify(lines)],
  })
}

export async function loadAgentNumbers(tx: Transaction, org: string, lines: readonly AgentNumberLine[]): Promise<void> {
  await tx.query({
    text: `insert into agent_number (org_id, agent_id, number, invited_wx, invited_at, picture)
      select $1, u."agentId", u.number, u."invitedWx", to_timestamp(u."invitedAt" / 1000), u.picture
      from json_to_recordset($2::json)
        as u("agentId" text, number int, "invitedWx" text, "invitedAt" double precision, picture text)`,
    values: [org, JSON.stringify(lines)],
  })
}
