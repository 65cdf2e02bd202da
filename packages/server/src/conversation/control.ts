import type { Actor, Body, HandOver } from '@duoke/contract'
import type { Command } from '@duoke/domain'
import { Refused } from '../http/refused.ts'

const contextLimitBytes = 16_384

/** What travels with a conversation to its next holder. */
export function handOverOf({ note, summary, context }: HandOver): { handOver?: HandOver } {
  if (note === undefined && summary === undefined && context === undefined) return {}
  if (context !== undefined && Buffer.byteLength(JSON.stringify(context)) > contextLimitBytes) {
    const message = `has more than ${contextLimitBytes} bytes as JSON`
    throw new Refused('invalid_request', { errors: [{ path: '/body/context', message }] })
  }
  return {
    handOver: {
      ...(note !== undefined && { note }),
      ...(summary !== undefined && { summary }),
      ...(context !== undefined && { context }),
    },
  }
}

export function reasonOf({ reason }: { readonly reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason }
}

/** The moment that `until` names. */
export function msIn(until: string): number {
  const untilMs = Date.parse(until)
  if (Number.isSafeInteger(untilMs)) return untilMs
  throw new Refused('invalid_request', { errors: [{ path: '/body/until', message: 'is no RFC 3339 instant' }] })
}

/** Sets a conversation aside, until a moment to come where one is given. */
export function parkCommand(
  actor: Actor,
  conversationId: string,
  body: Body<'parkConversation'>,
): Command & { conversationId: string } {
  const { until, note } = body
  const time = until === undefined ? {} : { untilMs: msIn(until) }
  return { type: 'session.park', actor, conversationId, ...time, ...handOverOf({ note }), ...reasonOf(body) }
}

/** Control in the words of apps: the same commands as transfer, accept and release. */
export function controlCommand(
  actor: Actor,
  conversationId: string,
  body: Body<'controlConversation'>,
): Command & { conversationId: string } {
  const target = { actor, conversationId }
  const { action, to } = body
  if (action !== 'pass' && to !== undefined) {
    throw new Refused('invalid_request', { errors: [{ path: '/body/to', message: 'goes with pass only' }] })
  }
  switch (action) {
    case 'pass':
      if (to === undefined) {
        throw new Refused('invalid_request', { errors: [{ path: '/body/to', message: 'is needed with pass' }] })
      }
      return { type: 'session.transfer', ...target, to, ...handOverOf(body) }
    case 'release':
      return { type: 'session.release', ...target, ...handOverOf(body) }
    case 'accept':
      return { type: 'session.accept', ...target }
    default:
      return action satisfies never
  }
}
