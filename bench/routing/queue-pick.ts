// (2): does it take longer to find who is next because 5,000 wait and not 100?
import { beginAttempt } from '../../packages/domain/src/attempt.ts'
import { nextToServe } from '../../packages/domain/src/routing/next.ts'
import { seededRandom } from '../load/random.ts'
import { ratiosOfPairs } from '../measure/pairs.ts'
import { type Spread, spreadOf } from '../measure/statistics.ts'
import { agentsWithWork, type House, openHouse } from './house.ts'
import { type Crew, closes, says } from './organization.ts'

export type QueuePick = {
  /** In how many lines the few stand, and the many. */
  readonly lines: { readonly few: number; readonly many: number }
  /** From the close that makes room to the decision that gives who is next, folded. */
  readonly whole: Compared
  /** The choice of who is next alone. */
  readonly pick: Compared
}
type Compared = { readonly ratio: Spread; readonly fewMs: Spread; readonly manyMs: Spread }
export type Waiting = { readonly heldEach: number; readonly few: number; readonly many: number }
type Sizes = { readonly rounds: number; readonly picks: number }

export async function measureQueuePick(crew: Crew, { heldEach, few, many }: Waiting, sizes: Sizes): Promise<QueuePick> {
  const [short, long] = [few, many].map((waiting) => openHouse(crew, { heldEach, waiting }))
  if (short === undefined || long === undefined) throw new Error('Both houses are needed.')
  const agents = agentsWithWork(short, crew)
  return {
    lines: { few: short.state.lines.size, many: long.state.lines.size },
    whole: await compare(sizes, agents, [short, long], closeAndGive),
    pick: await compare(sizes, agents, [short, long], pickAlone),
  }
}

type Act = (house: House, agentId: string) => number

async function compare(
  { rounds, picks }: Sizes,
  agents: readonly string[],
  [few, many]: readonly House[],
  act: Act,
): Promise<Compared> {
  const took: { few: number[]; many: number[] } = { few: [], many: [] }
  const round = (name: 'few' | 'many', house: House | undefined) => async (pair: number) => {
    if (house === undefined) throw new Error('Both houses are needed.')
    // Both houses are asked for the same agents.
    const random = seededRandom(pair)
    let tookMs = 0
    for (let pick = 0; pick < picks; pick += 1) {
      tookMs += act(house, agents[Math.floor(random() * agents.length)] ?? '')
    }
    took[name].push(tookMs / picks)
    return tookMs
  }
  const run = { first: round('many', many), second: round('few', few) }
  // The first pair warms both up.
  const ratios = (await ratiosOfPairs(rounds + 1, run)).slice(1)
  return { ratio: spreadOf(ratios), fewMs: spreadOf(took.few.slice(1)), manyMs: spreadOf(took.many.slice(1)) }
}

/** The customer who goes comes back, untimed, with what the one who was served had asked for: the lines stay as long as they were. */
function closeAndGive(house: House, agentId: string): number {
  const conversationId = house.state.agents.get(agentId)?.held[0] ?? ''
  const openid = house.openidOf(conversationId)
  const beganMs = performance.now()
  const { events } = house.run(closes(agentId, conversationId))
  const tookMs = performance.now() - beganMs
  const given = events.find(({ type }) => type === 'session.assigned')
  if (given?.type !== 'session.assigned') throw new Error(`Nobody was given to ${agentId}.`)
  const served = house.state.conversations.get(given.facts.conversationId)
  house.nowMs += 1
  house.run(says(openid, served?.plan?.skills[0]?.skill, house.nowMs))
  house.nowMs += 1
  return tookMs
}

/** On a state above that of the house, which stays as it is: the agent may hold one more. */
function pickAlone(house: House, agentId: string): number {
  const attempt = beginAttempt(house.state, house.context())
  const capacity = (house.state.agents.get(agentId)?.capacity ?? 0) + 1
  attempt.emit({
    type: 'agent.capacity-changed',
    actor: { kind: 'operator' },
    facts: { agentId, capacity, until: null, cause: 'chosen' },
  })
  const beganMs = performance.now()
  const next = nextToServe(attempt, [agentId])
  const tookMs = performance.now() - beganMs
  if (next === undefined) throw new Error(`Nobody is next for ${agentId}.`)
  return tookMs
}
