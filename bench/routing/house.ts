// The domain with a state of its own, and the conversations that a busy house has open.
import { createHash } from 'node:crypto'
import type { LoggedEvent } from '@duoke/contract'
import {
  type Acceptance,
  addressKey,
  type Command,
  type DecisionContext,
  decide,
  emptyOrganization,
  evolve,
  type OrganizationState,
} from '@duoke/domain'
import { startMs } from '../../packages/domain/src/testing/world.ts'
import { seededRandom } from '../load/random.ts'
import { accountId, agentIdsOf, type Crew, foundingOf, says, skillsOf } from './organization.ts'

export type Filling = { readonly heldEach: number; readonly waiting: number }

/** What the server does around the domain, without the database: the time, the ids, the hash of the record, and the fold. */
export class House {
  readonly state: OrganizationState = emptyOrganization()
  nowMs = startMs
  private drawn = 0

  context(): DecisionContext {
    return {
      atMs: this.nowMs,
      ids: { draw: (kind) => `${kind}_${++this.drawn}` },
      digest: (text) => createHash('sha256').update(text).digest('hex'),
    }
  }

  run(command: Command): Acceptance {
    const decision = decide(this.state, command, this.context())
    if (!decision.accepted) throw new Error(`${command.type} was refused: ${decision.code} ${decision.detail ?? ''}`)
    for (const event of decision.events) this.fold(event)
    return decision
  }

  fold(event: Acceptance['events'][number]): void {
    const place = { position: this.state.position + 1, version: 1, atMs: this.nowMs }
    evolve(this.state, { ...event, ...place } as LoggedEvent) // a spread loses which of the union's events it is
  }

  conversationAt(openid: string): string {
    return this.state.byAddress.get(addressKey(accountId, openid)) ?? ''
  }

  openidOf(conversationId: string): string {
    return this.state.addressOf.get(conversationId)?.slice(accountId.length + 1) ?? ''
  }
}

/**
 * Everybody holds as many, the oldest for an hour; then customers wait, the longest for twenty minutes, for skills drawn at random. The
 * first of each kind is decided; the others are copies of its events under other names, or filling would take longer than measuring.
 */
export function openHouse(crew: Crew, { heldEach, waiting }: Filling): House {
  const house = new House()
  house.nowMs = startMs - 3_600_000
  for (const command of foundingOf(crew)) house.run(command)
  const copies = new Copies(house)
  for (let turn = 0; turn < heldEach; turn += 1) {
    for (const agent of [...house.state.agents.values()]) {
      const own = Object.keys(agent.skills ?? {})
      const skill = own.length === 0 ? undefined : own[turn % own.length]
      copies.add('held', skill, `held-${agent.agentId}-${turn}`, agent.agentId)
    }
    house.nowMs += 1000
  }
  const random = seededRandom(waiting)
  const busy = skillsOf(crew, false)
  for (let index = 0; index < waiting; index += 1) {
    house.nowMs = startMs - 1_200_000 + Math.floor((index * 1_200_000) / waiting)
    copies.add('waiting', busy[Math.floor(random() * busy.length)], `waiting-${index}`, null)
  }
  house.nowMs = startMs
  checkFilling(house, crew, { heldEach, waiting })
  return house
}

function checkFilling({ state }: House, crew: Crew, { heldEach, waiting }: Filling): void {
  let held = 0
  let queued = 0
  state.agents.forEach((agent) => {
    held += agent.held.length
  })
  state.lines.forEach(({ entries }) => {
    queued += entries.length
  })
  if (held === crew.agents * heldEach && queued === waiting) return
  throw new Error(`${held} are held and ${queued} wait, not ${crew.agents * heldEach} and ${waiting}.`)
}

/** Events of one session, and what in them is its own. */
type Model = { readonly json: string; readonly own: Readonly<Record<string, string>>; readonly since: string }

class Copies {
  private readonly models = new Map<string, Model>()
  private readonly house: House

  constructor(house: House) {
    this.house = house
  }

  /** @param agentId who holds it; null where it waits */
  add(kind: 'held' | 'waiting', skill: string | undefined, openid: string, agentId: string | null): void {
    const { house, models } = this
    const key = `${kind} ${skill ?? ''}`
    const model = models.get(key) ?? this.decideModel(key, skill)
    let json = model.json.replaceAll(model.since, new Date(house.nowMs).toISOString())
    const renamed = { ...model.own, openid: model.own.openid ?? '', agentId: model.own.agentId ?? '' }
    for (const [what, before] of Object.entries(renamed)) {
      const after = what === 'openid' ? openid : what === 'agentId' ? (agentId ?? '') : `${what}_of_${openid}`
      if (before !== '') json = json.replaceAll(`"${before}"`, `"${after}"`)
    }
    for (const event of JSON.parse(json) as Acceptance['events']) house.fold(event) // written below
  }

  /** It is decided and not folded: the copies stand for it too. */
  private decideModel(key: string, skill: string | undefined): Model {
    const { house, models } = this
    const openid = `model ${key}`
    const decision = decide(house.state, says(openid, skill, house.nowMs), house.context())
    if (!decision.accepted) throw new Error(`${key}: ${decision.code}`)
    const [started, , , last] = decision.events
    if (started?.type !== 'conversation.started') throw new Error(`${key} began with ${started?.type}`)
    if (last?.type !== 'session.assigned' && last?.type !== 'session.queued') throw new Error(`${key} is ${last?.type}`)
    if ((last.type === 'session.assigned') !== key.startsWith('held')) throw new Error(`${key} is ${last.type}`)
    const { conversationId, customerId } = started.facts
    const { sessionId } = last.facts
    const to = last.type === 'session.assigned' && last.facts.to.kind === 'agent' ? last.facts.to.agentId : ''
    const own = { conversationId, customerId, sessionId, openid, agentId: to }
    const model = { json: JSON.stringify(decision.events), own, since: new Date(house.nowMs).toISOString() }
    models.set(key, model)
    return model
  }
}

/** Agents for whose skills somebody waits there. */
export function agentsWithWork({ state }: House, crew: Crew): string[] {
  const wanted = new Set<string>()
  for (const line of state.lines.values()) {
    const head = state.conversations.get(line.entries[0]?.conversationId ?? '')
    for (const { skill } of head?.plan?.skills ?? []) wanted.add(skill)
  }
  if (crew.skills === 0) return [...state.agents.values()].map(({ agentId }) => agentId)
  return agentIdsOf(crew, false).filter((agentId) => {
    return Object.keys(state.agents.get(agentId)?.skills ?? {}).some((skill) => wanted.has(skill))
  })
}
