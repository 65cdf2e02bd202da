import type { AgentStatus } from '@duoke/contract'
import type { Database } from '../database/client.ts'

/** An agent whom no server has seen for a while. `seenUs` is the moment itself, exact enough to name it. */
export type Gone = {
  readonly org: string
  readonly agentId: string
  readonly silentMs: number
  readonly seenUs: string
}

/** Table presence: which agents have a stream on which server. All times are the database's, so that servers need not agree. */
export type PresenceRows = {
  renew(org: string, agentIds: readonly string[]): Promise<void>
  /** Makes the row as old as that of a dead server: who left counts as gone from this moment. */
  age(org: string, agentId: string): Promise<void>
  gone(): Promise<Gone[]>
  /**
   * Does the work for an agent who is still as gone as was seen, and removes the rows with it. The rows are locked meanwhile:
   * who chooses a status or comes back at the same instant waits, and has the last word.
   */
  giveUp(gone: Gone, work: () => Promise<void>): Promise<void>
  /** Removes rows that nobody renews. */
  removeOld(org: string, agentId: string): Promise<void>
}

export function createPresenceRows(database: Database, serverId: string, deadAfterMs: number): PresenceRows {
  const deadAfter = deadAfterMs / 1000
  return {
    async renew(org, agentIds) {
      await database.withOrganization(org, (tx) =>
        tx.query({
          name: 'presence_renew',
          text: `insert into presence (org_id, agent_id, server_id, seen_at)
            select $1, u.agent_id, $2, clock_timestamp() from unnest($3::text[]) as u(agent_id)
            on conflict (org_id, agent_id, server_id) do update set seen_at = excluded.seen_at`,
          values: [org, serverId, [...agentIds]],
        }),
      )
    },
    async age(org, agentId) {
      await database.withOrganization(org, (tx) =>
        tx.query({
          name: 'presence_left',
          text: `update presence set seen_at = clock_timestamp() - make_interval(secs => $4::double precision)
            where org_id = $1 and agent_id = $2 and server_id = $3`,
          values: [org, agentId, serverId, deadAfter],
        }),
      )
    },
    gone: () => readGone(database, deadAfter),
    async giveUp({ org, agentId, seenUs }, work) {
      await database.withOrganization(org, async (tx) => {
        const { rows } = await tx.query<{ is_newer: boolean }>({
          name: 'presence_claim',
          text: `select (extract(epoch from seen_at) * 1000000)::bigint > $3::bigint as is_newer from presence
            where org_id = $1 and agent_id = $2 for update`,
          values: [org, agentId, seenUs],
        })
        if (rows.length === 0 || rows.some(({ is_newer }) => is_newer)) return
        await work()
        await tx.query({
          name: 'presence_give_up',
          text: 'delete from presence where org_id = $1 and agent_id = $2',
          values: [org, agentId],
        })
      })
    },
    async removeOld(org, agentId) {
      await database.withOrganization(org, (tx) =>
        tx.query({
          text: `delete from presence where org_id = $1 and agent_id = $2
            and seen_at <= clock_timestamp() - make_interval(secs => $3::double precision)`,
          values: [org, agentId, deadAfter],
        }),
      )
    },
  }
}

async function readGone(database: Database, deadAfterSeconds: number): Promise<Gone[]> {
  type Row = { org_id: string; agent_id: string; silent_ms: number; seen_us: string }
  const { rows } = await database.withWorker(
    (tx) =>
      tx.query<Row>({
        name: 'presence_gone',
        text: `select org_id, agent_id,
            (extract(epoch from clock_timestamp() - max(seen_at)) * 1000)::double precision as silent_ms,
            (extract(epoch from max(seen_at)) * 1000000)::bigint::text as seen_us
          from presence group by org_id, agent_id
          having max(seen_at) <= clock_timestamp() - make_interval(secs => $1::double precision)`,
        values: [deadAfterSeconds],
      }),
    { readOnly: true },
  )
  return rows.map((row) => ({ org: row.org_id, agentId: row.agent_id, silentMs: row.silent_ms, seenUs: row.seen_us }))
}

export async function readGraceMs(database: Database, org: string): Promise<number> {
  const { rows } = await database.withOrganization(
    org,
    (tx) =>
      tx.query<{ grace: number | null }>({
        name: 'vanished_grace',
        text: `select (config #>> '{settings,vanishedGraceMs}')::double precision as grace from organization where org_id = $1`,
        values: [org],
      }),
    { readOnly: true },
  )
  return rows[0]?.grace ?? 0
}

export async function readStatus(database: Database, org: string, agentId: string): Promise<AgentStatus | null> {
  const { rows } = await database.withOrganization(
    org,
    (tx) =>
      tx.query<{ status: AgentStatus }>({
        name: 'agent_status',
        text: `select config ->> 'status' as status from agent where org_id = $1 and agent_id = $2`,
        values: [org, agentId],
      }),
    { readOnly: true },
  )
  return rows[0]?.status ?? null
}
