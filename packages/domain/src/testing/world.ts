import {
  type AppAttachment,
  type AppSettings,
  defaultSessionSettings,
  type LoggedEvent,
  type OrganizationSettings,
} from '@duoke/contract'
import type { Acceptance, Command, Decision, ResolvedConfiguration, StoredDecision, TimerChange } from '../commands.ts'
import { timersOf } from '../conversation/timers.ts'
import { decide } from '../decide.ts'
import { evolve } from '../evolve.ts'
import { emptyOrganization, type OrganizationState } from '../organization/state.ts'

/** Noon of an ordinary day. */
export const startMs = Date.UTC(2026, 2, 2, 12)

export const settings: OrganizationSettings = {
  name: 'Acme',
  timeZone: 'Asia/Shanghai',
  idleWarningAfterMs: 1_500_000,
  idleCloseAfterMs: 1_800_000,
  idleWarningText: '还在吗？会话即将结束。',
  vanishedGraceMs: 30_000,
  silentAccountAfterMs: 3_600_000,
  answerExpiresAfterMs: 600_000,
  sessions: defaultSessionSettings,
}

type Account = NonNullable<ResolvedConfiguration['accounts']>[number]
type Agent = NonNullable<ResolvedConfiguration['agents']>[number]

export function account(accountId: string, fields: Partial<Account> = {}): Account {
  return {
    accountId,
    kind: 'official-account',
    name: accountId,
    wechatId: null,
    originalId: `gh_${accountId}`,
    appId: `wx${accountId}`,
    mode: 'safe',
    apiBase: 'https://api.example',
    teams: [],
    routing: 'automatic',
    greeting: null,
    keywordReplies: [],
    secretsDigest: '',
    ...fields,
  }
}

export function agent(agentId: string, fields: Partial<Agent> = {}): Agent {
  return { agentId, nickname: agentId, role: 'agent', teams: [], capacity: 5, disabled: false, ...fields }
}

export function app(appId: string, fields: Partial<AppSettings> = {}): AppSettings {
  const unset = { contact: null, rateLimit: null, allowedAddresses: [] }
  return { appId, name: appId, scopes: [], attachments: [], ...unset, ...fields }
}

export function attachment(accountId: string, fields: Partial<AppAttachment> = {}): AppAttachment {
  return {
    accountId,
    wechatAppId: `wxapp${accountId}`,
    role: 'responder',
    priority: 0,
    when: null,
    lateReplies: 'drop',
    echo: false,
    agentNames: 'omit',
    push: { url: 'https://app.example/wx', mode: 'safe', format: 'xml' },
    secretsDigest: '',
    ...fields,
  }
}

/** An organization in memory with its own log, clock, ids and timers: what the server does around the domain. */
export type World = {
  readonly state: OrganizationState
  readonly log: LoggedEvent[]
  readonly records: StoredDecision[]
  readonly timers: Map<string, Extract<TimerChange, { set: string }>>
  nowMs: number
  run(command: Command): Decision
  /** Runs a command that must be accepted. */
  must(command: Command): Acceptance
}

export type WorldOptions = {
  readonly digest?: (text: string) => string
  readonly onEvent?: (event: LoggedEvent, state: OrganizationState) => void
}

export function createWorld(options: WorldOptions = {}): World {
  const state = emptyOrganization()
  let drawn = 0
  const context = () => ({
    atMs: world.nowMs,
    ids: { draw: (kind: string) => `${kind}-${++drawn}` },
    digest: options.digest ?? ((text: string) => `${text.length}`),
  })
  const keep = (change: TimerChange) => {
    if ('set' in change) world.timers.set(change.set, change)
    else world.timers.delete(change.clear)
  }
  const world: World = {
    state,
    log: [],
    records: [],
    timers: new Map(),
    nowMs: startMs,
    run(command) {
      const decision = decide(state, command, context())
      if (!decision.accepted) return decision
      for (const event of decision.events) {
        const logged: LoggedEvent = { ...event, position: state.position + 1, version: 1, atMs: world.nowMs }
        evolve(state, logged)
        world.log.push(logged)
        for (const change of timersOf(state, logged)) keep(change)
        options.onEvent?.(logged, state)
      }
      for (const change of decision.timers) keep(change)
      world.records.push(...decision.records)
      return decision
    },
    must(command) {
      const decision = world.run(command)
      if (!decision.accepted) throw new Error(`${command.type} was refused: ${decision.code} ${decision.detail ?? ''}`)
      return decision
    },
  }
  return world
}

/** The state as plain JSON in a canonical order, so that two states can be compared. */
export function snapshotOf(state: OrganizationState): unknown {
  const sorted = <V>(table: { entries(): Iterable<[string, V]> }): [string, V][] =>
    [...table.entries()].sort(([left], [right]) => (left < right ? -1 : 1))
  return structuredClone({
    position: state.position,
    ruleVersion: state.ruleVersion,
    settings: state.settings,
    rules: state.rules,
    accounts: sorted(state.accounts),
    teams: sorted(state.teams),
    agents: sorted(state.agents),
    apps: sorted(state.apps),
    quickReplies: sorted(state.quickReplies),
    conversations: sorted(state.conversations),
    byAddress: sorted(state.byAddress),
    addressOf: sorted(state.addressOf),
    lines: sorted(state.lines),
    broadcasts: sorted(state.broadcasts),
    leftLines: sorted(state.leftLines),
  })
}
