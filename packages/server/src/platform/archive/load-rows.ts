import type { Transaction } from '../../database/client.ts'
import type { CommandLine, DecisionLine, FeedLine, MediaLine, TimerLine } from './rows.ts'

/** Each writes the lines of one part with one statement. */
type Load<Line> = (tx: Transaction, org: string, lines: readonly Line[]) => Promise<unknown>

export const loadDecisions: Load<DecisionLine> = (tx, org, lines) =>
  tx.query({
    text: `insert into decision (org_id, decision_id, position, conversation_id, record)
      select $1, u.id, u.position, u.conversation_id, u.record::json
      from unnest($2::text[], $3::bigint[], $4::text[], $5::text[]) as u(id, position, conversation_id, record)`,
    values: [
      org,
      lines.map(({ id }) => id),
      lines.map(({ position }) => position),
      lines.map(({ conversationId }) => conversationId),
      lines.map(({ record }) => JSON.stringify(record)),
    ],
  })

export const loadTimers: Load<TimerLine> = (tx, org, lines) =>
  tx.query({
    text: `insert into timer (org_id, key, due, position, command)
      select $1, u.key, to_timestamp(u.due / 1000), u.position, u.command::json
      from unnest($2::text[], $3::double precision[], $4::bigint[], $5::text[]) as u(key, due, position, command)`,
    values: [
      org,
      lines.map(({ key }) => key),
      lines.map(({ due }) => due),
      lines.map(({ position }) => position),
      lines.map(({ command }) => JSON.stringify(command)),
    ],
  })

export const loadCommands: Load<CommandLine> = (tx, org, lines) =>
  tx.query({
    text: `insert into seen_command (org_id, key, position, at, result)
      select $1, u.key, u.position, to_timestamp(u.at / 1000), u.result::json
      from unnest($2::text[], $3::bigint[], $4::double precision[], $5::text[]) as u(key, position, at, result)`,
    values: [
      org,
      lines.map(({ key }) => key),
      lines.map(({ position }) => position),
      lines.map(({ at }) => at),
      lines.map(({ result }) => JSON.stringify(result)),
    ],
  })

/** The rows themselves follow from the log; where each app is, does not. */
export const loadFeeds: Load<FeedLine> = (tx, org, lines) =>
  tx.query({
    text: `update app_feed f set position = u.position
      from unnest($2::text[], $3::text[], $4::bigint[]) as u(app_id, account_id, position)
      where f.org_id = $1 and f.app_id = u.app_id and f.account_id = u.account_id`,
    values: [
      org,
      lines.map(({ appId }) => appId),
      lines.map(({ accountId }) => accountId),
      lines.map(({ position }) => position),
    ],
  })

export const loadMedia: Load<MediaLine> = (tx, org, lines) =>
  tx.query({
    text: `insert into media (org_id, media_id, account_id, conversation_id, kind, state, content_type, size, sha256,
        created_at, fetched_at, wechat_media_id, not_before)
      select $1, u.id, u.account_id, u.conversation_id, u.kind, u.state, u.content_type, u.size, decode(u.sha256, 'hex'),
        to_timestamp(u.created_at / 1000), to_timestamp(u.fetched_at / 1000), u.wechat_media_id, now()
      from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[],
        $10::double precision[], $11::double precision[], $12::text[])
        as u(id, account_id, conversation_id, kind, state, content_type, size, sha256, created_at, fetched_at, wechat_media_id)`,
    values: [
      org,
      lines.map(({ id }) => id),
      lines.map(({ accountId }) => accountId),
      lines.map(({ conversationId }) => conversationId),
      lines.map(({ kind }) => kind),
      lines.map(({ state }) => state),
      lines.map(({ contentType }) => contentType),
      lines.map(({ sizeBytes }) => sizeBytes),
      lines.map(({ sha256 }) => sha256),
      lines.map(({ createdAt }) => createdAt),
      lines.map(({ fetchedAt }) => fetchedAt),
      lines.map(({ wechatMediaId }) => wechatMediaId ?? null),
    ],
  })

/**
 * What waited to be sent when the archive was written has left since, or not: nobody knows, and nothing is sent again. A
 * claim whose holder is gone becomes `unknown` in the log.
 */
export async function settleOutbox(tx: Transaction, org: string): Promise<void> {
  await tx.query({
    text: `delete from outbox o using event e where o.org_id = $1 and e.org_id = $1 and e.type = 'delivery.settled'
      and e.facts ->> 'messageId' = o.message_id`,
    values: [org],
  })
  await tx.query({
    text: `update outbox set status = 'claimed', claimed_by = 'import', claimed_at = 'epoch' where org_id = $1`,
    values: [org],
  })
}
