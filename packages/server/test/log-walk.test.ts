import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Command } from '@duoke/domain'
import { type Random, seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { CommandParked, LogUnavailable, type Outcome } from '../src/events/outcome.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'
import { assertSound } from './support/log-invariants.ts'
import { type Accepted, type Desk, type LogServer, openDesk, startLogServer } from './support/log-stage.ts'
import { createCallers } from './support/random-commands.ts'
import { type Trouble, unreliable } from './support/unreliable-database.ts'

const database = await testDatabase()
after(() => database[Symbol.asyncDispose]())
const { connection } = database

const stepsPerCaller = 14

/** Goes on with the same key until the log has said yes or no, on whichever server answers. */
async function insist(
  command: Command,
  key: string,
  desk: Desk,
  servers: readonly LogServer[],
  random: Random,
): Promise<Outcome> {
  for (;;) {
    const server = random.pick(servers)
    assert.ok(server !== undefined)
    try {
      return await server.log.submit(desk.org, command, {
        lane: random.pick(['pushes', 'agents', 'timers'] as const) ?? 'agents',
        key,
      })
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error
    }
  }
}

test('walk: whatever callers do on two servers while statements and commits fail, each accepted command is in the log once', async () => {
  let troubles = 0
  await forEachSeed('log walk', proofSize('logWalks'), async (_seed, random) => {
    const trouble: Trouble = { chance: 0, met: 0 }
    const disturb = (real: Parameters<typeof unreliable>[0]) => unreliable(real, random, trouble)
    await using one = startLogServer({ connection, disturb })
    await using two = startLogServer({ connection, disturb, coldLimit: 2 })
    const servers = [one, two]
    const desk = await openDesk(one, { agents: 3, capacity: 2 })
    trouble.chance = random.pick([0, 0.005, 0.03]) ?? 0
    const accepted = new Map<string, Accepted>()
    const messages: string[] = []
    await Promise.all(
      Array.from({ length: 4 }, async (_, caller) => {
        const own = seededRandom(random.below(1_000_000))
        const callers = createCallers(own, desk, { customers: 6 })
        for (let step = 0; step < stepsPerCaller; step += 1) {
          const key = `${caller}:${step}`
          const command = withText(callers.next(), key)
          const outcome = await insist(command, key, desk, servers, own)
          if (!outcome.accepted) continue
          accepted.set(key, outcome)
          callers.hear(outcome)
          if (isMessage(command)) messages.push(key)
        }
      }),
    )
    troubles += trouble.met
    trouble.chance = 0
    const { events } = await assertSound(one.database, desk.org, servers)
    assert.deepEqual([one.parked, two.parked], [[], []], 'trouble of the database is nobody’s fault')
    const received = events.flatMap((event) => {
      const content = event.type === 'message.received' ? event.personal?.content : undefined
      return content?.type === 'text' ? [content.text] : []
    })
    assert.deepEqual(received.toSorted(), messages.toSorted(), 'each accepted message is there once, and no other')
    for (const [key, { position, events: own, repeated }] of accepted) {
      if (!repeated) assert.deepEqual(own, events.slice(position - own.length, position), `the events of ${key}`)
    }
  })
  if (process.env.DUOKE_SEED === undefined) assert.ok(troubles > 0, 'the walks met trouble')
})

const isMessage = (command: Command) => command.type === 'customer.act' && command.act === 'message'

/** A message says which command it came from. */
function withText(command: Command, text: string): Command {
  if (command.type !== 'customer.act' || command.act !== 'message') return command
  return { ...command, content: { type: 'text', text } }
}

test('a parked command is told to its caller as such', async () => {
  await using server = startLogServer({ connection })
  const desk = await openDesk(server)
  const broken = { type: 'session.close', conversationId: 'none' } as Command
  await assert.rejects(
    server.log.submit(desk.org, { type: 'nothing of ours' } as unknown as Command, { lane: 'agents' }),
    CommandParked,
  )
  const outcome = await server.log.submit(desk.org, broken, { lane: 'agents' })
  assert.equal(outcome.accepted, false)
})
