import type { Agent, Conversation, Me, ServerFrame, Team } from '@duoke/contract'
import type { StreamState } from '@duoke/sdk'
import { createStore } from 'zustand/vanilla'
import { type Conversations, mergeConversations } from './conversation-list.ts'
import type { Outbox } from './outbox.ts'
import type { Thread } from './thread.ts'

export type SignIn =
  | { readonly kind: 'asking' }
  /** `ended`: somebody or something ended the sign-in while the console was open. */
  | { readonly kind: 'signed-out'; readonly ended: boolean }
  | { readonly kind: 'signed-in'; readonly me: Me }
  | { readonly kind: 'unreachable' }

export type Live = {
  readonly signIn: SignIn
  readonly link: StreamState
  /** The first lists have arrived: from now on, news make noise. */
  readonly loaded: boolean
  readonly conversations: Conversations
  readonly agents: ReadonlyMap<string, Agent>
  readonly teams: ReadonlyMap<string, Team>
  readonly threads: ReadonlyMap<string, Thread>
  readonly outbox: Outbox
  /** Conversation -> who writes there, and until when that is believed. */
  readonly typing: ReadonlyMap<string, { readonly agentId: string; readonly untilMs: number }>
  readonly viewing: ReadonlyMap<string, readonly string[]>
}

export const nothingYet: Live = {
  signIn: { kind: 'asking' },
  link: { kind: 'connecting' },
  loaded: false,
  conversations: new Map(),
  agents: new Map(),
  teams: new Map(),
  threads: new Map(),
  outbox: [],
  typing: new Map(),
  viewing: new Map(),
}

export const liveStore = createStore<Live>(() => nothingYet)

export function meOf(live: Live): Me | undefined {
  return live.signIn.kind === 'signed-in' ? live.signIn.me : undefined
}

/** The agent who looks at this page. Its newest state is in `agents`; `me` is from the moment of signing in. */
export function selfOf(live: Live): Agent | undefined {
  const me = meOf(live)
  if (me?.holder.kind !== 'agent') return undefined
  return live.agents.get(me.holder.agent.id) ?? me.holder.agent
}

export function selfId(): string | undefined {
  return selfOf(liveStore.getState())?.id
}

export function putConversations(news: readonly Conversation[]): void {
  liveStore.setState((live) => ({ conversations: mergeConversations(live.conversations, news) }))
}

export function putAgents(agents: readonly Agent[]): void {
  liveStore.setState((live) => ({ agents: withAll(live.agents, agents) }))
}

export function putTeams(teams: readonly Team[]): void {
  liveStore.setState({ teams: withAll(new Map(), teams) })
}

export function putThread(conversationId: string, change: (thread: Thread | undefined) => Thread | undefined): void {
  liveStore.setState((live) => {
    const thread = change(live.threads.get(conversationId))
    if (thread === live.threads.get(conversationId)) return live
    const threads = new Map(live.threads)
    if (thread === undefined) threads.delete(conversationId)
    else threads.set(conversationId, thread)
    return { threads }
  })
}

export function changeOutbox(change: (outbox: Outbox) => Outbox): void {
  liveStore.setState((live) => ({ outbox: change(live.outbox) }))
}

const typingLastsMs = 6_000

export function putPresence(frame: Extract<ServerFrame, { type: 'typing' | 'viewing' }>, nowMs: number): void {
  liveStore.setState((live) => {
    if (frame.type === 'viewing') {
      return { viewing: new Map(live.viewing).set(frame.conversationId, frame.agentIds) }
    }
    const entry = { agentId: frame.agentId, untilMs: nowMs + typingLastsMs }
    return { typing: new Map(live.typing).set(frame.conversationId, entry) }
  })
}

function withAll<T extends { readonly id: string }>(known: ReadonlyMap<string, T>, news: readonly T[]) {
  const all = new Map(known)
  for (const one of news) all.set(one.id, one)
  return all
}
