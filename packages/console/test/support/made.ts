import type { Conversation, Message, PublicEvent } from '@duoke/contract'

export const t0 = Date.UTC(2026, 0, 5, 1)
export const at = (ms: number): string => new Date(t0 + ms).toISOString()

export function madeConversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id,
    status: 'open',
    holder: { kind: 'agent', agentId: 'lili', stintId: 'st_1', since: at(0) },
    assignee: 'lili',
    customer: { id: `cu_${id}`, name: '陈晓', following: true, tags: [], ownerId: null },
    account: { id: 'acme-oa', name: 'Acme 服务号' },
    sessionId: 'ss_1',
    lastMessage: { at: at(0), direction: 'in', preview: '在吗', kind: 'text' },
    unread: 0,
    waitingSince: null,
    decisionId: null,
    offer: null,
    parked: null,
    lastClose: null,
    quota: { remaining: 5, expiresAt: at(48 * 3_600_000), windows: [] },
    position: 1,
    ...change,
  }
}

export function madeWaiting(id: string, sinceMs: number, position = 1): Conversation {
  const since = at(sinceMs)
  return madeConversation(id, {
    status: 'waiting',
    holder: { kind: 'queue', teamId: null, since },
    assignee: null,
    waitingSince: since,
    position,
  })
}

export function madeMessage(position: number, change: Partial<Message> = {}): Message {
  return {
    id: `ms_${position}`,
    conversationId: 'cv_1',
    sessionId: 'ss_1',
    position,
    at: at(position * 1000),
    direction: 'in',
    sender: { kind: 'customer', customerId: 'cu_1' },
    content: { type: 'text', text: `第 ${position} 条` },
    ...change,
  }
}

type Rest = Pick<PublicEvent, 'type' | 'facts' | 'actor' | 'personal'>

/** An event as the stream brings it; the type and its facts belong together because the caller wrote them so. */
export function madeEvent(
  position: number,
  rest: {
    [T in PublicEvent['type']]: Omit<Extract<PublicEvent, { type: T }>, Exclude<keyof PublicEvent, keyof Rest>>
  }[PublicEvent['type']],
): PublicEvent {
  return {
    position,
    cursor: `c${position}`,
    version: 1,
    at: at(position * 1000),
    conversationId: 'cv_1',
    ...rest,
  } as PublicEvent
}

export function received(position: number, text = `第 ${position} 条`): PublicEvent {
  return madeEvent(position, {
    type: 'message.received',
    actor: { kind: 'customer', customerId: 'cu_1' },
    facts: {
      conversationId: 'cv_1',
      sessionId: 'ss_1',
      messageId: `ms_${position}`,
      kind: 'text',
      sentAt: at(position * 1000),
      opens: 'message',
    },
    personal: { content: { type: 'text', text } },
  })
}

export function submitted(position: number, clientId: string): PublicEvent {
  return madeEvent(position, {
    type: 'message.submitted',
    actor: { kind: 'agent', agentId: 'lili' },
    facts: {
      conversationId: 'cv_1',
      sessionId: 'ss_1',
      stintId: 'st_1',
      messageId: `ms_${position}`,
      kind: 'text',
      via: 'customer-message',
      reserved: 'message',
      clientId,
      expiresAt: at(600_000),
    },
    personal: { content: { type: 'text', text: '您好' } },
  })
}

export function settled(
  position: number,
  messageId: string,
  outcome: 'accepted' | 'refused' | 'unknown',
  code?: number,
) {
  return madeEvent(position, {
    type: 'delivery.settled',
    actor: { kind: 'system' },
    facts: { conversationId: 'cv_1', messageId, outcome, ...(code === undefined ? {} : { code }), released: null },
  })
}

export function closed(position: number): PublicEvent {
  return madeEvent(position, {
    type: 'session.closed',
    actor: { kind: 'agent', agentId: 'lili' },
    facts: {
      conversationId: 'cv_1',
      sessionId: 'ss_1',
      from: { kind: 'agent', agentId: 'lili', stintId: 'st_1', since: at(0) },
      cause: 'agent',
    },
  })
}

type Arbitrated = Extract<PublicEvent, { type: 'reply.arbitrated' }>

export function arbitrated(
  position: number,
  facts: Pick<Arbitrated['facts'], 'winner' | 'holder' | 'answers'>,
): Arbitrated {
  const event = madeEvent(position, {
    type: 'reply.arbitrated',
    actor: { kind: 'rule', rule: 'arbitration' },
    facts: { conversationId: 'cv_1', messageId: 'ms_1', inTime: true, ...facts },
  })
  return event as Arbitrated // as it was just made
}
