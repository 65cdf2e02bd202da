// What must hold of every log, whatever was done to it: checked from the rows alone, and against the servers' memory.
import assert from 'node:assert/strict'
import type { Holder, LoggedEvent } from '@duoke/contract'
import {
  type AgentState,
  type ConversationState,
  emptyOrganization,
  evolve,
  isOpenLeft,
  loadOf,
  type OrganizationState,
} from '@duoke/domain'
import { createReplica } from '../../src/conversation/replica.ts'
import type { Database } from '../../src/database/client.ts'
import { verifyChain } from '../../src/events/verify-chain.ts'
import { type LogServer, must, readLog } from './log-stage.ts'

export function replay(events: readonly LoggedEvent[]): OrganizationState {
  const state = emptyOrganization()
  for (const event of events) evolve(state, event)
  return state
}

/** Everything a decision rests on as plain JSON in a canonical order; of conversations only those that somebody holds. */
export function snapshotOf(state: OrganizationState): unknown {
  const isHeld = (id: string) => (state.conversations.get(id)?.holder.kind ?? 'nobody') !== 'nobody'
  const table = <V>(entries: Iterable<[string, V]>, keep: (key: string, value: V) => boolean = () => true) =>
    [...entries].filter(([key, value]) => keep(key, value)).sort(([left], [right]) => (left < right ? -1 : 1))
  return JSON.parse(
    JSON.stringify({
      position: state.position,
      ruleVersion: state.ruleVersion,
      settings: state.settings,
      accounts: table(state.accounts.entries()),
      teams: table(state.teams.entries()),
      agents: table(state.agents.entries()),
      apps: table(state.apps.entries()),
      quickReplies: table(state.quickReplies.entries()),
      conversations: table(state.conversations.entries(), isHeld),
      byAddress: table(state.byAddress.entries(), (_, id) => isHeld(id)),
      addressOf: table(state.addressOf.entries(), isHeld),
      lines: table(state.lines.entries()),
      leftLines: table(state.leftLines.entries()),
    }),
  )
}

/** Positions without gap, an unbroken chain, one holder at every position, nobody over capacity, rows as replayed. */
export async function assertSound(database: Database, org: string, servers: readonly LogServer[] = []) {
  const events = await readLog(database, org)
  assert.deepEqual(
    events.map((event) => event.position),
    events.map((_, at) => at + 1),
    'positions have no gap',
  )
  assertTimesNeverGoBack(events)
  const verdict = await verifyChain(org, (work) => database.withOrganization(org, work))
  assert.deepEqual(verdict, { isSound: true, checked: events.length, erased: 0, fault: null })
  assertCustody(events)
  const state = replay(events)
  assert.equal(await headOf(database, org), events.length)
  await assertRows(database, org, events, state)
  const fresh = await database.withOrganization(org, (tx) => createReplica().load(tx, org, events.length))
  assert.deepEqual(snapshotOf(fresh), snapshotOf(state), 'a state read from rows is the state replayed')
  for (const { log } of servers) {
    // Any command brings the server's memory to the head; this one changes nothing.
    await must(log, org, { type: 'timer.fire', timer: { kind: 'presence', agentId: 'nobody' } })
    const known = log.state(org)
    assert.ok(known !== null)
    assert.deepEqual(snapshotOf(known), snapshotOf(state), 'what a server has folded is the state replayed')
  }
  return { events, state }
}

async function headOf(database: Database, org: string): Promise<number | undefined> {
  const { rows } = await database.withOrganization(org, (tx) =>
    tx.query<{ head: number }>({ text: 'select head from organization where org_id = $1', values: [org] }),
  )
  return rows[0]?.head
}

function assertTimesNeverGoBack(events: readonly LoggedEvent[]): void {
  let before = 0
  for (const { atMs, position } of events) {
    assert.ok(atMs >= before, `time goes back at ${position}`)
    before = atMs
  }
}

/** A second bookkeeper, who reads the events alone: who holds what, and how much. */
function assertCustody(events: readonly LoggedEvent[]): void {
  const holders = new Map<string, Holder>()
  const capacities = new Map<string, number>()
  const temporary = new Map<string, number | null>()
  const submitted = new Set<string>()
  const parked = new Set<string>()
  const wrapUps = new Map<string, string>()
  const load = (agentId: string) =>
    [...wrapUps.values()].filter((one) => one === agentId).length +
    [...holders].filter(([id, holder]) => holder.kind === 'agent' && holder.agentId === agentId && !parked.has(id))
      .length
  for (const event of events) {
    if (event.type === 'agent.configured') capacities.set(event.facts.agentId, event.facts.capacity)
    if (event.type === 'agent.capacity-changed') temporary.set(event.facts.agentId, event.facts.capacity)
    if (event.type === 'message.submitted') {
      assert.ok(!submitted.has(event.facts.messageId), 'a message is submitted once')
      submitted.add(event.facts.messageId)
    }
    if (event.type === 'delivery.settled') assert.ok(submitted.delete(event.facts.messageId), 'and settled once')
    if (event.type === 'session.wrap-up-began' && event.facts.takesCapacity) {
      wrapUps.set(event.facts.sessionId, event.facts.agentId)
    }
    if (event.type === 'session.disposed') wrapUps.delete(event.facts.sessionId)
    if (event.type === 'session.parked') parked.add(event.facts.conversationId)
    if (event.type === 'session.resumed')
      assert.ok(parked.delete(event.facts.conversationId), 'what is parked comes back')
    if (event.type !== 'session.assigned' && event.type !== 'session.queued' && event.type !== 'session.closed')
      continue
    const { conversationId, from } = event.facts
    parked.delete(conversationId)
    assert.deepEqual(from, holders.get(conversationId) ?? { kind: 'nobody' }, 'each event names the holder before it')
    if (event.type === 'session.closed') holders.set(conversationId, { kind: 'nobody' })
    if (event.type === 'session.queued') {
      holders.set(conversationId, { kind: 'queue', teamId: event.facts.teamId, since: event.facts.waitingSince })
    }
    if (event.type !== 'session.assigned') continue
    const since = new Date(event.atMs).toISOString()
    holders.set(conversationId, { ...event.facts.to, stintId: event.facts.stintId, since })
    if (event.facts.to.kind !== 'agent') continue
    const { agentId } = event.facts.to
    const room = temporary.get(agentId) ?? capacities.get(agentId) ?? 0
    assert.ok(
      event.facts.overCapacity === true || load(agentId) <= room,
      `${agentId} is over capacity at ${event.position}`,
    )
  }
}

async function assertRows(
  database: Database,
  org: string,
  events: readonly LoggedEvent[],
  state: OrganizationState,
): Promise<void> {
  const read = async <Row>(text: string): Promise<Row[]> =>
    (await database.withOrganization(org, (tx) => tx.query<Row>({ text }))).rows
  await assertConversationRows(read, events, state)
  await assertConfigurationRows(read, state)
  await assertTimerRows(read, state)
  const unsettled = new Map<string, number>()
  for (const event of events) {
    if (event.type === 'message.submitted' && event.facts.via === 'customer-message')
      unsettled.set(event.facts.messageId, event.position)
    if (event.type === 'delivery.settled') unsettled.delete(event.facts.messageId)
  }
  const outbox = await read<{ message_id: string; position: number }>('select message_id, position from outbox')
  assert.deepEqual(new Map(outbox.map((row) => [row.message_id, row.position])), unsettled, 'the outbox is what waits')
  const decided = events.flatMap((event) =>
    'decision' in event.facts && event.facts.decision !== null
      ? [[event.facts.decision.decisionId, event.position] as const]
      : [],
  )
  const decisions = await read<{ decision_id: string; position: number }>('select decision_id, position from decision')
  assert.deepEqual(
    new Map(decisions.map((row) => [row.decision_id, row.position])),
    new Map(decided.toReversed()),
    'a decision stands where it was named first',
  )
}

type Read = <Row>(text: string) => Promise<Row[]>

async function assertConversationRows(read: Read, events: readonly LoggedEvent[], state: OrganizationState) {
  type Row = {
    conversation_id: string
    status: string
    holder_kind: string
    holder_id: string | null
    team_id: string | null
    waiting_since: number | null
    last_at: number
    last_position: number
    unread: number
    last_message: string | null
    state: string
    openid: string
    profile: string
  }
  const rows = await read<Row>(
    `select c.*, c.state::text as state, c.last_message::text as last_message, u.openid, u.profile::text as profile
      from conversation c join customer u on u.customer_id = c.customer_id and u.conversation_id = c.conversation_id`,
  )
  assert.equal(rows.length, state.conversations.size)
  for (const row of rows) {
    const conversation = state.conversations.get(row.conversation_id)
    assert.ok(conversation !== undefined)
    const { holder } = conversation
    assert.deepEqual(JSON.parse(row.state), JSON.parse(JSON.stringify(conversation)))
    assert.deepEqual(
      { ...row, state: undefined, openid: undefined, profile: undefined, last_message: undefined },
      {
        ...row,
        ...{ state: undefined, openid: undefined, profile: undefined, last_message: undefined },
        status: holder.kind === 'queue' ? 'waiting' : holder.kind === 'nobody' ? 'closed' : 'open',
        holder_kind: holder.kind,
        holder_id: holder.kind === 'agent' ? holder.agentId : holder.kind === 'app' ? holder.appId : null,
        team_id: holder.kind === 'queue' ? holder.teamId : null,
        waiting_since: conversation.waitingSinceMs,
        last_at: lastAtMs(conversation),
        last_position: conversation.lastPosition,
        unread: conversation.unreadPositions.length,
        left_at: isOpenLeft(conversation) ? (conversation.left?.sinceMs ?? null) : null,
        left_for: isOpenLeft(conversation) ? (conversation.left?.plan.teamId ?? null) : null,
      },
    )
    assert.equal(state.addressOf.get(row.conversation_id), `${conversation.accountId}\n${row.openid}`)
    assertLastWords(row, events)
  }
}

const lastAtMs = (conversation: ConversationState) =>
  Math.max(conversation.lastCustomerAtMs ?? 0, conversation.lastAgentAtMs ?? 0, conversation.startedAtMs)

function assertLastWords(
  row: { conversation_id: string; last_message: string | null; profile: string },
  events: readonly LoggedEvent[],
): void {
  const own = events.filter(
    (event) => 'conversationId' in event.facts && event.facts.conversationId === row.conversation_id,
  )
  const message = own.findLast((event) => event.type === 'message.received' || event.type === 'message.submitted')
  const last = row.last_message === null ? null : JSON.parse(row.last_message)
  assert.equal(last?.atMs ?? null, message?.atMs ?? null)
  assert.equal(last?.direction, message === undefined ? undefined : message.type === 'message.received' ? 'in' : 'out')
  const changed = own.findLast((event) => event.type === 'customer.changed')
  assert.deepEqual(JSON.parse(row.profile), changed?.personal?.profile ?? {})
}

async function assertConfigurationRows(read: Read, state: OrganizationState): Promise<void> {
  const tables = { account: state.accounts, team: state.teams, agent: state.agents, app: state.apps }
  for (const [table, entities] of Object.entries(tables)) {
    const rows = await read<{ id: string; config: string }>(
      `select ${table}_id as id, config::text as config from ${table}`,
    )
    const stored = new Map(rows.map((row) => [row.id, JSON.parse(row.config)]))
    const expected = new Map<string, unknown>()
    for (const [id, entity] of entities.entries()) {
      expected.set(id, JSON.parse(JSON.stringify(entity)))
    }
    if (table === 'agent') for (const [id, agent] of state.agents.entries()) expected.set(id, storedAgent(agent))
    assert.deepEqual(stored, expected, `rows of ${table}`)
  }
}

/** What an agent holds and is asked is stored as its sum. */
function storedAgent(agent: AgentState): unknown {
  const { held: _held, offered: _offered, broadcasts: _broadcasts, parked: _parked, ...rest } = agent
  return JSON.parse(JSON.stringify({ ...rest, load: loadOf(agent) }))
}

/** Somebody is asked, or was and passed: then everybody is asked again after a pause. */
function isOffering(state: OrganizationState, key: string): boolean {
  const conversation = key.startsWith('offer:') ? state.conversations.get(key.slice('offer:'.length)) : undefined
  if (conversation === undefined) return false
  const { offer, broadcast, passedBy } = conversation
  return offer !== null || broadcast !== undefined || passedBy.length > 0
}

/** A timer may ring early (it is then set anew), never late, and never for nobody. */
async function assertTimerRows(read: Read, state: OrganizationState): Promise<void> {
  const rows = await read<{ key: string; due: number }>('select key, due from timer')
  const due = new Map(rows.map((row) => [row.key, row.due]))
  const closeAfterMs = state.settings?.idleCloseAfterMs ?? null
  for (const { id, holder, lastActivityAtMs, offer, parked } of state.conversations.values()) {
    if (offer !== null) assert.ok((due.get(`offer:${id}`) ?? Number.POSITIVE_INFINITY) <= offer.expiresAtMs, id)
    const dueMs = due.get(`idle:${id}`)
    assert.equal(due.get(`snooze:${id}`) ?? null, parked?.untilMs ?? null, `when ${id} comes back`)
    if (holder.kind !== 'agent' && holder.kind !== 'app')
      assert.equal(dueMs, undefined, `nobody serves ${id}, and it has a timer`)
    else if (parked !== null) assert.equal(dueMs, undefined, `${id} is set aside, and its idleness is counted`)
    else if (closeAfterMs !== null) assert.ok(dueMs !== undefined && dueMs <= lastActivityAtMs + closeAfterMs, id)
  }
  const asked = [...state.conversations.values()].flatMap((one) => Object.entries(one.asked))
  const choices = [...due].filter(([key]) => key.startsWith('arbitrate:'))
  assert.deepEqual(
    new Map(choices),
    new Map(asked.map(([messageId, { atMs }]) => [`arbitrate:${messageId}`, atMs + 4000])),
    'whoever is asked is not waited for without end',
  )
  for (const { agentId, statusUntilMs } of state.agents.values()) {
    assert.equal(due.get(`presence:${agentId}`) ?? null, statusUntilMs, `the timer of ${agentId}`)
  }
  const isKnown = (key: string) =>
    key.startsWith('arbitrate:') ||
    state.conversations.has(key.slice('idle:'.length)) ||
    isOffering(state, key) ||
    key.startsWith('snooze:') ||
    key.startsWith('window:') ||
    key.startsWith('block:') ||
    [...state.agents.values()].some(({ wrapUps }) => wrapUps.some((one) => key === `wrap-up:${one.sessionId}`)) ||
    state.agents.has(key.slice('presence:'.length))
  assert.deepEqual(
    [...due.keys()].filter((key) => !isKnown(key)),
    [],
  )
}

/** The log keeps a message for each of these texts, once. */
export function assertOnce(events: readonly LoggedEvent[], texts: readonly string[]): void {
  const found = events.flatMap((event) =>
    event.type === 'message.received' && event.personal?.content.type === 'text' ? [event.personal.content.text] : [],
  )
  assert.deepEqual(found.toSorted(), texts.toSorted())
}
