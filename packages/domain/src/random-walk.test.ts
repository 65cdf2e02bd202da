import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventType, eventTypes, type LoggedEvent } from '@duoke/contract'
import { proofSize } from '../../../test/proof-sizes.ts'
import { adoptConversation, adoptOrganization, forgetConversation } from './adopt.ts'
import type { Command } from './commands.ts'
import type { ConversationState } from './conversation/state.ts'
import { decide } from './decide.ts'
import { evolve } from './evolve.ts'
import { conversationOf, needsOf } from './needs.ts'
import { loadOf } from './organization/load.ts'
import { type AgentState, emptyOrganization, type OrganizationState } from './organization/state.ts'
import { seededRandom } from './random.ts'
import { waitingInOrder } from './routing/queue.ts'
import { Custody } from './testing/custody.ts'
import { DeclineBook } from './testing/decline-book.ts'
import { keptFor } from './testing/kept-for.ts'
import { asIfTaken, isKindFree, isKeptFrom as isRoomKeptFrom, spareOf, weightOf } from './testing/room.ts'
import { randomCommand, randomConfiguration, randomPauseMs } from './testing/walk.ts'
import { createWorld, snapshotOf, type World } from './testing/world.ts'

const steps = 120

/** Events that say nothing about who serves whom; tests beside their code cover them. */
const outsideTheWalk: readonly EventType[] = [
  'agent.secured',
  'customer.changed',
  'message.recalled',
  'session.broadcast',
  'session.broadcast-joined',
  'session.broadcast-left',
  'session.broadcast-ended',
  'message-box.left',
  'message-box.expired',
  'message-box.taken',
  'message-box.resolved',
  'message-box.reopened',
  'rules.published',
  'rules.approved',
  'rules.rejected',
  'rules.overridden',
  'rules.override-ended',
  'rules.took-effect',
]

type ColdRow = { readonly conversation: ConversationState; readonly openid: string | null }

/** Where routing is manual, whoever waits does so until people or apps end it. */
function waitingForTheRule(state: OrganizationState) {
  return waitingInOrder(state).filter(({ conversationId }) => {
    const accountId = state.conversations.get(conversationId)?.accountId ?? ''
    return state.accounts.get(accountId)?.settings.routing !== 'manual'
  })
}

/** An app may have named somebody else for whom it waits; here timers ring late, so the wait may last longer than was asked. */
function isKeptFrom(state: OrganizationState, { plan }: ConversationState, agentId: string): boolean {
  const kept = plan === undefined ? null : keptFor(state, plan, 0)
  return kept !== null && kept !== agentId
}

/** Wants nothing of the code under test but its state: every agent, every waiting conversation, by hand. */
function assertNobodyIdles(state: OrganizationState): void {
  const waiting = waitingForTheRule(state).flatMap(
    ({ conversationId }) => state.conversations.get(conversationId) ?? [],
  )
  for (const conversation of waiting) {
    assert.equal(conversation.holder.kind, 'queue', 'who is in a line waits')
    for (const agent of state.agents.values()) {
      const busy = asIfTaken(agent, conversation)
      const hasRoom = weightOf(conversation) <= spareOf(busy) && isKindFree(state, busy, conversation)
      const isFree: boolean = hasRoom && suits(state, agent, conversation)
      // Of who waits for somebody by name nobody here knows whether that wait is over.
      const keeps = (other: ConversationState) => isFit(state, agent, other)
      const isKept = isFree && isRoomKeptFrom(state, agent, conversation, waiting, keeps)
      assert.ok(!isFree || isKept, `${agent.agentId} is free while ${conversation.id} waits`)
    }
  }
}

/** Whether the agent is there and may serve the one who waits, whether or not there is room. */
function suits(state: OrganizationState, agent: AgentState, waiting: ConversationState): boolean {
  return isFit(state, agent, waiting) && !isKeptFrom(state, waiting, agent.agentId)
}

/** The same, as if it waited for nobody by name. */
function isFit(state: OrganizationState, agent: AgentState, waiting: ConversationState): boolean {
  const { agentId, status, disabled, teams: own } = agent
  const teamId = waiting.holder.kind === 'queue' ? waiting.holder.teamId : null
  const teams = teamId === null ? (state.accounts.get(waiting.accountId)?.settings.teams ?? []) : [teamId]
  const serves = teams.length === 0 || own.some((team) => teams.includes(team))
  return serves && status === 'online' && !disabled && !waiting.passedBy.includes(agentId)
}

/** Whoever is given a conversation by the rule is given the longest wait that they can end. */
function assertFirstComeFirst(state: OrganizationState, event: LoggedEvent, { custody, declines }: Books): void {
  if (event.type !== 'session.assigned' || event.facts.cause !== 'routing') return
  const { from, to } = event.facts
  // What they had declined and are given now, from whoever took it or from the queue, has a place of its own.
  if (to.kind !== 'agent' || declines.hadPlaceFor(event, to.agentId)) return
  const { accountId = '' } = state.conversations.get(event.facts.conversationId) ?? {}
  assert.notEqual(state.accounts.get(accountId)?.settings.routing, 'manual', 'manual routing gives nobody')
  const teams = state.agents.get(to.agentId)?.teams ?? []
  const ahead = custody.ahead.get(event.facts.conversationId)
  const sinceMs = from.kind === 'queue' ? (ahead ?? Date.parse(from.since)) : event.atMs
  for (const { conversationId, sinceMs: otherMs } of waitingForTheRule(state)) {
    const conversation = state.conversations.get(conversationId)
    const teamId = conversation?.holder.kind === 'queue' ? conversation.holder.teamId : null
    const serving =
      teamId === null ? (state.accounts.get(conversation?.accountId ?? '')?.settings.teams ?? []) : [teamId]
    if (conversation?.passedBy.includes(to.agentId)) continue
    if (conversation !== undefined && isKeptFrom(state, conversation, to.agentId)) continue
    const couldServe: boolean =
      (serving.length === 0 || serving.some((team) => teams.includes(team))) && hadRoom(state, conversation, event)
    assert.ok(!couldServe || otherMs >= sinceMs, `${conversationId} waited longer than who was given to ${to.agentId}`)
  }
}

/** Whether before that session was given there was room for this one as well. */
function hadRoom(
  state: OrganizationState,
  waiting: ConversationState | undefined,
  { facts }: Extract<LoggedEvent, { type: 'session.assigned' }>,
): boolean {
  const agent = facts.to.kind === 'agent' ? state.agents.get(facts.to.agentId) : undefined
  if (agent === undefined || waiting === undefined) return false
  const before = { ...agent, held: agent.held.filter((id) => id !== facts.conversationId) }
  const busy = asIfTaken(before, waiting)
  return weightOf(waiting) <= spareOf(busy) && isKindFree(state, busy, waiting)
}

type Books = { readonly custody: Custody; readonly declines: DeclineBook }

function assertBooksAgree({ state }: World, { custody, declines }: Books, cold: ReadonlyMap<string, ColdRow>): void {
  let waiting = 0
  for (const [conversationId, holder] of custody.holders) {
    const conversation = state.conversations.get(conversationId)
    if (conversation === undefined) {
      assert.ok(cold.has(conversationId), `${conversationId} was lost`)
      assert.equal(holder.kind, 'nobody', 'only what nobody holds is let go of')
      continue
    }
    assert.deepEqual(conversation.holder, holder)
    assert.equal(conversation.sessionId !== null, holder.kind !== 'nobody', 'a session is open while somebody holds it')
    assert.equal(conversation.offer?.agentId, custody.offers.get(conversationId))
    assert.deepEqual(conversation.broadcast?.agentIds ?? [], [...(custody.broadcasts.get(conversationId) ?? [])])
    if (holder.kind === 'queue' && conversation.offer === null && conversation.broadcast === undefined) waiting++
    assert.equal(conversation.parked !== null, custody.parked.has(conversationId))
    assert.equal(conversation.hand?.agentId, custody.hands.get(conversationId))
    const company = Object.fromEntries(custody.beside.get(conversationId) ?? [])
    assert.deepEqual(conversation.beside ?? {}, company, 'who is beside the holder')
    if (holder.kind === 'agent') {
      const agent = state.agents.get(holder.agentId)
      assert.ok((conversation.parked === null ? agent?.held : agent?.parked)?.includes(conversationId))
    }
    for (const { used, limit } of conversation.windows) assert.ok(used >= 0 && used <= limit, `${used} of ${limit}`)
    for (const messageId of Object.keys(conversation.pending)) {
      assert.equal(custody.unsettled.get(messageId), conversationId)
    }
  }
  assert.equal(waitingInOrder(state).length, waiting, 'who waits is in one line')
  for (const agent of state.agents.values()) {
    assert.equal(loadOf(agent), custody.loadOf(agent.agentId))
    const counted = (agent.declined ?? []).map(({ conversationId }) => conversationId)
    assert.deepEqual(new Set(counted), declines.against(agent.agentId))
  }
}

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value))

function replay(events: readonly LoggedEvent[], state = emptyOrganization()): OrganizationState {
  for (const event of events) evolve(state, event)
  return state
}

function rowsOf(state: OrganizationState): Map<string, ColdRow> {
  const rows = new Map<string, ColdRow>()
  for (const conversation of state.conversations.values()) rows.set(conversation.id, rowOf(state, conversation))
  return rows
}

function rowOf(state: OrganizationState, conversation: ConversationState): ColdRow {
  const openid = state.addressOf.get(conversation.id)?.split('\n')[1] ?? null
  return { conversation: copyOf(conversation), openid }
}

/** A server that reads everything from rows. */
function rebuilt(state: OrganizationState): OrganizationState {
  const fresh = emptyOrganization()
  const { position, ruleVersion, settings, rules } = state
  adoptOrganization(
    fresh,
    copyOf({
      position,
      ruleVersion,
      settings,
      rules,
      accounts: [...state.accounts.values()],
      teams: [...state.teams.values()],
      agents: [...state.agents.values()],
      apps: [...state.apps.values()],
      quickReplies: [...state.quickReplies.values()],
    }),
  )
  for (const { conversation, openid } of rowsOf(state).values()) adoptConversation(fresh, conversation, openid)
  return fresh
}

/** A server that fell behind at `cut`, and reads cold conversations from rows that are as new as the head. */
function caughtUp(log: readonly LoggedEvent[], cut: number, rows: ReadonlyMap<string, ColdRow>): OrganizationState {
  const state = replay(log.slice(0, cut))
  for (const { id, holder } of [...state.conversations.values()]) {
    if (holder.kind === 'nobody') forgetConversation(state, id)
  }
  for (const event of log.slice(cut)) {
    const conversationId = conversationOf(event)
    const row = conversationId === null ? undefined : rows.get(conversationId)
    const isCold = conversationId !== null && !state.conversations.has(conversationId)
    if (isCold && row !== undefined) adoptConversation(state, copyOf(row.conversation), row.openid)
    evolve(state, event)
  }
  for (const row of rows.values()) adoptConversation(state, copyOf(row.conversation), row.openid)
  return state
}

/** Now and then everything that nobody holds leaves memory, as on a server with many customers. */
function letGo(world: World, cold: Map<string, ColdRow>): void {
  for (const conversation of [...world.state.conversations.values()]) {
    if (conversation.holder.kind !== 'nobody') continue
    cold.set(conversation.id, rowOf(world.state, conversation))
    forgetConversation(world.state, conversation.id)
  }
}

/** Brings back what a command needs, as the log does. */
function warm(world: World, cold: Map<string, ColdRow>, command: Command): void {
  const { addresses, conversationIds } = needsOf(command, world.state)
  for (const [id, { conversation, openid }] of cold) {
    const isNeeded =
      conversationIds.includes(id) ||
      addresses.some((address) => address.accountId === conversation.accountId && address.openid === openid)
    if (!isNeeded) continue
    adoptConversation(world.state, conversation, openid)
    cold.delete(id)
  }
}

function assertDecidesWithoutTouching(world: World, command: Command): void {
  const before = snapshotOf(world.state)
  const ids = { draw: (kind: string) => `${kind}-unused` }
  decide(world.state, command, { atMs: world.nowMs, ids, digest: () => '' })
  assert.deepEqual(snapshotOf(world.state), before, `${command.type} changed the state before it was appended`)
}

function walk(seed: number): World {
  const random = seededRandom(seed)
  const custody = new Custody()
  const declines = new DeclineBook()
  const cold = new Map<string, ColdRow>()
  const world: World = createWorld({
    onEvent(event) {
      custody.take(event)
      declines.take(event)
      assertFirstComeFirst(world.state, event, { custody, declines })
    },
  })
  const document = randomConfiguration(random, 1)
  world.must({ type: 'configuration.apply', actor: { kind: 'operator' }, document, prune: false, dryRun: false })
  for (let step = 0; step < steps; step++) {
    world.nowMs += randomPauseMs(random)
    if (random.chance(0.05)) letGo(world, cold)
    const command = randomCommand(random, world)
    if (command === null) continue
    warm(world, cold, command)
    if (random.chance(0.1)) assertDecidesWithoutTouching(world, command)
    const receivedBefore = custody.received.size
    const decision = world.run(command)
    const isTaken = command.type === 'customer.act' && decision.accepted
    assert.equal(custody.received.size - receivedBefore, isTaken ? 1 : 0, 'what a customer did is logged once')
    assertNobodyIdles(world.state)
    assertBooksAgree(world, { custody, declines }, cold)
  }
  world.nowMs += 60_000
  for (const timer of [...world.timers.values()]) {
    if (!/^(arbitrate|wrap-up):/.test(timer.set)) continue
    warm(world, cold, timer.command)
    world.timers.delete(timer.set)
    world.must(timer.command)
  }
  assert.deepEqual([...custody.asked.keys()], [], 'every message that asked is decided in the end')
  assert.deepEqual([...custody.wrapUps.keys()], [], 'every wrap-up ends')
  for (const { conversation, openid } of cold.values()) adoptConversation(world.state, conversation, openid)
  const expected = snapshotOf(world.state)
  const log = copyOf(world.log)
  assert.deepEqual(snapshotOf(replay(log)), expected, 'the log replayed from its start gives the same state')
  assert.deepEqual(snapshotOf(rebuilt(world.state)), expected, 'the rows give the same state')
  const behind = caughtUp(log, random.below(log.length), rowsOf(world.state))
  assert.deepEqual(snapshotOf(behind), expected, 'a server that fell behind catches up to the same state')
  return world
}

function seedsOf(): number[] {
  const chosen = process.env['DUOKE_SEED']
  if (chosen !== undefined) return [Number(chosen)]
  return Array.from({ length: proofSize('randomWalks') }, (_, index) => index + 1)
}

test('random walk: one holder at every position, never over capacity, nothing lost, replay gives the same state', () => {
  const seen = new Set<string>()
  const seeds = seedsOf()
  const startedAt = performance.now()
  for (const seed of seeds) {
    try {
      for (const { type } of walk(seed).log) seen.add(type)
    } catch (error) {
      throw new Error(`random walk failed; DUOKE_SEED=${seed} replays it`, { cause: error })
    }
  }
  const perSecond = (seeds.length * 1_000) / (performance.now() - startedAt)
  console.log(`random walk: ${seeds.length} seeds, ${perSecond.toFixed(1)} a second`)
  if (process.env['DUOKE_SEED'] !== undefined) return
  const never = eventTypes.filter((type) => !seen.has(type) && !outsideTheWalk.includes(type))
  assert.deepEqual(never, [], 'the walk reaches every kind of event')
})
