import type { ErrorCode } from '@duoke/contract'
import type { Command, ConversationState } from '@duoke/domain'
import type { Database } from '../../database/client.ts'
import type { Log } from '../../events/log.ts'
import type { Outcome } from '../../events/outcome.ts'
import type { AgentNumbers } from './agent-numbers.ts'
import { CallRefused, type CompatibleAnswer, done, json } from './answer.ts'
import { type Call, type Caller, eitherFields, type Fields, readFields, textIn } from './call.ts'
import { findCustomer, type KnownCustomer } from './customers.ts'
import type { Endpoint } from './endpoint.ts'
import { agentIdOf, kfAccountOf } from './kf-account.ts'

export type SessionPorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly numbers: AgentNumbers
}

/** WeChat tells no more of those who wait (protocol reference, section 5.5). */
const mostWaiting = 100

/** Sessions of agents with customers (protocol reference, section 5.5): the same ones that the console shows. */
export function sessionEndpoints(ports: SessionPorts): readonly Endpoint[] {
  const managed = { auth: 'token', method: 'POST', scopes: ['sessions:manage'] } as const
  const shown = { auth: 'token', method: 'GET', scopes: ['conversations:read', 'sessions:manage'] } as const
  const at = (name: string) => `/customservice/kfsession/${name}`
  return [
    { ...managed, path: at('create'), run: (call, caller) => create(ports, caller, readFields(call)) },
    { ...managed, path: at('close'), run: (call, caller) => close(ports, caller, readFields(call)) },
    { ...shown, path: at('getsession'), run: (call, caller) => getSession(ports, call, caller) },
    { ...shown, path: at('getsessionlist'), run: (call, caller) => listSessions(ports, call, caller) },
    { ...shown, path: at('getwaitcase'), run: (_call, caller) => listWaiting(ports, caller) },
  ]
}

/** Clients of 2014 sent a text for the desktop program, and know the codes of their time. */
function isOldClient(fields: Fields): boolean {
  return textIn(fields, 'text') !== undefined
}

async function customerIn(ports: SessionPorts, caller: Caller, fields: Fields): Promise<KnownCustomer> {
  const openid = textIn(fields, 'openid')
  const customer = openid ? await findCustomer(ports.database, caller, openid) : null
  if (customer === null) throw new CallRefused(40003)
  return customer
}

async function agentIn({ numbers }: SessionPorts, caller: Caller, fields: Fields) {
  const id = agentIdOf(textIn(fields, 'kf_account') ?? '', caller.account.settings)
  const agent = (await numbers.list(caller)).find((one) => one.id === id)
  if (agent === undefined) throw new CallRefused(isOldClient(fields) ? 61452 : 65401)
  return agent
}

async function submit({ log }: SessionPorts, caller: Caller, command: Command): Promise<Outcome> {
  return log.submit(caller.organizationId, command, { lane: `app:${caller.appId}` })
}

async function create(ports: SessionPorts, caller: Caller, fields: Fields): Promise<CompatibleAnswer> {
  const agent = await agentIn(ports, caller, fields)
  const customer = await customerIn(ports, caller, fields)
  const isOld = isOldClient(fields)
  if (!agent.isBound) throw new CallRefused(isOld ? 61459 : 65402)
  const note = textIn(fields, 'text')
  const outcome = await submit(ports, caller, {
    type: 'session.open',
    actor: { kind: 'app', appId: caller.appId },
    conversationId: customer.conversationId,
    agentId: agent.id,
    ...(note !== undefined && { handOver: { note: note.slice(0, 2_000) } }),
  })
  if (outcome.accepted) return done
  if (outcome.code === 'held_by_another' && isOld && outcome.holder?.kind === 'agent') {
    const other = kfAccountOf(outcome.holder.agentId, caller.account.settings)
    throw new CallRefused(61458, `customer accepted by ${other}`)
  }
  throw new CallRefused((isOld ? oldCodes : createCodes)[outcome.code] ?? -1)
}

/** Somebody who is full cannot be given more: here nobody is ever over capacity. */
const createCodes: Partial<Record<ErrorCode, number>> = {
  held_by_another: 65414,
  agent_unavailable: 65415,
  not_found: 40003,
}
const oldCodes: Partial<Record<ErrorCode, number>> = { held_by_another: 61458, agent_unavailable: 61459 }

async function close(ports: SessionPorts, caller: Caller, fields: Fields): Promise<CompatibleAnswer> {
  const { conversationId, state } = await customerIn(ports, caller, fields)
  const { holder } = state
  const agentId = agentIdOf(textIn(fields, 'kf_account') ?? '', caller.account.settings)
  // Whoever holds it can be named, also one of another team, to whom it was handed by name.
  if (holder.kind !== 'agent' || holder.agentId !== agentId) {
    await agentIn(ports, caller, fields)
    throw new CallRefused(holder.kind === 'agent' ? 65414 : 65413)
  }
  const note = textIn(fields, 'text')
  const outcome = await submit(ports, caller, {
    type: 'session.close',
    actor: { kind: 'app', appId: caller.appId },
    conversationId,
    heldBy: agentId,
    ...(note !== undefined && { handOver: { note: note.slice(0, 2_000) } }),
  })
  if (outcome.accepted) return done
  throw new CallRefused(outcome.code === 'held_by_another' ? 65414 : outcome.code === 'already_closed' ? 65413 : -1)
}

/** Nobody serving: an empty name, as documented. An app that holds the conversation is no agent. */
async function getSession(ports: SessionPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const { state } = await customerIn(ports, caller, eitherFields(call))
  const { holder } = state
  if (holder.kind !== 'agent') return json({ createtime: 0, kf_account: '' })
  return json({
    createtime: secondsOf(holder.since),
    kf_account: kfAccountOf(holder.agentId, caller.account.settings),
  })
}

type Row = { readonly openid: string; readonly state: string }

async function listSessions(ports: SessionPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const agent = await agentIn(ports, caller, eitherFields(call))
  const rows = await ports.database.withOrganization(
    caller.organizationId,
    async (tx) =>
      (
        await tx.query<Row>({
          name: 'compatible_sessions',
          text: `select u.openid, c.state::text as state from conversation c
            join customer u on u.org_id = c.org_id and u.customer_id = c.customer_id
            where c.org_id = $1 and c.status = 'open' and c.holder_kind = 'agent' and c.holder_id = $2 and c.account_id = $3`,
          values: [caller.organizationId, agent.id, caller.account.settings.accountId],
        })
      ).rows,
    { readOnly: true },
  )
  const sessions = rows.map(({ openid, state }) => {
    const { holder } = JSON.parse(state) as ConversationState // written by store.ts
    return { createtime: 'since' in holder ? secondsOf(holder.since) : 0, openid }
  })
  return json({ sessionlist: sessions.sort((a, b) => a.createtime - b.createtime) })
}

/** In the order in which routing serves them. New and old clients read different fields of a row: both are there. */
async function listWaiting(ports: SessionPorts, caller: Caller): Promise<CompatibleAnswer> {
  const { organizationId, account } = caller
  const values = [organizationId, account.settings.accountId]
  const { count, rows } = await ports.database.withOrganization(
    organizationId,
    async (tx) => {
      const waiting = `from conversation c where c.org_id = $1 and c.account_id = $2 and c.status = 'waiting'`
      const all = await tx.query<{ count: number }>({
        name: 'compatible_waiting_count',
        text: `select count(*)::int as count ${waiting}`,
        values,
      })
      const first = await tx.query<Row>({
        name: 'compatible_waiting',
        text: `select (select u.openid from customer u where u.org_id = c.org_id and u.customer_id = c.customer_id) as openid,
            c.state::text as state ${waiting}
            order by c.waiting_since, (c.state ->> 'holderPosition')::bigint limit ${mostWaiting}`,
        values,
      })
      return { count: all.rows[0]?.count ?? 0, rows: first.rows }
    },
    { readOnly: true },
  )
  return json({
    count,
    waitcaselist: rows.map(({ openid, state: text }) => {
      const state = JSON.parse(text) as ConversationState // written by store.ts
      const createtime = Math.floor((state.waitingSinceMs ?? state.lastActivityAtMs) / 1000)
      const latest = Math.floor((state.lastCustomerAtMs ?? state.lastActivityAtMs) / 1000)
      return { latest_time: latest, openid, kf_account: '', createtime }
    }),
  })
}

function secondsOf(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000)
}
