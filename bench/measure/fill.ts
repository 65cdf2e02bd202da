// Fills a database with conversations that ended long ago: copies of real ones, made in SQL while no server runs.
import pg from 'pg'

const perStatement = 10_000

/** Copies the first closed conversation, with its customer, its events and its retry keys, until so many are stored. */
export async function fillConversations(databaseUrl: string, wanted: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query('set role duoke_worker')
    const [{ count = 0 } = {}] = (await client.query<{ count: number }>(countStored)).rows
    for (let done = count; done < wanted; done += perStatement) {
      await client.query('begin')
      for (const statement of copies(done, Math.min(done + perStatement, wanted))) await client.query(statement)
      await client.query('commit')
    }
    await client.query('reset role')
    await client.query('vacuum (analyze)')
  } finally {
    await client.end()
  }
}

const countStored = 'select count(*)::int as count from conversation'

/** Ids are as long as drawn ones. Hashes are copied, so this log cannot be verified; nothing that is measured does. */
function copies(from: number, to: number): string[] {
  const model = `model as (select c.org_id, c.conversation_id, c.customer_id from conversation c
    where c.status = 'closed' and c.conversation_id not like 'cv\\_Stored%' order by c.conversation_id limit 1)`
  const fresh = `fresh as (select n, 'cv_Stored' || lpad(n::text, 14, '0') as conversation_id,
    'cu_Stored' || lpad(n::text, 14, '0') as customer_id from generate_series(${from} + 1, ${to}) as n)`
  const renamed = (text: string) =>
    `replace(replace(${text}::text, model.conversation_id, fresh.conversation_id), model.customer_id, fresh.customer_id)::json`
  const with_ = `with ${model}, ${fresh}`
  const rowsOf = (table: string) => `from model join ${table} old on old.org_id = model.org_id`
  return [
    `${with_} insert into customer (org_id, customer_id, account_id, openid, conversation_id, profile, created_at)
      select old.org_id, fresh.customer_id, old.account_id, 'oStored' || lpad(n::text, 22, '0'), fresh.conversation_id, old.profile, old.created_at
      ${rowsOf('customer')} and old.customer_id = model.customer_id cross join fresh`,
    `${with_} insert into conversation (org_id, conversation_id, account_id, customer_id, status, holder_kind, last_at, last_position, last_message, state)
      select old.org_id, fresh.conversation_id, old.account_id, fresh.customer_id, old.status, old.holder_kind,
        old.last_at - fresh.n * interval '1 second', old.last_position, old.last_message, ${renamed('old.state')}
      ${rowsOf('conversation')} and old.conversation_id = model.conversation_id cross join fresh`,
    `${with_}, events as (
      select old.*, row_number() over (order by old.position) as ordinal, count(*) over () as per
      ${rowsOf('event')} and old.conversation_id = model.conversation_id),
    head as (select o.head from organization o join model using (org_id))
    insert into event (org_id, position, type, v, at, conversation_id, actor, facts, personal, salt, digest, hash)
      select old.org_id, head.head + (fresh.n - ${from} - 1) * old.per + old.ordinal, old.type, old.v, old.at, fresh.conversation_id,
        old.actor, ${renamed('old.facts')}, old.personal, old.salt, old.digest, old.hash
      from events old cross join model cross join head cross join fresh`,
    `update organization set head = (select max(position) from event where event.org_id = organization.org_id)`,
    `insert into seen_command (org_id, key, position, result)
      select org_id, 'stored ' || n, 1, '{}' from organization cross join generate_series(${from} + 1, ${to}) as n`,
    // The words of the copies are not searched for; the index goes on behind them.
    `update follower set position = (select head from organization o where o.org_id = follower.org_id)`,
  ]
}
