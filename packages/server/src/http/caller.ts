import type { Actor, Scope } from '@duoke/contract'
import { Refused } from './refused.ts'

/** Whom a token stands for. `admin` is the operator's own token of an organization. */
export type TokenHolder =
  | { readonly kind: 'agent'; readonly agentId: string }
  | { readonly kind: 'app'; readonly appId: string }
  | { readonly kind: 'admin' }

/** Who asks, and what they may do: everything an operation knows of its caller. */
export type Caller = {
  readonly org: string
  readonly tokenId: string
  readonly tokenKind: 'api' | 'sign-in'
  readonly holder: TokenHolder
  readonly scopes: ReadonlySet<Scope>
}

/** Finds the caller of a token; null for one that is unknown, ended, expired or whose holder is disabled. */
export type FindCaller = (token: string) => Promise<Caller | null>

export function actorOf({ holder }: Caller): Actor {
  switch (holder.kind) {
    case 'agent':
      return { kind: 'agent', agentId: holder.agentId }
    case 'app':
      return { kind: 'app', appId: holder.appId }
    case 'admin':
      return { kind: 'operator' }
    default:
      return holder satisfies never
  }
}

/** One word for the holder, unique in its organization: part of retry keys and of limits. */
export function holderKey({ holder }: Caller): string {
  switch (holder.kind) {
    case 'agent':
      return `agent:${holder.agentId}`
    case 'app':
      return `app:${holder.appId}`
    case 'admin':
      return 'admin'
    default:
      return holder satisfies never
  }
}

/** The lane in which the caller's commands wait: an app that floods the log delays nobody but itself. */
export function laneOf({ holder }: Caller): 'agents' | `app:${string}` {
  return holder.kind === 'app' ? `app:${holder.appId}` : 'agents'
}

/** The agent who asks; what only a person has (a status, a password) is refused to apps and to the operator's token. */
export function agentOf(caller: Caller): string {
  if (caller.holder.kind !== 'agent') throw new Refused('not_permitted', { detail: 'Only an agent has this.' })
  return caller.holder.agentId
}
