import {
  type AccountState,
  type AgentState,
  type AppState,
  adoptConversation,
  adoptOrganization,
  type Command,
  type ConversationState,
  conversationOf,
  emptyOrganization,
  evolve,
  forgetConversation,
  mayBeForgotten,
  mostServedRemembered,
  needsOf,
  type OrganizationState,
  restoreLoads,
  servedKey,
  type TeamState,
} from '@duoke/domain'
import type { Transaction } from '../database/client.ts'
import type { Replica } from '../events/folded-state.ts'
import { type EventRow, eventColumns, readEventRow } from '../events/rows.ts'
import { readQuickReplyStates } from './quick-reply-store.ts'

type ConversationRow = { readonly state: string; readonly openid: string | null }
type ConfigRow = { readonly config: string }
/** Who holds what, and who is asked, is in the conversations; in the agent's row is what it comes to. */
export type StoredAgent = Omit<AgentState, 'held' | 'offered' | 'broadcasts' | 'parked' | 'loads'> & {
  readonly load: number
}
export type StoredSettings = Pick<OrganizationState, 'settings' | 'ruleVersion'> &
  Partial<Pick<OrganizationState, 'rules'>>

const catchUpPage = 5000

/**
 * Keeps the folded state of an organization in step with its rows. Conversations that somebody holds, and messages left that a
 * rule gives, are always in memory; of the others about as many as `coldLimit`, those read most recently.
 */
export function createReplica(options: { readonly coldLimit?: number } = {}): Replica {
  return { load, catchUp, warm, trim: createTrim(options.coldLimit ?? 50_000) }
}

async function load(tx: Transaction, organizationId: string, head: number): Promise<OrganizationState> {
  const state = emptyOrganization()
  await adoptConfiguration(tx, organizationId, state, head)
  const { rows } = await tx.query<ConversationRow>({
    name: 'replica_held',
    text: `select c.state::text as state, u.openid from conversation c
      left join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
      where c.org_id = $1 and (c.status in ('waiting', 'open') or c.left_at is not null)`,
    values: [organizationId],
  })
  for (const row of rows) adopt(state, row)
  restoreLoads(state)
  await readServed(tx, organizationId, state)
  return state
}

/** How fast queues were served of late, from the end of the log. */
async function readServed(tx: Transaction, organizationId: string, state: OrganizationState): Promise<void> {
  const { rows } = await tx.query<{ account_id: string; team_id: string | null; times: number[] }>({
    name: 'replica_served',
    text: `select account_id, team_id, array_agg(at order by at) as times from (
        select c.account_id, e.facts #>> '{from,teamId}' as team_id, (extract(epoch from e.at) * 1000)::float8 as at,
          row_number() over (partition by c.account_id, e.facts #>> '{from,teamId}' order by e.position desc) as place
        from (select position, type, at, conversation_id, facts from event where org_id = $1 order by position desc limit 2000) e
        join conversation c on c.org_id = $1 and c.conversation_id = e.conversation_id
        where e.type = 'session.assigned' and e.facts #>> '{from,kind}' = 'queue' and e.facts #>> '{to,kind}' = 'agent') s
      where place <= ${mostServedRemembered} group by account_id, team_id`,
    values: [organizationId],
  })
  for (const { account_id: accountId, team_id: teamId, times } of rows) {
    state.served.set(servedKey({ accountId, holder: { kind: 'queue', teamId, since: '' } }), times)
  }
}

async function catchUp(tx: Transaction, organizationId: string, state: OrganizationState, head: number) {
  const missing = new Set<string>()
  let lastAtMs = 0
  while (state.position < head) {
    const { rows } = await tx.query<EventRow>({
      name: 'replica_catch_up',
      text: `select ${eventColumns} from event where org_id = $1 and position > $2 order by position limit ${catchUpPage}`,
      values: [organizationId, state.position],
    })
    if (rows.length === 0) throw new Error(`the log of ${organizationId} ends before its head ${head}`)
    for (const row of rows) {
      const event = readEventRow(row)
      evolve(state, event)
      lastAtMs = event.atMs
      const id = conversationOf(event)
      if (id !== null && !state.conversations.has(id)) missing.add(id)
    }
  }
  await adoptById(tx, organizationId, state, [...missing])
  return lastAtMs
}

async function warm(tx: Transaction, organizationId: string, state: OrganizationState, commands: readonly Command[]) {
  const ids = new Set<string>()
  const addresses = new Map<string, { accountId: string; openid: string }>()
  for (const needs of commands.map((command) => needsOf(command, state))) {
    for (const id of needs.conversationIds) if (!state.conversations.has(id)) ids.add(id)
    for (const address of needs.addresses) {
      const key = `${address.accountId}\n${address.openid}`
      if (!state.byAddress.has(key)) addresses.set(key, address)
    }
  }
  await adoptById(tx, organizationId, state, [...ids])
  if (addresses.size === 0) return
  const wanted = [...addresses.values()]
  const { rows } = await tx.query<ConversationRow>({
    name: 'replica_by_address',
    // One look for each address: a plan made while the tables were empty would read all of the organization instead.
    text: `select c.state, u.openid
      from unnest($2::text[], $3::text[]) as w(account_id, openid)
      cross join lateral (
        select conversation_id, openid from customer
        where org_id = $1 and account_id = w.account_id and openid = w.openid limit 1
      ) u
      cross join lateral (
        select state::text from conversation where org_id = $1 and conversation_id = u.conversation_id limit 1
      ) c`,
    values: [organizationId, wanted.map((one) => one.accountId), wanted.map((one) => one.openid)],
  })
  for (const row of rows) adopt(state, row)
}

/** Lets go of many at once, so that it seldom has to look: what is held counts, but stays. */
function createTrim(coldLimit: number): Replica['trim'] {
  const keptBefore = new WeakMap<OrganizationState, number>()
  return (state) => {
    const { conversations } = state
    if (conversations.size <= (keptBefore.get(state) ?? 0) + coldLimit * 2) return
    const cold: string[] = []
    conversations.forEach((conversation, id) => {
      if (mayBeForgotten(conversation)) cold.push(id)
    })
    for (const id of cold.slice(0, Math.max(0, cold.length - coldLimit))) forgetConversation(state, id)
    keptBefore.set(state, conversations.size - Math.min(cold.length, coldLimit))
  }
}

async function adoptConfiguration(tx: Transaction, organizationId: string, state: OrganizationState, head: number) {
  const read = async <T>(text: string, parse: (row: ConfigRow) => T): Promise<T[]> =>
    (await tx.query<ConfigRow>({ text, values: [organizationId] })).rows.map(parse)
  const [stored] = await read(
    'select config::text as config from organization where org_id = $1',
    (row) => (row.config === null ? { settings: null, ruleVersion: 0 } : (JSON.parse(row.config) as StoredSettings)), // written by configuration-store.ts
  )
  adoptOrganization(state, {
    position: head,
    ruleVersion: stored?.ruleVersion ?? 0,
    settings: stored?.settings ?? null,
    rules: stored?.rules ?? null,
    accounts: await read(configOf('account'), (row) => JSON.parse(row.config) as AccountState), // as above
    teams: await read(configOf('team'), (row) => JSON.parse(row.config) as TeamState), // as above
    apps: await read(configOf('app'), (row) => JSON.parse(row.config) as AppState), // as above
    agents: await read(configOf('agent'), agentOf),
    quickReplies: await readQuickReplyStates(tx, organizationId),
  })
}

/** What the agent holds and is asked follows from the conversations. */
function agentOf(row: ConfigRow): AgentState {
  const { load: _, ...agent } = JSON.parse(row.config) as StoredAgent // written by configuration-store.ts
  // A row of before there was a wrap-up has none.
  return { ...agent, held: [], offered: [], broadcasts: [], parked: [], wrapUps: agent.wrapUps ?? [] }
}

const configOf = (table: 'account' | 'team' | 'app' | 'agent') =>
  `select config::text as config from ${table} where org_id = $1`

/** Brings conversations into memory from their rows; those without one are left out. */
export async function adoptConversations(
  tx: Transaction,
  organizationId: string,
  state: OrganizationState,
  ids: readonly string[],
): Promise<void> {
  await adoptById(tx, organizationId, state, ids)
}

async function adoptById(tx: Transaction, organizationId: string, state: OrganizationState, ids: readonly string[]) {
  if (ids.length === 0) return
  const { rows } = await tx.query<ConversationRow>({
    name: 'replica_by_id',
    text: `select c.state, u.openid
      from unnest($2::text[]) as w(id)
      cross join lateral (
        select customer_id, state::text from conversation where org_id = $1 and conversation_id = w.id limit 1
      ) c
      left join lateral (
        select openid from customer where org_id = $1 and customer_id = c.customer_id limit 1
      ) u on true`,
    values: [organizationId, ids],
  })
  for (const row of rows) adopt(state, row)
}

function adopt(state: OrganizationState, row: ConversationRow) {
  adoptConversation(state, JSON.parse(row.state) as ConversationState, row.openid) // written by store.ts
}
