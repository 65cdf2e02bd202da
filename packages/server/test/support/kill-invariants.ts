// What must be true after any number of kills: of the log, of every phone, and of what WeChat was told.
import assert from 'node:assert/strict'
import type { LoggedEvent } from '@duoke/contract'
import type { ChatEntry, Simulator } from '@duoke/simulator'
import { type Database, openDatabase } from '../../src/database/client.ts'
import type { Connection } from '../../src/database/connection.ts'
import { answerTo, type KillAgent } from './kill-agent.ts'
import { isAnswered, type Writing } from './kill-load.ts'
import { assertSound } from './log-invariants.ts'

export type Outcome = {
  readonly connection: Connection
  readonly organizationId: string
  readonly simulator: Simulator
  readonly writings: readonly Writing[]
  readonly followerIds: readonly string[]
  readonly agent: KillAgent
}

export type Summary = {
  readonly pushes: number
  readonly answered: number
  readonly logged: number
  readonly answers: number
  readonly outcomes: Readonly<Record<string, number>>
}

export async function assertNothingLost(outcome: Outcome): Promise<Summary> {
  await using database = openDatabase({ connection: outcome.connection, readTimeoutMs: 60_000 })
  const { events } = await assertSound(database, outcome.organizationId)
  const positions = assertEveryPushOnce(outcome, events)
  assertOrder(outcome.writings, positions)
  assertAgentSawAll(outcome.agent, events)
  const outcomes = assertDeliveries(outcome, events)
  await assertNothingWaits(database)
  return {
    pushes: outcome.writings.length,
    answered: outcome.writings.filter(isAnswered).length,
    logged: positions.size,
    answers: Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    outcomes,
  }
}

/** Answers at which position each MsgId is in the log. */
function assertEveryPushOnce({ writings }: Outcome, events: readonly LoggedEvent[]): Map<string, number> {
  const positions = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'message.received') continue
    const msgId = /<MsgId>(?:<!\[CDATA\[)?(\d+)/.exec(event.personal?.raw ?? '')?.[1] ?? ''
    assert.ok(msgId !== '', `the message at ${event.position} has its push`)
    assert.ok(!positions.has(msgId), `push ${msgId} is in the log at ${positions.get(msgId)} and at ${event.position}`)
    positions.set(msgId, event.position)
  }
  const pushed = new Set(writings.map(({ record }) => record.msgId ?? ''))
  assert.equal(pushed.size, writings.length)
  for (const msgId of positions.keys()) assert.ok(pushed.has(msgId), `nobody wrote ${msgId}`)
  for (const writing of writings.filter(isAnswered)) {
    const { msgId, attempts } = writing.record
    assert.ok(positions.has(msgId ?? ''), `push ${msgId} was answered and is lost: ${JSON.stringify(attempts)}`)
  }
  return positions
}

/** What was answered before the next was written stands before it. */
function assertOrder(writings: readonly Writing[], positions: ReadonlyMap<string, number>): void {
  const at = ({ record }: Writing) => positions.get(record.msgId ?? '')
  for (const [followerId, own] of Map.groupBy(writings, (writing) => writing.followerId)) {
    let settledAt = 0
    let waiting: Writing[] = []
    for (const writing of own) {
      for (const before of waiting) {
        if (before.endedMs === null || before.endedMs >= writing.startedMs) continue
        settledAt = Math.max(settledAt, at(before) ?? 0)
      }
      waiting = waiting.filter(({ endedMs }) => endedMs === null || endedMs >= writing.startedMs)
      const position = at(writing)
      assert.ok(position === undefined || position > settledAt, `${followerId}: ${position} after ${settledAt}`)
      waiting.push(writing)
    }
  }
}

/** The agent's program reads the log by its cursor across every kill: each message once, in order. */
function assertAgentSawAll(agent: KillAgent, events: readonly LoggedEvent[]): void {
  const received = events.filter(({ type }) => type === 'message.received').map(({ position }) => position)
  assert.deepEqual(agent.seen, received)
}

type Submitted = Extract<LoggedEvent, { type: 'message.submitted' }>

/** What the log says became of each answer is what the phones show; answers how often each outcome occurred. */
function assertDeliveries(outcome: Outcome, events: readonly LoggedEvent[]): Record<string, number> {
  const submitted = events.filter((event): event is Submitted => event.type === 'message.submitted')
  const byAgent = submitted.filter(({ facts }) => facts.clientId !== undefined)
  const texts = byAgent.map(textOf)
  assert.equal(new Set(texts).size, texts.length, 'an answer was taken twice')
  for (const messageId of outcome.agent.answered) {
    assert.ok(texts.includes(answerTo(messageId)), `the agent was told that the answer to ${messageId} was taken`)
  }
  const settled = new Map(
    events.flatMap((event) =>
      event.type === 'delivery.settled' ? [[event.facts.messageId, event.facts] as const] : [],
    ),
  )
  const phones = phonesOf(outcome)
  const counts: Record<string, number> = {}
  for (const message of byAgent) {
    const result = settled.get(message.facts.messageId)
    assert.ok(result !== undefined, `the answer ${message.facts.messageId} is settled`)
    const name = result.code === undefined ? result.outcome : `${result.outcome} ${result.code}`
    counts[name] = (counts[name] ?? 0) + 1
    const bubbles = phones.get(textOf(message))?.length ?? 0
    assert.ok(bubbles <= 1, `${textOf(message)} stands ${bubbles} times on a phone`)
    if (result.outcome === 'accepted') assert.equal(bubbles, 1, `${textOf(message)} is accepted and on no phone`)
    else if (result.outcome !== 'unknown') assert.equal(bubbles, 0, `${textOf(message)} is ${name} and on a phone`)
  }
  assertBubblesInOrder(byAgent, phones)
  assertRepliesAtOnce(outcome, submitted)
  return counts
}

type Bubble = { readonly followerId: string; readonly id: number }

function chatOf({ simulator }: Outcome, followerId: string): readonly ChatEntry[] {
  const follower = simulator.world.follower('shop', followerId)
  return follower === undefined ? [] : simulator.world.chat(follower)
}

/** Every answer of the agent that stands on a phone, by its text. */
function phonesOf(outcome: Outcome): Map<string, Bubble[]> {
  const bubbles = outcome.followerIds.flatMap((followerId) =>
    chatOf(outcome, followerId).flatMap(({ from, via, content, id }) =>
      from === 'account' && via === 'custom' && content.kind === 'text' ? [{ text: content.text, followerId, id }] : [],
    ),
  )
  return Map.groupBy(bubbles, ({ text }) => text)
}

/** On a phone, answers stand in the order in which they were given. */
function assertBubblesInOrder(byAgent: readonly Submitted[], phones: ReadonlyMap<string, Bubble[]>): void {
  const last = new Map<string, number>()
  for (const message of byAgent) {
    const [bubble] = phones.get(textOf(message)) ?? []
    if (bubble === undefined) continue
    const before = last.get(bubble.followerId) ?? 0
    assert.ok(bubble.id > before, `${textOf(message)} stands above an earlier answer on ${bubble.followerId}'s phone`)
    last.set(bubble.followerId, bubble.id)
  }
}

/** A reply within the push: however often WeChat asked, one for each that the log has, and none without. */
function assertRepliesAtOnce(outcome: Outcome, submitted: readonly Submitted[]): void {
  const given = submitted.filter(({ facts }) => facts.via === 'passive-reply').length
  const shown = outcome.followerIds
    .flatMap((followerId) => chatOf(outcome, followerId))
    .filter(({ from, via }) => from === 'account' && via === 'passive').length
  const asked = outcome.writings.filter(({ isKeyword }) => isKeyword).length
  assert.ok(shown <= given && given <= asked, `${shown} replies shown, ${given} given, ${asked} asked for`)
}

function textOf({ personal }: Submitted): string {
  return personal?.content.type === 'text' ? personal.content.text : ''
}

async function assertNothingWaits(database: Database): Promise<void> {
  assert.deepEqual(await unfinishedWork(database), { outbox: 0, media: 0, timers: 0 })
}

/** Work that is due and not done. */
export async function unfinishedWork(database: Database) {
  const { rows } = await database.withWorker((tx) =>
    tx.query<{ outbox: number; media: number; timers: number }>({
      text: `select (select count(*) from outbox) as outbox,
        (select count(*) from media where state = 'pending') as media,
        (select count(*) from timer where due < clock_timestamp() - interval '10 seconds') as timers`,
    }),
  )
  return { ...rows[0] }
}
