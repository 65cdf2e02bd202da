// Callers who do whatever comes to their minds, knowing only what they were told.
import type { Actor } from '@duoke/contract'
import type { Command, DeliveryOutcome, Random, ResolvedConfiguration } from '@duoke/domain'
import type { Accepted, Desk } from './log-stage.ts'
import { byAgent, configure, documentOf, operator, says } from './log-stage.ts'

export type Callers = {
  next(): Command
  /** What a caller learns from an answer. */
  hear(accepted: Accepted): void
}

/** Who they are, and what they know. */
type Mind = {
  readonly random: Random
  readonly desk: Desk
  readonly openids: readonly string[]
  readonly conversations: string[]
  readonly unsettled: { conversationId: string; messageId: string }[]
  /** Messages for which the bot is asked. */
  readonly asked: { conversationId: string; messageId: string }[]
  /** Who is asked to take what. */
  readonly offers: { conversationId: string; agentId: string }[]
  /** What ends what was begun beside a holder: who came leaves, who raised a hand lowers it. */
  readonly endings: Command[]
  position: number
}

export function createCallers(random: Random, desk: Desk, options: { readonly customers?: number } = {}): Callers {
  const openids = Array.from({ length: options.customers ?? 12 }, (_, at) => `o${at}`)
  const mind: Mind = {
    random,
    desk,
    openids,
    conversations: [],
    unsettled: [],
    asked: [],
    offers: [],
    endings: [],
    position: 0,
  }
  return {
    next() {
      const dice = random.next()
      if (mind.endings.length > 0 && random.chance(0.3)) return mind.endings.shift() ?? ofDesk(mind)
      if (mind.asked.length > 0 && random.chance(0.4)) return ofBot(mind)
      if (mind.offers.length > 0 && random.chance(0.3)) return ofAsked(mind)
      if (mind.conversations.length === 0 || dice < 0.4) return ofCustomer(mind)
      return dice < 0.85 ? ofDesk(mind) : ofSystem(mind)
    },
    hear({ result, events, position }) {
      mind.position = Math.max(mind.position, position)
      const { conversationId } = result
      if (conversationId !== undefined && !mind.conversations.includes(conversationId))
        mind.conversations.push(conversationId)
      for (const event of events) {
        if (event.type === 'message.received' && event.facts.asks !== undefined) mind.asked.push(event.facts)
        if (event.type === 'session.offered') mind.offers.push(event.facts)
        const ending = endingOf(event)
        if (ending !== null) mind.endings.push(ending)
        if (event.type !== 'message.submitted' || event.facts.via !== 'customer-message') continue
        mind.unsettled.push({ conversationId: event.facts.conversationId, messageId: event.facts.messageId })
      }
    },
  }
}

function endingOf(event: Accepted['events'][number]): Command | null {
  switch (event.type) {
    case 'session.watched':
    case 'session.joined':
      return { type: 'session.leave', conversationId: event.facts.conversationId, actor: event.actor }
    case 'session.hand-raised':
      return { type: 'session.lower-hand', conversationId: event.facts.conversationId, actor: event.actor }
    default:
      return null
  }
}

const someAgent = ({ random, desk }: Mind) => random.pick(desk.agents) ?? ''
const someConversation = ({ random, conversations }: Mind) => random.pick(conversations) ?? 'none'

function someActor(mind: Mind): Actor {
  if (mind.random.chance(0.1)) return { kind: 'app', appId: 'bot' }
  return mind.random.chance(0.05) ? operator : byAgent(someAgent(mind))
}

function ofCustomer({ random, desk, openids }: Mind): Command {
  const act = random.pick(['message', 'message', 'message', 'message', 'follow', 'unfollow', 'menu'] as const)
  const said = says(desk, random.pick(openids) ?? '', random.pick(['你好', 'hello', '多少钱？']))
  if (act === undefined || act === 'message') return said
  return { ...said, act, kind: 'action', content: { type: 'action', action: act, key: 'k' } }
}

function ofDesk(mind: Mind): Command {
  const { random, unsettled } = mind
  const to = { conversationId: someConversation(mind), actor: someActor(mind) }
  if (random.chance(0.12)) return ofParking(mind, to)
  if (random.chance(0.2)) return ofSupervisor(mind, to)
  switch (random.below(9)) {
    case 0:
      return { type: 'session.accept', ...to }
    case 1:
      return { type: 'session.transfer', ...to, to: { agentId: someAgent(mind) }, handOver: { note: '请接' } }
    case 2:
      return { type: 'session.transfer', ...to, to: { teamId: 'presale' } }
    case 3:
      return { type: 'session.close', ...to, ...(random.chance(0.3) && { disposition: { code: 'solved' } }) }
    case 4:
      return { type: 'session.reopen', ...to }
    case 5:
      return { type: 'conversation.read', ...to, upTo: mind.position }
    case 6:
      if (random.chance(0.2)) return { type: random.chance(0.3) ? 'customer.block' : 'customer.unblock', ...to }
      if (random.chance(0.3)) return { type: 'customer.tag', ...to, add: ['vip'], remove: ['new'] }
      if (random.chance(0.3)) return { type: 'customer.set-owner', ...to, agentId: someAgent(mind) }
      return { type: 'customer.change', ...to, profile: { remark: `第${random.below(9)}位` } }
    case 7: {
      const [message] = unsettled.splice(random.below(unsettled.length), 1)
      if (message === undefined) return { type: 'session.close', ...to }
      return { type: 'delivery.settle', ...message, outcome: someOutcome(random) }
    }
    default: {
      const content = { type: 'text', text: '您好' } as const
      return { type: 'message.submit', ...to, content, anyScope: random.chance(0.7) }
    }
  }
}

function ofParking({ random }: Mind, to: { conversationId: string; actor: Actor }): Command {
  if (random.chance(0.2)) return { type: 'timer.fire', timer: { kind: 'snooze', conversationId: to.conversationId } }
  return random.chance(0.3) ? { type: 'session.resume', ...to } : { type: 'session.park', ...to }
}

function ofSupervisor(mind: Mind, { conversationId, actor }: { conversationId: string; actor: Actor }): Command {
  const { random } = mind
  // The first of the desk supervises; an operator may, and whoever else mostly may not.
  const supervisor = byAgent(mind.desk.agents[0] ?? '')
  const by = { conversationId, actor: random.pick([supervisor, supervisor, operator, actor]) ?? operator }
  switch (random.below(8)) {
    case 6:
      return { type: 'conversation.note', ...by, text: '请看一下', mentions: [someAgent(mind)] }
    case 4:
      return { type: 'session.watch', ...by, actor: supervisor }
    case 5:
      return { type: 'session.join', ...by, actor: supervisor }
    case 0:
      return { type: 'session.seize', ...by, toAgentId: someAgent(mind), overCapacity: true, reason: 'urgent' }
    case 1:
      return { type: 'session.whisper', ...by, text: '先道歉' }
    case 2:
      return { type: 'session.raise-hand', actor: byAgent(someAgent(mind)), conversationId, note: '请帮忙' }
    case 3:
      return { type: 'session.answer-hand', ...by }
    default:
      return { type: 'agent.set-capacity', actor: by.actor, agentId: someAgent(mind), capacity: random.below(6) }
  }
}

/** An agent who is asked says yes, no, or nothing until the time is up. */
function ofAsked({ random, offers }: Mind): Command {
  const [{ conversationId, agentId } = { conversationId: '', agentId: '' }] = offers.splice(0, 1)
  if (random.chance(0.3)) return { type: 'timer.fire', timer: { kind: 'offer', conversationId } }
  const actor = byAgent(agentId)
  return { type: random.chance(0.5) ? 'session.accept' : 'session.decline', actor, conversationId }
}

/** What the bot, or nobody, says to the oldest message that asked; now and then to one that is decided already. */
function ofBot({ random, asked }: Mind): Command {
  const [message = { conversationId: '', messageId: '' }] = random.chance(0.8) ? asked.splice(0, 1) : asked
  const { conversationId, messageId } = message
  const content = { type: 'text', text: '机器人' } as const
  if (random.chance(0.2)) return { type: 'timer.fire', timer: { kind: 'arbitrate', conversationId, messageId } }
  if (random.chance(0.2)) return { type: 'reply.late', conversationId, messageId, appId: 'bot', content }
  const answer = random.pick([
    { appId: 'bot', outcome: 'reply', content },
    { appId: 'bot', outcome: 'transfer' },
    { appId: 'bot', outcome: 'silent' },
    { appId: 'bot', outcome: 'failed', reason: 'http 500' },
  ] as const)
  const answers = answer === undefined ? [] : [answer]
  return { type: 'reply.arbitrate', conversationId, messageId, content, answers }
}

/** The bot answers customers now and then; otherwise it only looks on. */
function withBot(document: ResolvedConfiguration): ResolvedConfiguration {
  const push = { url: 'http://127.0.0.1:9/wx', mode: 'safe', format: 'xml' } as const
  const apps = document.apps?.map((app) => ({
    ...app,
    scopes: ['messages:read', 'messages:send', 'sessions:manage'],
    attachments: app.attachments.map((one) => ({ ...one, role: 'responder' as const, push })),
  }))
  return apps === undefined ? document : { ...document, apps }
}

function withManualRouting(document: ResolvedConfiguration): ResolvedConfiguration {
  const accounts = document.accounts?.map((account) => ({ ...account, routing: 'manual' as const }))
  return accounts === undefined ? document : { ...document, accounts }
}

function withOffers(document: ResolvedConfiguration): ResolvedConfiguration {
  const { organization } = document
  const sessions = {
    ...organization.sessions,
    offerForMs: 30_000,
    wrapUpMs: 60_000,
    reopenWithinMs: 600_000,
    closeWords: ['hello'],
  }
  return { ...document, organization: { ...organization, sessions } }
}

function ofSystem(mind: Mind): Command {
  const { random, desk } = mind
  const agentId = someAgent(mind)
  switch (random.below(7)) {
    case 6: {
      const owners = [
        { kind: 'agent', agentId },
        { kind: 'team', teamId: 'presale' },
        { kind: 'organization' },
      ] as const
      const replies = [{ title: '问候', group: '', parts: [{ type: 'text' as const, text: '您好' }] }]
      const owner = random.pick(owners) ?? owners[2]
      return { type: 'quick-replies.add', actor: byAgent(agentId), owner, replies, mayShare: true }
    }
    case 0:
      return { type: 'timer.fire', timer: { kind: 'idle', conversationId: someConversation(mind) } }
    case 1:
      return { type: 'timer.fire', timer: { kind: 'presence', agentId } }
    case 2:
      return { type: 'agent.change', actor: operator, agentId, fields: { capacity: random.below(5) } }
    case 3: {
      const document = changed(random, documentOf(desk, 1 + random.below(3)), agentId)
      const routed = random.chance(0.3) ? withManualRouting(document) : document
      const asking = random.chance(0.5) ? withOffers(routed) : routed
      return configure(random.chance(0.5) ? withBot(asking) : asking, random.chance(0.5))
    }
    default: {
      const status = random.pick(['online', 'online', 'away', 'offline'] as const) ?? 'online'
      const ttlMs = random.chance(0.3) ? 60_000 : undefined
      return { type: 'agent.set-status', actor: byAgent(agentId), agentId, status, cause: 'chosen', ttlMs }
    }
  }
}

function someOutcome(random: Random): DeliveryOutcome {
  return random.pick(['accepted', 'refused', 'unknown', 'expired', 'not-sent'] as const) ?? 'accepted'
}

/** Now and then without one agent, or without the team. */
function changed(random: Random, document: ResolvedConfiguration, agentId: string): ResolvedConfiguration {
  const dice = random.next()
  if (dice < 0.3) return { ...document, agents: document.agents?.filter((agent) => agent.agentId !== agentId) }
  if (dice > 0.5) return document
  return { ...document, teams: [], agents: document.agents?.map((agent) => ({ ...agent, teams: [] })) }
}
