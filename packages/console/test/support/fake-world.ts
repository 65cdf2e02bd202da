import type {
  Account,
  AccountCheck,
  Agent,
  AgentPreferences,
  App,
  AppConsent,
  AppDelivery,
  Content,
  Conversation,
  Facts,
  Me,
  Message,
  Personal,
  PublicEvent,
  QuickReply,
  Scope,
  SessionSettings,
  Team,
} from '@duoke/contract'
import { allScopes, defaultSessionSettings } from '@duoke/contract'
import { FakeManage } from './fake-manage.ts'
import { fakeAccount, fakeAgents, fakeTeams } from './fake-organization.ts'
import { FakeRules } from './fake-rules.ts'
import { FakeSignIns } from './fake-sign-ins.ts'

type EventType = PublicEvent['type']

/** A desk's worth of customers, kept in memory: just enough of a server for the console to be looked at and tested. */
export class FakeWorld {
  readonly events: PublicEvent[] = []
  readonly conversations = new Map<string, Conversation>()
  readonly messages = new Map<string, Message[]>()
  readonly media = new Map<string, { type: string; bytes: Uint8Array }>()
  readonly agents = new Map<string, Agent>()
  readonly teams: Team[] = fakeTeams()
  readonly accounts: Account[] = []
  readonly quickReplies: QuickReply[] = []
  /** Which of them each message began with. */
  readonly begunWith: string[] = []
  readonly apps: App[] = []
  readonly deliveries: AppDelivery[] = []
  readonly consents: AppConsent[] = []
  readonly manage = new FakeManage(this)
  readonly rules = new FakeRules(() => this.at())
  readonly signIns = new FakeSignIns((offsetMs) => this.at(offsetMs))
  /** Of the agent at the desk, on all screens. */
  readonly drafts = new Map<string, { text: string; version: number }>()
  preferences: AgentPreferences = {}
  check: AccountCheck = { unreachable: null, tokenError: null, clockDifferenceMs: 120 }
  selfId = 'lili'
  example = false
  scopes: readonly Scope[] = allScopes
  sessions: SessionSettings = defaultSessionSettings
  totp = false
  phoneUrl: string | null = null
  nowMs: () => number = () => Date.now()
  onChange: (event: PublicEvent, conversation: Conversation | undefined) => void = () => {}
  /** What happens to the next answer on its way to WeChat. */
  nextOutcome: Facts<'delivery.settled'>['outcome'] = 'accepted'
  nextCode: number | undefined

  constructor() {
    for (const agent of fakeAgents()) this.agents.set(agent.id, agent)
    this.accounts.push(fakeAccount(this.at(-12_000)))
  }

  get position(): number {
    return this.events.length
  }

  at(offsetMs = 0): string {
    return new Date(this.nowMs() + offsetMs).toISOString()
  }

  me(): Me {
    const agent = this.agent(this.selfId)
    return {
      holder: { kind: 'agent', agent },
      organization: {
        id: 'acme',
        name: 'Acme',
        timeZone: 'Asia/Shanghai',
        example: this.example,
        sessions: this.sessions,
        customers: { tags: [], firstAgentOwns: false },
      },
      scopes: [...this.scopes],
      totp: this.totp,
    }
  }

  agent(id: string): Agent {
    const agent = this.agents.get(id)
    if (agent === undefined) throw new Error(`no agent ${id}`)
    return agent
  }

  conversation(id: string): Conversation {
    const conversation = this.conversations.get(id)
    if (conversation === undefined) throw new Error(`no conversation ${id}`)
    return conversation
  }

  /** A customer who was never here before. */
  arrive(id: string, name: string): void {
    this.conversations.set(id, {
      id,
      status: 'closed',
      holder: { kind: 'nobody' },
      assignee: null,
      customer: { id: `cu_${id}`, name, following: true, tags: [], ownerId: null },
      account: { id: 'acme-oa', name: 'Acme 服务号' },
      sessionId: null,
      lastMessage: null,
      unread: 0,
      waitingSince: null,
      decisionId: null,
      offer: null,
      parked: null,
      lastClose: null,
      quota: { remaining: 0, expiresAt: null, windows: [] },
      position: this.position,
    })
    this.messages.set(id, [])
  }

  receive(id: string, content: Content, offsetMs = 0): void {
    const before = this.conversation(id)
    const lastMessage = {
      at: this.at(offsetMs),
      direction: 'in' as const,
      preview: previewOf(content),
      kind: content.type,
    }
    this.conversations.set(id, { ...before, lastMessage })
    const isLeft = before.messageLeft !== undefined && before.messageLeft.resolvedAt === undefined
    if (before.status === 'closed' && !isLeft) this.queue(id, offsetMs)
    const window = {
      trigger: 'message',
      openedAt: this.at(offsetMs),
      expiresAt: this.at(offsetMs + 48 * 3_600_000),
      limit: 5,
      used: 0,
    } as const
    this.change(id, {
      lastMessage,
      unread: before.unread + 1,
      quota: { remaining: 5, expiresAt: window.expiresAt, windows: [window] },
    })
    const { sessionId } = this.conversation(id)
    const messageId = `ms_${this.position + 1}`
    const event = this.emit(
      'message.received',
      { kind: 'customer', customerId: `cu_${id}` },
      { conversationId: id, sessionId, messageId, kind: content.type, sentAt: this.at(offsetMs), opens: 'message' },
      { content },
      offsetMs,
    )
    this.keep(id, {
      id: messageId,
      conversationId: id,
      sessionId,
      position: event.position,
      at: event.at,
      direction: 'in',
      sender: event.actor,
      content,
    })
    this.tell(event, id)
  }

  queue(id: string, offsetMs = 0): void {
    const sessionId = `ss_${this.position + 1}`
    const since = this.at(offsetMs)
    this.change(id, {
      status: 'waiting',
      holder: { kind: 'queue', teamId: null, since },
      assignee: null,
      sessionId,
      waitingSince: since,
    })
    this.tell(
      this.emit(
        'session.queued',
        { kind: 'rule', rule: 'routing' },
        {
          conversationId: id,
          sessionId,
          from: { kind: 'nobody' },
          teamId: null,
          cause: 'routing',
          waitingSince: since,
          decision: null,
        },
        undefined,
        offsetMs,
      ),
      id,
    )
  }

  assign(id: string, agentId: string, cause: Facts<'session.assigned'>['cause'], note?: string): void {
    const { holder: from, sessionId } = this.conversation(id)
    const stintId = `st_${this.position + 1}`
    const actor =
      cause === 'routing'
        ? ({ kind: 'rule', rule: 'routing' } as const)
        : ({ kind: 'agent', agentId: this.selfId } as const)
    const decision =
      cause === 'routing'
        ? { decisionId: 'dc_1', ruleVersion: 1, candidates: 2, excluded: { offline: 1, away: 1 }, digest: '00' }
        : null
    this.change(id, {
      status: 'open',
      holder: { kind: 'agent', agentId, stintId, since: this.at() },
      assignee: agentId,
      waitingSince: null,
      sessionId: sessionId ?? `ss_${this.position + 1}`,
      decisionId: decision?.decisionId ?? null,
    })
    this.tell(
      this.emit(
        'session.assigned',
        actor,
        {
          conversationId: id,
          sessionId: this.conversation(id).sessionId ?? '',
          stintId,
          from,
          to: { kind: 'agent', agentId },
          cause,
          decision,
        },
        note === undefined ? undefined : { note },
      ),
      id,
    )
  }

  submit(id: string, content: Content, clientId: string, agentId = this.selfId): Message {
    const known = this.messages.get(id)?.find((message) => message.clientId === clientId)
    if (known !== undefined) return known
    const { sessionId, quota } = this.conversation(id)
    const windows = quota.windows.map((window) => ({ ...window, used: window.used + 1 }))
    this.change(id, {
      lastMessage: { at: this.at(), direction: 'out', preview: previewOf(content), kind: content.type },
      quota: { ...quota, remaining: quota.remaining - 1, windows },
      unread: 0,
    })
    const messageId = `ms_${this.position + 1}`
    const event = this.emit(
      'message.submitted',
      { kind: 'agent', agentId },
      {
        conversationId: id,
        sessionId,
        stintId: null,
        messageId,
        kind: content.type,
        via: 'customer-message',
        reserved: 'message',
        clientId,
        expiresAt: this.at(600_000),
      },
      { content },
    )
    const message: Message = {
      id: messageId,
      conversationId: id,
      sessionId,
      position: event.position,
      at: event.at,
      direction: 'out',
      sender: event.actor,
      via: 'customer-message',
      content,
      clientId,
      delivery: { state: 'queued' },
    }
    this.keep(id, message)
    this.tell(event, id)
    return message
  }

  settle(id: string, messageId: string): void {
    const outcome = this.nextOutcome
    const code = this.nextCode
    this.nextOutcome = 'accepted'
    this.nextCode = undefined
    const facts = { conversationId: id, messageId, outcome, ...(code === undefined ? {} : { code }), released: null }
    this.messages.set(
      id,
      (this.messages.get(id) ?? []).map((message) =>
        message.id === messageId ? { ...message, delivery: { state: outcome, code } } : message,
      ),
    )
    this.change(id, {})
    this.tell(this.emit('delivery.settled', { kind: 'system' }, facts), id)
  }

  /** Something of no interest happened: the row is told again. */
  receiveNothing(id: string): void {
    this.change(id, {})
    this.tell(this.emit('customer.changed', { kind: 'system' }, { conversationId: id, customerId: `cu_${id}` }), id)
  }

  read(id: string, upTo: number): void {
    this.change(id, { unread: 0 })
    const facts = { conversationId: id, agentId: this.selfId, upTo, unread: 0 }
    this.tell(this.emit('conversation.read', { kind: 'agent', agentId: this.selfId }, facts), id)
  }

  setStatus(agentId: string, status: Agent['status']): Agent {
    const agent = { ...this.agent(agentId), status }
    this.agents.set(agentId, agent)
    this.tell(
      this.emit('agent.status-changed', { kind: 'agent', agentId }, { agentId, status, cause: 'chosen' }),
      undefined,
    )
    return agent
  }

  change(id: string, change: Partial<Conversation>): void {
    this.conversations.set(id, { ...this.conversation(id), ...change, position: this.position + 1 })
  }

  keep(id: string, message: Message): void {
    this.messages.set(id, [...(this.messages.get(id) ?? []), message])
  }

  tell(event: PublicEvent, id: string | undefined): void {
    this.onChange(event, id === undefined ? undefined : this.conversations.get(id))
  }

  emit<T extends EventType>(
    type: T,
    actor: PublicEvent['actor'],
    facts: Facts<T>,
    personal?: Personal<T>,
    offsetMs = 0,
  ): PublicEvent {
    const position = this.position + 1
    const conversationId = 'conversationId' in facts ? facts.conversationId : null
    // Type, facts and personal part were checked together by the signature; the union cannot see that.
    const event = {
      type,
      actor,
      facts,
      personal,
      position,
      cursor: String(position),
      version: 1,
      at: this.at(offsetMs),
      conversationId,
    } as unknown as PublicEvent
    this.events.push(event)
    return event
  }
}

function previewOf(content: Content): string {
  return content.type === 'text'
    ? content.text
    : 'title' in content
      ? (content.title ?? '')
      : 'label' in content
        ? content.label
        : ''
}
