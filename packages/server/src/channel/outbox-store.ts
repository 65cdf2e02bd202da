import type { OutgoingContent, SendOptions } from '@duoke/contract'
import type { Database } from '../database/client.ts'

/** An answer that may leave now: the oldest unsettled one of its conversation. */
export type DueAnswer = {
  readonly messageId: string
  readonly conversationId: string
  /** Null when the customer was erased meanwhile. */
  readonly openid: string | null
  readonly content: OutgoingContent
  readonly options: SendOptions
  readonly isExpired: boolean
}
export type ClaimedAnswer = { readonly messageId: string; readonly attempt: number }
export type OrphanedAnswer = ClaimedAnswer & { readonly organizationId: string; readonly conversationId: string }
export type AccountKey = { readonly organizationId: string; readonly accountId: string }

/** `free`: send. `held`: WeChat takes nothing, wait. `probing`: the wait is over, one may be tried. */
export type AccountHold = 'free' | 'held' | 'probing'

export type OutboxStore = {
  /** Accounts with something to send. */
  due(): Promise<readonly AccountKey[]>
  heads(account: AccountKey, limit: number, except: readonly string[]): Promise<readonly DueAnswer[]>
  /** Committed before the first byte leaves. Leaves out what another server was faster with. */
  claim(account: AccountKey, messageIds: readonly string[], claimId: string): Promise<readonly ClaimedAnswer[]>
  /** Provably not with WeChat: it may be claimed again after `delayMs`. */
  release(account: AccountKey, messageId: string, claimId: string, delayMs: number): Promise<void>
  /** Claims an answer only to take it back, wherever it stands in its conversation; null when it is on its way or settled. */
  withdraw(organizationId: string, messageId: string, claimId: string): Promise<ClaimedAnswer | null>
  /** Says that this server still works on its claims; false for the one asked about when it was taken away. */
  touch(claimId: string, messageId?: string): Promise<boolean>
  /** What a server that is gone had claimed: nobody knows whether it left. */
  orphans(
    claimId: string,
    options: { readonly silentMs: number; readonly earlierRunsOf: string },
  ): Promise<readonly OrphanedAnswer[]>
  /** For a row that the log has settled or never will. */
  remove(account: Pick<AccountKey, 'organizationId'>, messageId: string): Promise<void>
  hold(account: AccountKey): Promise<AccountHold>
  /** Nothing is sent for `forMs`; false when that was so already (only one server counts a try). */
  holdFor(account: AccountKey, forMs: number, onlyWhenOver: boolean): Promise<boolean>
  letGo(account: AccountKey): Promise<void>
}

type HeadRow = {
  message_id: string
  conversation_id: string
  openid: string | null
  payload: string
  is_expired: boolean
}

/** One table and two parts of its row: what waits (`queued`) and what a server is sending (`claimed`). */
const isDue = `o.status = 'queued' and (o.not_before <= $now or o.expires_at <= $now)`
const isHead = `not exists (select 1 from outbox e
  where e.org_id = o.org_id and e.conversation_id = o.conversation_id and e.position < o.position and e.status <> 'settled')`

/**
 * @param nowMs time for tests and simulations; otherwise the database's own clock, which all servers share
 */
export function createOutboxStore(database: Database, nowMs: () => number | null = () => null): OutboxStore {
  const run: Run = <Row>(name: string, text: string, values: readonly unknown[]) =>
    database.withWorker((tx) => tx.query<Row>({ name, text, values }))
  return { ...readsOf(run, nowMs), ...claimsOf(run, nowMs), ...holdsOf(run, nowMs) }
}

type Run = <Row>(name: string, text: string, values: readonly unknown[]) => Promise<{ rows: Row[]; rowCount: number }>
type Part<Name extends keyof OutboxStore> = Pick<OutboxStore, Name>

/** Puts the time into a statement: `$now` is the given parameter, or the database's clock when that is null. */
function at(text: string, index: number): string {
  return text.replaceAll('$now', `coalesce(to_timestamp($${index}::double precision / 1000), clock_timestamp())`)
}

function readsOf(run: Run, nowMs: () => number | null): Part<'due' | 'heads' | 'orphans'> {
  return {
    async due() {
      const text = at(`select distinct org_id, account_id from outbox o where ${isDue}`, 1)
      const { rows } = await run<{ org_id: string; account_id: string }>('outbox_due', text, [nowMs()])
      return rows.map((row) => ({ organizationId: row.org_id, accountId: row.account_id }))
    },
    async heads(account, limit, except) {
      const text = at(
        `select o.message_id, o.conversation_id, u.openid, o.payload::text as payload, o.expires_at <= $now as is_expired
          from outbox o
          left join conversation c on c.org_id = o.org_id and c.conversation_id = o.conversation_id
          left join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
          where o.org_id = $1 and o.account_id = $2 and ${isDue} and ${isHead} and o.message_id <> all($4::text[])
          order by o.position limit $3`,
        5,
      )
      const values = [account.organizationId, account.accountId, limit, except, nowMs()]
      const { rows } = await run<HeadRow>('outbox_heads', text, values)
      return rows.map(readHead)
    },
    async orphans(claimId, { silentMs, earlierRunsOf }) {
      const text = at(
        `select org_id, message_id, conversation_id, attempts from outbox
          where status = 'claimed' and claimed_by <> $1
            and (claimed_at < $now - $2 * interval '1 millisecond' or starts_with(claimed_by, $3))
          order by org_id, position limit 500`,
        4,
      )
      type Row = { org_id: string; message_id: string; conversation_id: string; attempts: number }
      const { rows } = await run<Row>('outbox_orphans', text, [claimId, silentMs, earlierRunsOf, nowMs()])
      return rows.map((row) => ({
        organizationId: row.org_id,
        messageId: row.message_id,
        conversationId: row.conversation_id,
        attempt: row.attempts,
      }))
    },
  }
}

function claimsOf(run: Run, nowMs: () => number | null): Part<'claim' | 'release' | 'withdraw' | 'touch' | 'remove'> {
  return {
    async claim(account, messageIds, claimId) {
      const text = at(
        `with mine as (
            select o.org_id, o.message_id from outbox o
            where o.org_id = $1 and o.message_id = any($2::text[]) and o.status = 'queued' and ${isHead}
            order by o.position for update of o skip locked)
          update outbox o set status = 'claimed', claimed_by = $3, claimed_at = $now, attempts = o.attempts + 1
          from mine where o.org_id = mine.org_id and o.message_id = mine.message_id
          returning o.message_id, o.attempts`,
        4,
      )
      const values = [account.organizationId, messageIds, claimId, nowMs()]
      const { rows } = await run<{ message_id: string; attempts: number }>('outbox_claim', text, values)
      return rows.map((row) => ({ messageId: row.message_id, attempt: row.attempts }))
    },
    async release(account, messageId, claimId, delayMs) {
      const text = at(
        `update outbox set status = 'queued', claimed_by = null, claimed_at = null,
            not_before = $now + $4 * interval '1 millisecond'
          where org_id = $1 and message_id = $2 and claimed_by = $3 and status = 'claimed'`,
        5,
      )
      await run('outbox_release', text, [account.organizationId, messageId, claimId, delayMs, nowMs()])
    },
    async withdraw(organizationId, messageId, claimId) {
      const text = at(
        `update outbox set status = 'claimed', claimed_by = $3, claimed_at = $now, attempts = attempts + 1
          where org_id = $1 and message_id = $2 and status = 'queued' returning message_id, attempts`,
        4,
      )
      const values = [organizationId, messageId, claimId, nowMs()]
      const { rows } = await run<{ message_id: string; attempts: number }>('outbox_withdraw', text, values)
      return rows[0] === undefined ? null : { messageId: rows[0].message_id, attempt: rows[0].attempts }
    },
    async touch(claimId, messageId) {
      const text = at(
        `update outbox set claimed_at = $now
          where claimed_by = $1 and status = 'claimed' and ($2::text is null or message_id = $2)`,
        3,
      )
      return (await run('outbox_touch', text, [claimId, messageId ?? null, nowMs()])).rowCount > 0
    },
    async remove({ organizationId }, messageId) {
      await run('outbox_remove', 'delete from outbox where org_id = $1 and message_id = $2', [
        organizationId,
        messageId,
      ])
    },
  }
}

/** Kept beside the account's token, so that all servers together try once a minute. */
function holdsOf(run: Run, nowMs: () => number | null): Part<'hold' | 'holdFor' | 'letGo'> {
  return {
    async hold({ organizationId, accountId }) {
      const text = at(
        `select held_until > $now as is_held from upstream_token
          where org_id = $1 and account_id = $2 and held_until is not null`,
        3,
      )
      const { rows } = await run<{ is_held: boolean }>('outbox_hold', text, [organizationId, accountId, nowMs()])
      const [row] = rows
      if (row === undefined) return 'free'
      return row.is_held ? 'held' : 'probing'
    },
    async holdFor({ organizationId, accountId }, forMs, onlyWhenOver) {
      const text = at(
        `insert into upstream_token (org_id, account_id, held_until)
          values ($1, $2, $now + $3 * interval '1 millisecond')
          on conflict (org_id, account_id) do update set held_until = excluded.held_until
          where not $4 or upstream_token.held_until is null or upstream_token.held_until <= $now`,
        5,
      )
      const values = [organizationId, accountId, forMs, onlyWhenOver, nowMs()]
      return (await run('outbox_hold_for', text, values)).rowCount === 1
    },
    async letGo({ organizationId, accountId }) {
      const text = 'update upstream_token set held_until = null where org_id = $1 and account_id = $2'
      await run('outbox_let_go', text, [organizationId, accountId])
    },
  }
}

function readHead(row: HeadRow): DueAnswer {
  const payload = JSON.parse(row.payload) as { content: OutgoingContent; options?: SendOptions } // written by the outbox projection
  return {
    messageId: row.message_id,
    conversationId: row.conversation_id,
    openid: row.openid,
    content: payload.content,
    options: payload.options ?? {},
    isExpired: row.is_expired,
  }
}
