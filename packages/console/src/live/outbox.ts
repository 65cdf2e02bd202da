import type { Message, OutgoingContent } from '@duoke/contract'
import type { DuokeErrorCode } from '@duoke/sdk'

/** An answer that this browser gave and the log does not show yet. */
export type Outgoing = {
  readonly clientId: string
  readonly conversationId: string
  readonly content: OutgoingContent
  readonly atMs: number
  readonly state:
    | { readonly kind: 'sending' }
    /** The server said no: nothing was sent. */
    | { readonly kind: 'refused'; readonly code: DuokeErrorCode; readonly detail: string }
    /** No answer came. Trying again with the same client id cannot send it twice. */
    | { readonly kind: 'unanswered' }
}
export type Outbox = readonly Outgoing[]

export function submitted(outbox: Outbox, outgoing: Outgoing): Outbox {
  return [...outbox.filter(({ clientId }) => clientId !== outgoing.clientId), outgoing]
}

export function settledAs(outbox: Outbox, clientId: string, state: Outgoing['state']): Outbox {
  return outbox.map((outgoing) => (outgoing.clientId === clientId ? { ...outgoing, state } : outgoing))
}

export function without(outbox: Outbox, clientId: string): Outbox {
  const rest = outbox.filter((outgoing) => outgoing.clientId !== clientId)
  return rest.length === outbox.length ? outbox : rest
}

/** What of a conversation is still on its way here: once the log shows a message, the log is what is shown. */
export function stillOut(outbox: Outbox, conversationId: string, messages: readonly Message[]): Outgoing[] {
  const logged = new Set(messages.map(({ clientId }) => clientId))
  return outbox.filter((outgoing) => outgoing.conversationId === conversationId && !logged.has(outgoing.clientId))
}
