import { type Content, type RulesDocument, ruleFacts } from '@duoke/contract'
import { Environment, serialize } from '@marcbachmann/cel-js'
import type { Attempt } from '../attempt.ts'
import { conditionLimits, strangeCalls } from '../conversation/condition.ts'
import { sceneOf } from '../conversation/scene.ts'
import type { ConversationState } from '../conversation/state.ts'
import { roomFor, type Wanted, wantedBy } from '../organization/load.ts'
import type { AgentState, OrganizationState } from '../organization/state.ts'
import { exclusionOf } from './candidates.ts'
import { timesOf } from './opening.ts'

/** One environment for each set of names of hours: what is misspelt is found when it is written. */
export function environmentFor(hours: readonly string[]): Environment {
  const schema = {
    ...ruleFacts,
    hours: Object.fromEntries(hours.map((name) => [name, 'bool'])),
  }
  return Object.entries(schema).reduce(
    (known, [name, fields]) => known.registerVariable({ name, schema: fields }),
    new Environment({ limits: conditionLimits }),
  )
}

export type ConditionFault = { readonly code: string; readonly message: string; readonly at: number | null }

/** Why a condition cannot be used, and at which character; null when it can. */
export function faultOfRule(environment: Environment, text: string): ConditionFault | null {
  const told = (error: unknown): ConditionFault => {
    const { code, summary, range } = { ...readError(error) }
    return { code: code ?? 'unparsable', message: summary ?? String(error), at: range?.start ?? null }
  }
  try {
    const checked = environment.check(text)
    if (!checked.valid) return told(checked.error)
    if (checked.type !== 'bool') {
      return { code: 'not_a_condition', message: `is ${checked.type}, not true or false`, at: 0 }
    }
    const strange = strangeCalls(environment.parse(text).ast)
    return strange.length === 0
      ? null
      : { code: 'unknown_function', message: `${strange.join(', ')} is not available`, at: null }
  } catch (error) {
    return told(error)
  }
}

type Told = { code?: string; summary?: string; range?: { start: number } }
/** CEL's errors carry a code, a sentence and a range; anything else its message. */
function readError(error: unknown): Told {
  if (!(error instanceof Error)) return {}
  const { message } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const summary = 'summary' in error && typeof error.summary === 'string' ? error.summary : message.split('\n')[0]
  const range = 'range' in error ? error.range : undefined
  const isRange = typeof range === 'object' && range !== null && 'start' in range && typeof range.start === 'number'
  return { ...(code !== undefined && { code }), summary, ...(isRange && { range: { start: Number(range.start) } }) }
}

/** The condition without what makes no difference to it: blanks and brackets. */
export function meaningOf(environment: Environment, text: string): string {
  try {
    return serialize(environment.parse(text).ast)
  } catch {
    return text
  }
}

/** A team named as `team.free["vip"]` that does not exist; null when all do. */
export function faultOfTeams(
  environment: Environment,
  text: string,
  teams: ReadonlySet<string>,
): { readonly message: string; readonly at: number } | null {
  const find = (node: unknown): { message: string; at: number } | null => {
    if (Array.isArray(node)) return node.reduce((found, one) => found ?? find(one), null)
    if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return null
    const name = node.op === '[]' || node.op === '.' ? indexOfTeam(node.args) : null
    if (name !== null && !teams.has(name.id)) return { message: `there is no team ${name.id}`, at: name.at }
    return find(node.args)
  }
  return find(environment.parse(text).ast)
}

/** Tags that a condition looks for in so many words: `'vip' in customer.tags`. */
export function tagsNamedIn(environment: Environment, text: string): string[] {
  const find = (node: unknown): string[] => {
    if (Array.isArray(node)) return node.flatMap(find)
    if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return []
    const { op, args } = node
    if (op !== 'in' || !Array.isArray(args) || pathOf(args[1]) !== 'customer.tags') return find(args)
    const [tag] = args
    return typeof tag === 'object' && tag !== null && 'args' in tag && typeof tag.args === 'string' ? [tag.args] : []
  }
  return find(environment.parse(text).ast)
}

/** The literal key of an access to one of the maps of `team`. */
function indexOfTeam(args: unknown): { id: string; at: number } | null {
  if (!Array.isArray(args) || args.length !== 2) return null
  const [map, key] = args
  if (!/^team\.(waiting|online|free)$/.test(pathOf(map))) return null
  if (typeof key === 'string') return { id: key, at: startOf(map) }
  if (typeof key !== 'object' || key === null || !('args' in key) || typeof key.args !== 'string') return null
  return { id: key.args, at: startOf(key) }
}

const startOf = (node: object): number => ('start' in node && typeof node.start === 'number' ? node.start : 0)

function pathOf(node: unknown): string {
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return ''
  if (node.op === 'id') return String(node.args)
  return node.op === '.' && Array.isArray(node.args) ? `${pathOf(node.args[0])}.${String(node.args[1])}` : ''
}

export type RuleFacts = Record<string, Record<string, unknown>>

/** `content` is null where nobody remembers what the customer said. */
export function factsFor(
  { state, context }: Attempt,
  conversation: ConversationState,
  content: Content | null,
): RuleFacts {
  const document = state.rules?.current?.document
  const said: Content = content ?? { type: 'action', action: '' }
  const scene = sceneOf(state, conversation, said, context.atMs)
  const hours = Object.entries(document?.hours ?? {}).map(([name, one]) => {
    const times = timesOf(one, state, context)
    return [name, times.isOpen(context.atMs)] as const
  })
  const { lastAgentId = '', ownerId = '' } = conversation
  const wanted = wantedBy(state, conversation)
  return {
    message: scene.message,
    conversation: scene.conversation,
    customer: scene.customer,
    account: scene.account,
    time: { ...scene.time, holiday: context.holidays?.(scene.time.date)?.name ?? '' },
    hours: Object.fromEntries(hours),
    queue: { length: waitingFor(state, conversation.accountId) },
    ...(looksAtTeams(document) && { team: teamFacts(state, wanted) }),
    agent: {
      last: lastAgentId,
      lastIsFree: isFree(state.agents.get(lastAgentId), wanted),
      ownerIsFree: isFree(state.agents.get(ownerId), wanted),
    },
  }
}

const isFree = (agent: AgentState | undefined, wanted: Wanted): boolean =>
  agent !== undefined && exclusionOf(agent, [], wanted) === null

const lookers = new WeakMap<RulesDocument, boolean>()

/** Counting them looks at every agent, so it is done where a condition asks. */
function looksAtTeams(document: RulesDocument | undefined): boolean {
  if (document === undefined) return false
  const known = lookers.get(document) ?? document.rules.some(({ when }) => /\bteam\b/.test(when))
  lookers.set(document, known)
  return known
}

function waitingFor(state: OrganizationState, accountId: string): number {
  let length = 0
  for (const line of state.lines.values()) if (line.accountId === accountId) length += line.entries.length
  return length
}

type TeamFacts = Record<'free' | 'online' | 'waiting', Record<string, number>>

function teamFacts(state: OrganizationState, wanted: Wanted): TeamFacts {
  const facts: TeamFacts = { free: {}, online: {}, waiting: {} }
  const { free, online, waiting } = facts
  for (const { teamId } of state.teams.values()) {
    free[teamId] = 0
    online[teamId] = 0
    waiting[teamId] = 0
  }
  state.agents.forEach((agent) => {
    if (agent.status !== 'online' || agent.disabled) return
    for (const teamId of agent.teams) {
      online[teamId] = (online[teamId] ?? 0) + 1
      free[teamId] = (free[teamId] ?? 0) + roomFor(agent, wanted)
    }
  })
  for (const { teamId, entries } of state.lines.values()) {
    if (teamId !== null) waiting[teamId] = (waiting[teamId] ?? 0) + entries.length
  }
  return facts
}

/** CEL's whole numbers are bigints. */
export function forCel(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(forCel)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, forCel(one)]))
}
