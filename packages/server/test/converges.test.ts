// The house test "converges": a snapshot and the events behind its cursor are the same as a fresh snapshot.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { events as declarations, type EventType, eventTypes, scopesOfRole } from '@duoke/contract'
import type { Command, Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { startTestApp } from './support/app.ts'
import { forEachSeed } from './support/for-each-seed.ts'
import { byAgent, type Desk, openDesk, readLog } from './support/log-stage.ts'
import { createCallers } from './support/random-commands.ts'
import { assertSame, openConsole, type Shown } from './support/sim-console.ts'

const clock = { nowMs: Date.UTC(2026, 2, 2, 4) }
const nowMs = () => clock.nowMs
const server = await startTestApp({ rateLimit: '10000000' }, { isDriven: true, nowMs, batchTimeMs: nowMs })
after(() => server[Symbol.asyncDispose]())
const { ground, operator } = server.app

/** What a console may be told about a conversation: a type that is added to the contract has to occur here too. */
// Messages are left and sessions broadcast under published rules, of which these callers have none: the domain's tests fold them
// (routing/message-box.test.ts, routing/broadcast.test.ts).
const ofConversations = eventTypes.filter(
  (type) =>
    'conversationId' in declarations[type].facts.properties && !/^(message-box\.|session\.broadcast)/.test(type),
)
const cuts = 4
const callsBetweenCuts = 14
/** A token of nobody in particular (the callers disable and remove agents) that sees what supervisors do, too. */
const scopes = scopesOfRole.supervisor
const exercised = new Set<EventType>()

async function converge(_seed: number, random: Random): Promise<void> {
  const desk = await openDesk(ground, { agents: 3, capacity: 2 })
  const made = await operator.createToken(desk.org, { holder: { kind: 'admin' }, scopes })
  assert.ok(made.ok)
  const console = openConsole(server.app, made.token)
  const act = createActing(desk, random)
  const earlier: Shown[] = []
  for (let cut = 0; cut < cuts; cut += 1) {
    await act()
    // Answers that have waited too long are given up by the server itself: nothing may happen while we compare.
    await server.app.channel.delivery.idle()
    const fresh = await console.read(act.conversations())
    // The newest snapshot is brought up at every cut, the first one once more at the end.
    const followed = cut === cuts - 1 ? [earlier[0], earlier.at(-1)] : [earlier.at(-1)]
    for (const shown of followed) if (shown !== undefined) assertSame(await console.follow(shown), fresh, nowMs())
    earlier.push(fresh)
  }
  for (const { type } of await readLog(ground.database, desk.org)) exercised.add(type)
}

/** Callers of every kind, a few at the same instant, with pauses that let sessions grow idle and windows close. */
function createActing(desk: Desk, random: Random): (() => Promise<void>) & { conversations(): string[] } {
  const callers = createCallers(random, desk, { customers: 4 })
  const known = new Set<string>()
  const messages: { conversationId: string; messageId: string }[] = []

  const next = (): Command => {
    const conversationId = random.pick([...known]) ?? ''
    const message = random.pick(messages)
    if (random.chance(0.08)) return { type: 'timer.fire', timer: { kind: 'idle', conversationId } }
    if (random.chance(0.06) && message !== undefined)
      return { type: 'message.recall', actor: byAgent('agent1'), ...message }
    return callers.next()
  }

  async function submit(command: Command): Promise<void> {
    const outcome = await ground.log.submit(desk.org, command, { lane: 'agents' })
    if (!outcome.accepted) return
    callers.hear(outcome)
    for (const event of outcome.events) {
      if ('conversationId' in event.facts) known.add(event.facts.conversationId)
      if (event.type === 'message.received') messages.push(event.facts)
    }
  }

  const act = async () => {
    for (let call = 0; call < callsBetweenCuts; call += 1) {
      if (random.chance(0.2)) clock.nowMs += random.pick([1_000, 70_000, 1_560_000]) ?? 0
      await Promise.all(Array.from({ length: 1 + random.below(3) }, () => submit(next())))
    }
  }
  return Object.assign(act, { conversations: () => [...known] })
}

test('F74: a snapshot and the events behind its cursor are a fresh snapshot, for every event about a conversation', async () => {
  const missing = () => ofConversations.filter((type) => !exercised.has(type))
  await forEachSeed('converges', proofSize('serverConverges'), converge, () => missing().length > 0)
  if (process.env.DUOKE_SEED !== undefined) return
  assert.deepEqual(missing(), [], 'each of these must happen, or the test proves nothing about it')
})
