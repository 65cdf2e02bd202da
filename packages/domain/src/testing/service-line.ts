import type { Random } from '../random.ts'
import { createDesk, type Desk } from './desk.ts'
import { agent } from './world.ts'

export type ServiceLine = {
  /** When customers come, in epoch milliseconds and in their order; each is a customer of their own. */
  readonly arrivals: readonly number[]
  /** Means of exponential distributions. */
  readonly serviceMs: number
  readonly patienceMs: number
  readonly agents: number
  readonly capacity: number
  /** How many of the agents are online from a moment on, in order; the others are away, and finish what they have. */
  readonly online?: readonly { readonly atMs: number; readonly agents: number }[]
}

export type Came = { readonly cameMs: number; readonly waitedMs: number; readonly isServed: boolean }

export const exponential = (random: Random, mean: number): number => -Math.log(1 - random.next()) * mean

type Due = { readonly atMs: number; readonly what: 'comes' | 'leaves' | 'ends' | 'shift'; readonly of: number }

/** The domain itself at work: random lengths and patience; who has waited long enough stops following. */
export function serve(random: Random, line: ServiceLine): { readonly came: readonly Came[]; readonly desk: Desk } {
  const { arrivals, serviceMs, patienceMs, capacity, online = [] } = line
  const names = Array.from({ length: line.agents }, (_, place) => `agent-${String(place).padStart(2, '0')}`)
  const desk = createDesk({ agents: names.map((agentId) => agent(agentId, { capacity })) })
  const came: Came[] = []
  const open = new Map<number, { readonly conversationId: string; isServed: boolean }>()
  const due: Due[] = [
    ...arrivals.map((atMs, of): Due => ({ atMs, what: 'comes', of })),
    ...online.map(({ atMs, agents }): Due => ({ atMs, what: 'shift', of: agents })),
  ].sort((left, right) => right.atMs - left.atMs)
  /** The latest first, so that what is next is popped. */
  const add = (one: Due) => {
    let [low, high] = [0, due.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((due[middle]?.atMs ?? 0) > one.atMs) low = middle + 1
      else high = middle
    }
    due.splice(low, 0, one)
  }
  const present = (count: number) =>
    names.forEach((agentId, place) => {
      desk.status(agentId, place < count ? 'online' : 'away')
    })
  const look = () => {
    for (const [of, one] of open) {
      if (one.isServed || desk.conversation(one.conversationId).holder.kind !== 'agent') continue
      one.isServed = true
      const cameMs = arrivals[of] ?? 0
      came.push({ cameMs, waitedMs: desk.nowMs - cameMs, isServed: true })
      add({ atMs: desk.nowMs + Math.max(1, Math.round(exponential(random, serviceMs))), what: 'ends', of })
    }
  }
  desk.nowMs = Math.min(desk.nowMs, due.at(-1)?.atMs ?? desk.nowMs)
  if (online.length === 0) present(names.length)
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    const { of, what, atMs } = next
    desk.nowMs = atMs
    const known = open.get(of)
    if (what === 'shift') present(of)
    else if (what === 'comes') {
      open.set(of, { conversationId: desk.says(`o${of}`), isServed: false })
      add({ atMs: atMs + Math.max(1, Math.round(exponential(random, patienceMs))), what: 'leaves', of })
    } else if (known !== undefined && what === 'leaves' && !known.isServed) {
      desk.does(`o${of}`, 'unfollow')
      came.push({ cameMs: arrivals[of] ?? 0, waitedMs: atMs - (arrivals[of] ?? 0), isServed: false })
      open.delete(of)
    } else if (known !== undefined && what === 'ends') {
      desk.must({ type: 'session.close', actor: { kind: 'operator' }, conversationId: known.conversationId })
      open.delete(of)
    }
    look()
  }
  return { came, desk }
}
