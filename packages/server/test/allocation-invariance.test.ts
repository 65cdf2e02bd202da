// Whether Duoke's own routing gives out the sessions or an app does it from outside, by the same rule: the day is the same.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Random, seededRandom } from '@duoke/domain'
import { proofSize } from '../../../test/proof-sizes.ts'
import {
  beginDay,
  type Day,
  followers,
  type Organization,
  recordOfDay,
  type Seen,
  staff,
} from './support/allocation-day.ts'
import { testDatabase } from './support/database.ts'
import { forEachSeed } from './support/for-each-seed.ts'

// Keeps the database server running from one day to the next.
const keeper = await testDatabase()
after(() => keeper[Symbol.asyncDispose]())

const steps = 60
/** What must have happened in the days together, or they prove nothing about it. */
const happened = new Set<string>()
const mustHappen = ['waited', 'transferred', 'given to a team', 'left by their agent', 'closed for lack of messages']

test('a day that an app allocates through the compatible interface has the records, holders and clocks of one that routing allocates', {
  timeout: 3_600_000,
}, async () => {
  const missing = () => mustHappen.filter((what) => !happened.has(what))
  await forEachSeed(
    'allocated day',
    proofSize('allocatedDays'),
    (_seed, random) => liveDay(random),
    () => missing().length > 0,
  )
  if (process.env.DUOKE_SEED === undefined) assert.deepEqual(missing(), [])
})

test('an app that breaks ties in another way is found out', { timeout: 600_000 }, async () => {
  await assert.rejects(liveDay(seededRandom(1), { breakTies: false }), /(after|behind) step/)
})

async function liveDay(random: Random, options: { readonly breakTies?: boolean } = {}): Promise<void> {
  await using day = await beginDay(options)
  const both = [day.routed, day.allocated]
  await day.pass(1)
  for (let step = 0; step < steps; step += 1) {
    const act = nextAct(random, day.routed.seen())
    for (const one of both) await act(one)
    for (const one of both) await one.settle()
    assert.deepEqual(day.allocated.seen(), day.routed.seen(), `after step ${step}`)
    await day.pass(random.chance(0.1) ? 40 : 1 + random.below(8))
    assert.deepEqual(day.allocated.seen(), day.routed.seen(), `behind step ${step}`)
  }
  await compareRecords(day)
}

async function compareRecords({ routed, allocated, clock }: Day): Promise<void> {
  const [expected, found] = [await recordOfDay(routed, clock), await recordOfDay(allocated, clock)]
  assert.deepEqual(found, expected)
  const rows = Object.values(expected).flatMap((all) => all ?? [])
  assert.ok(rows.length > steps, 'the record has something to compare')
  if (rows.some(({ isIdle }) => isIdle)) happened.add('closed for lack of messages')
}

type Act = (organization: Organization) => Promise<void>

/** What happens next, drawn from what both organizations see. */
function nextAct(random: Random, seen: Seen): Act {
  const dice = random.next()
  const held = Object.entries(seen.conversations).flatMap(([name, { holder }]) =>
    holder.kind === 'agent' ? [{ name, agentId: String(holder.agentId) }] : [],
  )
  const one = random.pick(held)
  if (seen.lines.length > 0) happened.add('waited')
  if (dice < 0.38 || seen.agents['ann'] === undefined) return write(random)
  if (dice < 0.52) return changePresence(random, seen)
  if (dice < 0.57) return changeCapacity(random)
  if (one === undefined) return write(random)
  if (dice < 0.72) return answer(one, random)
  if (dice < 0.84) return close(one)
  return dice < 0.91 ? transfer(one, random.pick(staff)?.id ?? 'ann') : giveToTeam(one, seen)
}

type Held = { readonly name: string; readonly agentId: string }

function write(random: Random): Act {
  const [name, text] = [random.pick(followers) ?? 'wang', `问 ${random.below(1000)}`]
  return async ({ stage }) => {
    const acted = stage.simulator.act('shop', name, { type: 'text', text })
    assert.ok(acted.kind !== 'refused')
    await acted.done
  }
}

function answer({ name, agentId }: Held, random: Random): Act {
  const body = { type: 'text', text: `答 ${random.below(1000)}`, clientId: `c${random.next()}` }
  return (one) => one.asAgent(agentId, 'POST', `/v1/conversations/${one.conversationOf(name)}/messages`, body)
}

function changePresence(random: Random, seen: Seen): Act {
  const agentId = random.pick(staff)?.id ?? 'ann'
  const status = random.pick(['online', 'online', 'online', 'away', 'offline'] as const) ?? 'online'
  if (status === 'offline' && seen.agents[agentId].held.length > 0) happened.add('left by their agent')
  return (one) => one.asAgent(agentId, 'PUT', '/v1/me/presence', { status })
}

function changeCapacity(random: Random): Act {
  const [agentId, capacity] = [random.pick(staff)?.id ?? 'ann', random.below(4)]
  return async ({ stage }) => {
    const command = { type: 'agent.change', actor: { kind: 'operator' }, agentId, fields: { capacity } } as const
    await stage.test.app.ground.log.submit(stage.organizationId, command, { lane: 'agents' })
  }
}

/** Agents close and hand over by themselves where Duoke routes; where an app allocates, it does that too. */
function close({ name, agentId }: Held): Act {
  return async (one) => {
    if (one.app !== null) await one.app.close(one.openidOf(name), agentId)
    else await one.asAgent(agentId, 'POST', `/v1/conversations/${one.conversationOf(name)}/close`)
  }
}

function transfer({ name, agentId }: Held, toAgentId: string): Act {
  happened.add('transferred')
  return (one) => handOver(one, name, agentId, { agentId: toAgentId })
}

/**
 * To a team of which nobody else is free. Where somebody is, routing hands over in one step and an app needs two: the
 * record then shows one more wait, of no length.
 */
function giveToTeam(held: Held, seen: Seen): Act {
  const isFree = ({ id, teams }: (typeof staff)[number]) => {
    const { status, held: load, capacity } = seen.agents[id]
    const isInTeam = teams.some((team: string) => team === 'vip')
    return id !== held.agentId && isInTeam && status === 'online' && load.length < capacity
  }
  if (staff.some(isFree)) return close(held)
  happened.add('given to a team')
  return (one) => handOver(one, held.name, held.agentId, { teamId: 'vip' })
}

async function handOver(
  one: Organization,
  name: string,
  agentId: string,
  to: { readonly agentId: string } | { readonly teamId: string },
): Promise<void> {
  if (one.app !== null) await one.app.pass(one.openidOf(name), to)
  else await one.asAgent(agentId, 'POST', `/v1/conversations/${one.conversationOf(name)}/transfer`, { to })
}
