// The house test "simulation": the whole system in one process and in virtual time, then the invariants of the faults.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { LoggedEvent } from '@duoke/contract'
import type { Random } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'
import { createStep, followerIds, planFaults, revive, takeNotes, watchPushes } from './support/sim-cast.ts'
import { assertInvariants } from './support/sim-invariants.ts'
import { agentIds, type SimStage, setSimStage } from './support/sim-stage.ts'

const steps = 60
const buried: Promise<void>[] = []
after(() => Promise.all(buried))
// Keeps the database server running from one seed to the next.
const keeper = await testDatabase()
after(() => keeper[Symbol.asyncDispose]())

async function simulate(seed: number, random: Random): Promise<void> {
  const notes = takeNotes()
  await using stage = await setSimStage({
    seed,
    bury: (ended) => void buried.push(ended),
    faultFor: planFaults(seed, notes),
    onSend: (text, fault) => void (fault?.isAmbiguous && notes.ambiguous.add(text)),
  })
  const { world } = stage.simulator
  watchPushes(stage, notes)
  const account = world.account('shop')
  if (account === undefined) throw new Error('the stage has an account')
  for (const id of followerIds) world.addFollower(account, { id, name: id }).followingSinceMs = stage.clock.nowMs()
  for (const agentId of agentIds) await stage.ask(agentId, 'PUT', '/v1/me/presence', { status: 'online' })
  const step = createStep({ stage, random, notes })
  for (let count = 0; count < steps; count += 1) await step()
  notes.isHealed = true
  await heal(stage, notes)
  remember(await assertInvariants(stage, notes), notes.deaths)
}

/** No more faults, and time for everything that waits. */
async function heal(stage: SimStage, notes: ReturnType<typeof takeNotes>): Promise<void> {
  stage.simulator.world.faults.clear()
  await stage.settle()
  if (stage.isAlive()) stage.crash()
  await revive(stage, notes)
  for (let round = 0; round < 40; round += 1) {
    await stage.work()
    await stage.settle()
    const [left] = await stage.rows<{ count: number }>('select count(*)::int as count from outbox')
    if (round > 5 && left?.count === 0) break
    await stage.clock.advance(5_000)
    await stage.settle()
  }
  await stage.simulator.idle()
}

/** What happened in all runs together: what never happens is not proved. */
const happened = new Set<string>()
const mustHappen = [
  ...['died', 'answer accepted', 'answer unknown', 'answer refused', 'passive reply'],
  ...['assigned by routing', 'assigned by accept', 'assigned by transfer', 'assigned by reopen', 'session.queued'],
  ...['session.closed', 'customer.followed', 'customer.unfollowed', 'agent.status-changed', 'conversation.read'],
]

function remember(events: readonly LoggedEvent[], deaths: number): void {
  // The last one of a run is the simulation's own.
  if (deaths > 1) happened.add('died')
  for (const event of events) {
    happened.add(event.type)
    if (event.type === 'delivery.settled') happened.add(`answer ${event.facts.outcome}`)
    if (event.type === 'session.assigned') happened.add(`assigned by ${event.facts.cause}`)
    if (event.type === 'message.submitted' && event.facts.via === 'passive-reply') happened.add('passive reply')
  }
}

test('F01 F26-F29 F46-F51 F72 F75 F76: nothing is lost, doubled or told untruly, wherever a server dies', {
  timeout: 600_000,
}, async () => {
  const missing = () => mustHappen.filter((what) => !happened.has(what))
  await forEachSeed('simulation', proofSize('simulations'), simulate, () => missing().length > 0)
  if (process.env.DUOKE_SEED !== undefined) return
  assert.deepEqual(missing(), [], 'each of these must happen, or the simulation proves nothing about it')
})
