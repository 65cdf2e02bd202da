import type { AgentPreferences, Draft } from '@duoke/contract'
import type { Database, Transaction } from '../database/client.ts'
import { agentOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { instant } from './queries.ts'

export type OwnDeskPorts = { readonly database: Database; readonly reads: Reads }

type OwnDeskOperations = 'getDraft' | 'putDraft' | 'getPreferences' | 'putPreferences'

/** What is an agent's own and no event: half written words, and how the console is set up. */
export function ownDeskHandlers({ database, reads }: OwnDeskPorts): Pick<Handlers, OwnDeskOperations> {
  return {
    async getDraft({ caller, params }) {
      const of = ownOf(caller, params.conversationId)
      return { body: await reads.read(caller.org, (tx) => readDraft(tx, of)) }
    },
    async putDraft({ caller, params, body }) {
      const of = ownOf(caller, params.conversationId)
      return { body: await database.withOrganization(caller.org, (tx) => writeDraft(tx, of, body)) }
    },
    async getPreferences({ caller }) {
      const agentId = agentOf(caller)
      return { body: await reads.read(caller.org, (tx) => readPreferences(tx, caller.org, agentId)) }
    },
    async putPreferences({ caller, body }) {
      const agentId = agentOf(caller)
      await database.withOrganization(caller.org, (tx) => writePreferences(tx, caller.org, agentId, body))
      return { body }
    },
  }
}

type Own = { readonly org: string; readonly agentId: string; readonly conversationId: string }
const ownOf = (caller: Caller, conversationId: string): Own => ({
  org: caller.org,
  agentId: agentOf(caller),
  conversationId,
})

type DraftRow = { readonly text: string; readonly version: number; readonly changed_at: number }

const draftOf = (conversationId: string, row: DraftRow | undefined): Draft =>
  row === undefined
    ? { conversationId, text: '', version: 0, changedAt: null }
    : { conversationId, text: row.text, version: row.version, changedAt: instant(row.changed_at) }

async function requireConversation(tx: Transaction, { org, conversationId }: Own): Promise<void> {
  const { rows } = await tx.query({
    name: 'draft_conversation',
    text: 'select 1 from conversation where org_id = $1 and conversation_id = $2',
    values: [org, conversationId],
  })
  if (rows.length === 0) throw new Refused('not_found')
}

async function readDraft(tx: Transaction, own: Own): Promise<Draft> {
  await requireConversation(tx, own)
  const { rows } = await tx.query<DraftRow>({
    name: 'draft_by_id',
    text: `select text, version, changed_at from draft where org_id = $1 and agent_id = $2 and conversation_id = $3`,
    values: [own.org, own.agentId, own.conversationId],
  })
  return draftOf(own.conversationId, rows[0])
}

/** The last write wins. Its version is above all that anybody has seen, so that every other screen takes it. */
async function writeDraft(
  tx: Transaction,
  own: Own,
  { text, version }: { readonly text: string; readonly version: number },
): Promise<Draft> {
  await requireConversation(tx, own)
  const { rows } = await tx.query<DraftRow>({
    name: 'draft_write',
    text: `insert into draft (org_id, agent_id, conversation_id, text, version) values ($1, $2, $3, $4, $5::bigint + 1)
      on conflict (org_id, agent_id, conversation_id) do update
        set text = excluded.text, version = greatest(draft.version + 1, excluded.version), changed_at = now()
      returning text, version, changed_at`,
    values: [own.org, own.agentId, own.conversationId, text, version],
  })
  return draftOf(own.conversationId, rows[0])
}

async function readPreferences(tx: Transaction, org: string, agentId: string): Promise<AgentPreferences> {
  const { rows } = await tx.query<{ value: string }>({
    name: 'agent_preferences',
    text: 'select value::text as value from agent_preference where org_id = $1 and agent_id = $2',
    values: [org, agentId],
  })
  return rows[0] === undefined ? {} : (JSON.parse(rows[0].value) as AgentPreferences) // written below
}

async function writePreferences(tx: Transaction, org: string, agentId: string, value: AgentPreferences): Promise<void> {
  await tx.query({
    name: 'agent_preferences_write',
    text: `insert into agent_preference (org_id, agent_id, value, version) values ($1, $2, $3::json, 1)
      on conflict (org_id, agent_id) do update
        set value = excluded.value, version = agent_preference.version + 1`,
    values: [org, agentId, JSON.stringify(value)],
  })
}
