import type { Message, PublicEvent } from '@duoke/contract'

type WithoutCursor<E> = E extends unknown ? Omit<E, 'cursor' | 'version' | 'conversationId'> : never
/** As much of an event as a fold outside the server needs. */
export type ShownEvent = WithoutCursor<PublicEvent>

/** The message that an event brings into the thread, as it stands at that moment; null for other events. */
export function messageOf(event: ShownEvent): Message | null {
  if (event.type !== 'message.received' && event.type !== 'message.submitted') return null
  const { conversationId, sessionId, messageId } = event.facts
  const message = {
    id: messageId,
    conversationId,
    sessionId,
    position: event.position,
    at: event.at,
    sender: event.actor,
    content: event.personal?.content ?? null,
  }
  if (event.type === 'message.received') return { ...message, direction: 'in' }
  const { via, clientId } = event.facts
  return {
    ...message,
    direction: 'out',
    via,
    ...(clientId === undefined ? {} : { clientId }),
    delivery: { state: 'queued' },
  }
}

/** What an event changes about the message it names; the message itself when it changes nothing. */
export function applyToMessage(message: Message, event: ShownEvent): Message {
  switch (event.type) {
    case 'delivery.settled': {
      const { messageId, outcome, code, reason } = event.facts
      if (messageId !== message.id) return message
      const known = { ...(code === undefined ? {} : { code }), ...(reason === undefined ? {} : { reason }) }
      return { ...message, delivery: { state: outcome, ...known } }
    }
    case 'message.recalled':
      return event.facts.messageId === message.id ? { ...message, recalled: true } : message
    default:
      return message
  }
}

/**
 * The messages of one conversation, in the order of the log, after an event of that conversation. Folding an event
 * twice changes nothing, so that a snapshot and the events behind it may overlap.
 */
export function applyToThread(messages: readonly Message[], event: ShownEvent): readonly Message[] {
  const added = messageOf(event)
  if (added !== null) {
    if (messages.some(({ id }) => id === added.id)) return messages
    // Nearly always at the end.
    const place = messages.findLastIndex(({ position }) => position < added.position) + 1
    return messages.toSpliced(place, 0, added)
  }
  if (event.type !== 'delivery.settled' && event.type !== 'message.recalled') return messages
  const { messageId } = event.facts
  const place = messages.findLastIndex(({ id }) => id === messageId)
  const message = messages[place]
  return message === undefined ? messages : messages.with(place, applyToMessage(message, event))
}
