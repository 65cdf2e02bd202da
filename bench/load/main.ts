// The load generator: a process of its own, the same for every program that is measured.
import { answerCalls } from '../programs/calls.ts'
import { type Agents, openAgents } from './agents.ts'
import { type AppCall, type CallsResult, steadyCalls } from './app-calls.ts'
import { type BurstResult, burst } from './burst.ts'
import { seal } from './seal.ts'
import { type SteadyResult, steady } from './steady.ts'

/** Where pushes go, and as which program's the sockets are kept. */
export type Target = { readonly name: string; readonly port: number; readonly path: string }

const agentsOf = new Map<string, Agents>()

const handlers = {
  async connectAgents(input: { target: Target; path: string; tokens: readonly (string | null)[] }): Promise<void> {
    const { target, path, tokens } = input
    agentsOf.set(target.name, await openAgents(`ws://127.0.0.1:${target.port}${path}`, tokens))
  },
  async disconnectAgents({ target }: { target: Target }): Promise<void> {
    agentsOf.get(target.name)?.[Symbol.dispose]()
    agentsOf.delete(target.name)
  },
  async burst(input: { target: Target; openids: readonly string[]; concurrency: number }): Promise<BurstResult> {
    const { target, openids, concurrency } = input
    const agents = agentsOf.get(target.name) ?? null
    return burst(seal(target.path, target.port, openids), { port: target.port, concurrency, agents })
  },
  async steady(input: {
    target: Target
    openids: readonly string[]
    perSecond: number
    seed: number
  }): Promise<SteadyResult> {
    const { target, openids, perSecond, seed } = input
    const agents = agentsOf.get(target.name)
    if (agents === undefined) throw new Error('A steady load is measured at the agents, who are not there.')
    return steady(seal(target.path, target.port, openids), { port: target.port, perSecond, seed, agents })
  },
  async calls(input: {
    port: number
    calls: readonly AppCall[]
    perSecond: number
    seed: number
    mayBeRefused: boolean
  }): Promise<CallsResult> {
    return steadyCalls(input.calls, input)
  },
}
export type LoadHandlers = typeof handlers
answerCalls(handlers)
