import type { LoadSettings } from '@duoke/contract'
import { type ConversationState, type SessionLoad, tagsOf } from '../conversation/state.ts'
import type { AgentState, OrganizationState } from './state.ts'

/** What a session takes that nothing special is said of. */
export const plainLoad: SessionLoad = { weight: 1, kinds: [] }

type Told = { readonly weight?: number; readonly kinds?: readonly string[] }

/** As the facts of an event tell it: what is plain is left out. */
export function toldLoad({ weight, kinds }: SessionLoad): { weight?: number; kinds?: string[] } {
  return { ...(weight !== 1 && { weight }), ...(kinds.length > 0 && { kinds: [...kinds] }) }
}

/** Undefined of a plain one. */
export function loadTold({ weight = 1, kinds = [] }: Told): SessionLoad | undefined {
  return weight === 1 && kinds.length === 0 ? undefined : { weight, kinds: [...kinds] }
}

/**
 * What this session takes of an agent who is given it now. Who waits was weighed when the waiting began, and keeps that until a hold
 * ends: the lines of the queue, the room that is kept and the one that is taken are all of the same size.
 */
export function takesOf(state: OrganizationState, conversation: ConversationState): SessionLoad {
  const { holder, takes = plainLoad } = conversation
  return holder.kind === 'queue' ? takes : weigh(state, conversation)
}

/** Of the account and the customer's tags the heaviest counts. */
function weigh({ settings, accounts }: OrganizationState, conversation: ConversationState): SessionLoad {
  const account = accounts.get(conversation.accountId)?.settings
  const { accountKinds = {}, customerKinds = {} }: LoadSettings = settings?.load ?? {}
  const ofAccount = account?.weight ?? (account === undefined ? undefined : accountKinds[account.kind]) ?? 1
  const kinds = tagsOf(conversation).filter((tag) => Object.hasOwn(customerKinds, tag))
  if (kinds.length === 0 && ofAccount === 1) return plainLoad
  return { weight: Math.max(ofAccount, ...kinds.map((kind) => customerKinds[kind]?.weight ?? 1)), kinds }
}

/** What an agent must have room for. */
export type Wanted = {
  readonly weight: number
  /** Of how many sessions with such customers one agent is to have at most so many. */
  readonly kinds: readonly { readonly kind: string; readonly most: number }[]
}

export const plainWanted: Wanted = { weight: 1, kinds: [] }

export function wantedFor({ settings }: OrganizationState, { weight, kinds }: SessionLoad): Wanted {
  if (weight === 1 && kinds.length === 0) return plainWanted
  const { customerKinds = {} }: LoadSettings = settings?.load ?? {}
  return {
    weight,
    kinds: kinds.flatMap((kind) => {
      const most = Object.hasOwn(customerKinds, kind) ? customerKinds[kind]?.most : undefined
      return most === undefined ? [] : [{ kind, most }]
    }),
  }
}

export const wantedBy = (state: OrganizationState, conversation: ConversationState): Wanted =>
  wantedFor(state, takesOf(state, conversation))

/**
 * What counts against an agent's capacity: what they hold and have not parked, what is kept free for them while they are asked, and what
 * they wrap up where that takes a place, each with its weight.
 */
export function loadOf({ held, offered, broadcasts, wrapUps, loads }: AgentState): number {
  let load = held.length + offered.length + broadcasts.length
  for (const { takesCapacity, takes } of wrapUps) if (takesCapacity) load += takes?.weight ?? 1
  if (loads === undefined) return load
  for (const id of held) load += (loads[id]?.weight ?? 1) - 1
  for (const id of offered) load += (loads[id]?.weight ?? 1) - 1
  for (const id of broadcasts) load += (loads[id]?.weight ?? 1) - 1
  return load
}

/** How many sessions with customers of a kind count against it. */
export function countOf({ held, offered, broadcasts, wrapUps, loads = {} }: AgentState, kind: string): number {
  const isOfKind = (id: string): boolean => loads[id]?.kinds.includes(kind) === true
  const wrappedUp = wrapUps.filter(({ takesCapacity, takes }) => takesCapacity && takes?.kinds.includes(kind) === true)
  return [held, offered, broadcasts].reduce((count, ids) => count + ids.filter(isOfKind).length, wrappedUp.length)
}

/** How much load an agent may have at this moment. */
export const capacityOf = (agent: Pick<AgentState, 'capacity' | 'temporaryCapacity'>): number =>
  agent.temporaryCapacity?.capacity ?? agent.capacity

/** The first kind of which the agent has enough. */
export const fullKind = (agent: AgentState, { kinds }: Wanted): string | undefined =>
  kinds.find(({ kind, most }) => countOf(agent, kind) >= most)?.kind

/** What stands in the way of giving an agent one session more; null when there is room. */
export function lackOf(agent: AgentState, wanted: Wanted): 'full' | 'kind_full' | null {
  if (loadOf(agent) + wanted.weight > capacityOf(agent)) return 'full'
  return wanted.kinds.length > 0 && fullKind(agent, wanted) !== undefined ? 'kind_full' : null
}

/** How many sessions such as this one the agent could be given one after the other. */
export function roomFor(agent: AgentState, { weight, kinds }: Wanted): number {
  const byWeight = Math.floor((capacityOf(agent) - loadOf(agent)) / weight)
  return Math.max(0, Math.min(byWeight, ...kinds.map(({ kind, most }) => most - countOf(agent, kind))))
}

/** The load of a conversation is from now on this; undefined: a plain one, or it is the agent's no longer. */
export function setLoad(agent: AgentState, conversationId: string, takes: SessionLoad | undefined): void {
  const { [conversationId]: before, ...others } = agent.loads ?? {}
  if (before === undefined && takes === undefined) return
  delete agent.loads
  const loads = takes === undefined ? others : { ...others, [conversationId]: takes }
  if (Object.keys(loads).length > 0) agent.loads = loads
}

/** Whether the agent has more than there is room for, of this conversation's kinds or altogether. */
export function isBeyond(state: OrganizationState, agent: AgentState, conversationId: string): boolean {
  if (loadOf(agent) > capacityOf(agent)) return true
  const { kinds } = wantedFor(state, agent.loads?.[conversationId] ?? plainLoad)
  return kinds.some(({ kind, most }) => countOf(agent, kind) > most)
}
