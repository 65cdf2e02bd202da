import {
  type Actor,
  type AgentStatus,
  type Content,
  defaultSessionSettings,
  type LoadSettings,
  type QuickReplyOwner,
  type SessionSettings,
} from '@duoke/contract'
import type { AskedAnswer, Command, CustomerAct, ResolvedConfiguration } from '../commands.ts'
import type { ConversationState } from '../conversation/state.ts'
import type { Random } from '../random.ts'
import { capacityCommand, noteCommand, supervisionCommand } from './walk-supervision.ts'
import { account, agent, app, attachment, settings, startMs, type World } from './world.ts'

const teams = ['presale', 'aftersale', 'vip']
const agents = ['ann', 'bob', 'cai', 'dan', 'eve', 'fei']
const accounts = ['oa', 'shop']
const apps = ['bot', 'crm', 'faq']
const openids = Array.from({ length: 14 }, (_, index) => `o${index}`)
const operator: Actor = { kind: 'operator' }

const some = <T>(random: Random, values: readonly T[], share: number): T[] => values.filter(() => random.chance(share))

/** A configuration drawn at random; some of them leave agents, teams or accounts out. */
export function randomConfiguration(random: Random, keep: number): ResolvedConfiguration {
  const existing = some(random, teams, keep)
  const connected = some(random, accounts, keep)
  return {
    organization: {
      ...settings,
      idleWarningAfterMs: random.chance(0.8) ? 1_500_000 : null,
      idleCloseAfterMs: random.chance(0.8) ? 1_800_000 : null,
      sessions: randomSessions(random),
      customers: { tags: random.chance(0.5) ? ['vip', '老客户'] : [], firstAgentOwns: random.chance(0.3) },
      ...(random.chance(0.6) && { load: randomLoad(random) }),
    },
    teams: existing.map((teamId) => ({
      teamId,
      name: teamId,
      ...(random.chance(0.2) ? { offerForMs: random.chance(0.5) ? 20_000 : null } : {}),
      ...(random.chance(0.2)
        ? { wrapUpMs: random.chance(0.5) ? 20_000 : 0, dispositionNeeded: random.chance(0.5) }
        : {}),
    })),
    accounts: connected.map((accountId) =>
      account(accountId, {
        teams: random.chance(0.5) ? some(random, existing, 0.5) : [],
        routing: random.chance(0.3) ? 'manual' : 'automatic',
        ...(random.chance(0.2) && { weight: random.pick([1, 2, null]) ?? null }),
        greeting: random.chance(0.5) ? '你好' : null,
        keywordReplies: random.chance(0.5) ? [{ match: 'contains', keywords: ['price'], reply: '￥9' }] : [],
      }),
    ),
    agents: some(random, agents, keep).map((agentId) =>
      agent(agentId, {
        role: agentId === 'ann' ? 'supervisor' : 'agent',
        teams: some(random, existing, 0.6),
        capacity: random.below(4),
        disabled: random.chance(0.1),
        skills: randomSkills(random),
      }),
    ),
    apps: some(random, apps, keep).map((appId) => randomApp(random, appId, random.chance(0.8) ? connected : accounts)),
  }
}

function randomLoad(random: Random): LoadSettings {
  return {
    ...(random.chance(0.4) && { accountKinds: { 'official-account': 1 + random.below(2) } }),
    ...(random.chance(0.8) && {
      customerKinds: {
        vip: {
          ...(random.chance(0.6) && { weight: 1 + random.below(3) }),
          ...(random.chance(0.6) && { most: random.below(3) }),
        },
        ...(random.chance(0.5) && { 老客户: { most: 1 } }),
      },
    }),
  }
}

const randomSkills = (random: Random) =>
  Object.fromEntries(some(random, ['refund', '粤语'], 0.4).map((skill) => [skill, 1 + random.below(5)]))

function randomSessions(random: Random): SessionSettings {
  return {
    ...defaultSessionSettings,
    offerForMs: random.chance(0.5) ? 30_000 : null,
    missedOfferSetsAway: random.chance(0.5),
    pickFromQueue: random.chance(0.7),
    namedAgent: random.chance(0.5) ? { waitMs: random.pick([0, 30_000, null]) ?? null } : null,
    wrapUpMs: random.chance(0.5) ? 60_000 : 0,
    reopenWithinMs: random.chance(0.5) ? 600_000 : 0,
    closeWords: random.chance(0.2) ? ['在吗', 'scene'] : [],
    closeReply: random.chance(0.5) ? '再见' : null,
    closeWithWindow: random.chance(0.5),
    wrapUpTakesCapacity: random.chance(0.7),
    dispositionNeeded: random.chance(0.3),
    dispositions: random.chance(0.5)
      ? [
          { code: 'solved', label: '已解决' },
          { code: 'refund', label: '退款', teams: ['aftersale'] },
        ]
      : [],
  }
}

/** Attached to no account or to one that may be missing: then the document is refused, which is one more thing to try. */
function randomApp(random: Random, appId: string, known = accounts) {
  const attached = some(random, known, 0.6)
  return app(appId, {
    scopes: some(random, ['messages:read', 'messages:send', 'sessions:manage'], 0.8),
    attachments: attached.map((accountId) =>
      attachment(accountId, {
        wechatAppId: `wx${appId}${accountId}`,
        role: random.chance(0.7) ? 'responder' : 'observer',
        priority: random.below(3),
        when: random.pick([null, null, "message.text.contains('hello')", 'time.hour / 0 > 1']) ?? null,
        lateReplies: random.chance(0.5) ? 'send' : 'drop',
      }),
    ),
  })
}

function actorOf(random: Random): Actor {
  if (random.chance(0.15)) return { kind: 'app', appId: random.pick(apps) ?? 'bot' }
  if (random.chance(0.05)) return operator
  return { kind: 'agent', agentId: random.pick(agents) ?? 'ann' }
}

/** Mostly somebody who may act on this conversation, so that the walk gets somewhere. */
function actorFor(random: Random, world: World, conversationId: string): Actor {
  const holder = world.state.conversations.get(conversationId)?.holder
  if (holder?.kind === 'agent' && random.chance(0.8)) return { kind: 'agent', agentId: holder.agentId }
  if (holder?.kind === 'app' && random.chance(0.8)) return { kind: 'app', appId: holder.appId }
  return actorOf(random)
}

function customerCommand(random: Random, world: World): Command {
  const acts: CustomerAct[] = [
    'message',
    'message',
    'message',
    'message',
    'follow',
    'unfollow',
    'scan',
    'menu',
    'other',
  ]
  const act = random.pick(acts) ?? 'message'
  const text: Content = {
    type: 'text',
    text: random.pick(['hello', 'the price?', '在吗', '']) ?? '',
    ...(random.chance(0.1) ? { menuItemId: '1' } : {}),
  }
  const content: Content = act === 'message' ? text : { type: 'action', action: act, key: 'scene' }
  return {
    type: 'customer.act',
    accountId: random.pick(accounts) ?? 'oa',
    openid: random.pick(openids) ?? 'o0',
    act,
    kind: content.type,
    content,
    sentAtMs: world.nowMs - random.below(20_000),
  }
}

function presenceCommand(random: Random): Command {
  if (random.chance(0.12)) return capacityCommand(random, actorOf(random), agents)
  const status: AgentStatus = random.pick(['online', 'online', 'online', 'away', 'offline'] as const) ?? 'online'
  const cause = status === 'offline' && random.chance(0.5) ? 'vanished' : 'chosen'
  const agentId = random.pick(agents) ?? 'ann'
  const ttlMs = random.chance(0.2) ? 60_000 * (1 + random.below(60)) : undefined
  if (random.chance(0.1)) {
    const actor: Actor = { kind: 'agent', agentId: 'ann' }
    return { type: 'agent.set-status', actor, agentId, status, cause: 'supervisor', reason: 'meeting' }
  }
  const reason = status === 'away' && random.chance(0.5) ? 'lunch' : undefined
  return { type: 'agent.set-status', actor: { kind: 'agent', agentId }, agentId, status, cause, ttlMs, reason }
}

function agentCommand(random: Random, world: World): Command {
  const known = [...world.state.teams.values()].map(({ teamId }) => teamId)
  const fields = random.pick([
    { capacity: random.below(4) },
    { disabled: random.chance(0.5) },
    { teams: some(random, known, 0.5) },
    { nickname: `name ${random.below(3)}` },
    { skills: randomSkills(random) },
  ])
  return { type: 'agent.change', actor: operator, agentId: random.pick(agents) ?? 'ann', fields: fields ?? {} }
}

function conversationCommand(random: Random, world: World): Command | null {
  const conversation = random.pick([...world.state.conversations.values()])
  if (conversation === undefined) return null
  const { id: conversationId, pending } = conversation
  const actor = actorFor(random, world, conversationId)
  const messageId = random.pick(Object.keys(pending))
  const asked = conversation.offer
  if (asked !== null && random.chance(0.5)) {
    const one: Actor = { kind: 'agent', agentId: asked.agentId }
    return { type: random.chance(0.5) ? 'session.accept' : 'session.decline', actor: one, conversationId }
  }
  const { broadcast } = conversation
  if (broadcast !== undefined && random.chance(0.6)) {
    const one: Actor = { kind: 'agent', agentId: random.pick(broadcast.agentIds) ?? 'ann' }
    return { type: random.chance(0.5) ? 'session.accept' : 'session.decline', actor: one, conversationId }
  }
  if (random.chance(0.08)) return markCommand(random, world, { actor, conversationId })
  if (random.chance(0.03)) return noteCommand(random, agents, { actor, conversationId, position: world.state.position })
  if (random.chance(0.12)) return parkingCommand(random, world, conversationId, actor)
  const supervision = supervisionCommand(random, conversation, { holder: actor, someone: actorOf(random), agents })
  if (supervision !== null) return supervision
  switch (random.below(12)) {
    case 0:
    case 1:
      return { type: 'session.accept', actor, conversationId }
    case 2:
      return {
        type: 'session.transfer',
        actor,
        conversationId,
        to: { agentId: random.pick(agents) ?? 'ann' },
        handOver: { note: 'n' },
      }
    case 3:
      return { type: 'session.transfer', actor, conversationId, to: { teamId: random.pick(teams) ?? 'vip' } }
    case 4:
      return closingCommand(random, conversation, actor)
    case 5:
      return { type: 'session.reopen', actor, conversationId }
    case 6:
      return { type: 'conversation.read', actor, conversationId, upTo: world.state.position - random.below(20) }
    case 7:
      return { type: 'session.release', actor, conversationId, handOver: { summary: 's', context: { n: 1 } } }
    case 8:
      return {
        type: 'session.transfer',
        actor,
        conversationId,
        to: random.chance(0.7) ? { appId: random.pick(apps) ?? 'bot' } : { queue: true },
      }
    case 9:
      return { type: 'session.open', actor, conversationId, agentId: random.pick(agents) ?? 'ann' }
    case 10: {
      if (messageId === undefined) return null
      const outcome = random.pick(['accepted', 'refused', 'unknown', 'expired', 'not-sent'] as const) ?? 'accepted'
      return { type: 'delivery.settle', conversationId, messageId, outcome }
    }
    default: {
      const text = random.chance(0.05) ? '长'.repeat(700) : 'answer'
      return {
        type: 'message.submit',
        actor,
        conversationId,
        content: { type: 'text', text },
        anyScope: random.chance(0.1),
      }
    }
  }
}

/** What somebody says of the customer. */
function markCommand(random: Random, world: World, of: { actor: Actor; conversationId: string }): Command {
  if (random.chance(0.2)) return { type: 'customer.unblock', ...of }
  if (random.chance(0.2)) {
    const until = random.chance(0.5) ? { untilMs: world.nowMs + random.below(600_000) } : {}
    return { type: 'customer.block', ...of, ...until }
  }
  if (random.chance(0.5)) {
    const agentId = random.chance(0.8) ? (random.pick(agents) ?? 'ann') : null
    return { type: 'customer.set-owner', ...of, agentId }
  }
  const tags = ['vip', '老客户', 'new']
  return { type: 'customer.tag', ...of, add: some(random, tags, 0.4), remove: some(random, tags, 0.4) }
}

function closingCommand(random: Random, { id: conversationId, lastClose }: ConversationState, actor: Actor): Command {
  const code = random.pick(['solved', 'refund', 'unheard-of']) ?? 'solved'
  const disposition = random.chance(0.5) ? { code, note: 'n' } : { code }
  if (lastClose !== undefined && random.chance(0.4)) {
    const { sessionId, agentId } = lastClose
    const by: Actor = agentId !== null && random.chance(0.8) ? { kind: 'agent', agentId } : actor
    const said = random.chance(0.2) ? { code: null } : disposition
    return { type: 'session.dispose', actor: by, conversationId, sessionId, disposition: said }
  }
  const given = random.chance(0.4) ? { disposition } : {}
  return { type: 'session.close', actor, conversationId, ...given }
}

function parkingCommand(random: Random, world: World, conversationId: string, actor: Actor): Command {
  if (random.chance(0.3)) return { type: 'session.resume', actor, conversationId }
  const until = random.chance(0.5) ? { untilMs: world.nowMs + random.below(3_600_000) } : {}
  return { type: 'session.park', actor, conversationId, ...until, handOver: { note: 'later' } }
}

function reportCommand(random: Random): Command {
  const report =
    random.pick([
      { kind: 'silenced', lastPushAtMs: startMs },
      { kind: 'heard' },
      { kind: 'degraded', code: 40164, reason: 'not in whitelist' },
      { kind: 'recovered' },
    ] as const) ?? ({ kind: 'heard' } as const)
  return { type: 'account.report', accountId: random.pick(accounts) ?? 'oa', report }
}

function appCommand(random: Random): Command {
  const appId = random.pick(apps) ?? 'bot'
  const accountId = random.pick(accounts) ?? 'oa'
  if (random.chance(0.1)) return { type: 'app.remove', actor: operator, appId }
  if (random.chance(0.2)) return { type: 'app.configure', actor: operator, app: randomApp(random, appId) }
  const finding = random.pick([{ kind: 'suspended', reason: 'time out', failures: 5 }, { kind: 'recovered' }] as const)
  const actor = { kind: 'system' } as const
  return { type: 'app.report', actor, appId, accountId, finding: finding ?? { kind: 'recovered' } }
}

/** What some of the asked apps answer; now and then one that was not asked, or nobody at all. */
function arbitrationCommand(random: Random, world: World): Command | null {
  const asking = [...world.state.conversations.values()].filter(({ asked }) => Object.keys(asked).length > 0)
  const conversation = random.pick(asking)
  const messageId = random.pick(Object.keys(conversation?.asked ?? {}))
  if (conversation === undefined || messageId === undefined) return null
  const { id: conversationId } = conversation
  const content: Content = { type: 'text', text: random.pick(['hello', 'the price?', '在吗']) ?? '' }
  if (random.chance(0.1)) {
    return { type: 'reply.late', conversationId, messageId, appId: random.pick(apps) ?? 'bot', content }
  }
  const answers = some(random, apps, 0.8).map((appId): AskedAnswer => {
    const outcome = random.pick(['reply', 'reply', 'transfer', 'silent', 'failed', 'late'] as const) ?? 'silent'
    if (outcome === 'reply') return { appId, outcome, content: { type: 'text', text: `from ${appId}` } }
    const toAgentId = random.chance(0.5) ? random.pick(agents) : undefined
    return outcome === 'transfer' && toAgentId !== undefined ? { appId, outcome, toAgentId } : { appId, outcome }
  })
  return { type: 'reply.arbitrate', conversationId, messageId, content, answers }
}

/** A timer that is due, or (now and then) one that is not. */
function timerCommand(random: Random, world: World): Command | null {
  const timers = [...world.timers.values()]
  const due = timers.filter(({ dueMs }) => dueMs <= world.nowMs)
  const timer = random.pick(due.length > 0 && random.chance(0.8) ? due : timers)
  if (timer === undefined) return null
  if (timer.dueMs > world.nowMs && !random.chance(0.2)) return null
  world.timers.delete(timer.set)
  return timer.command
}

/** Mostly for somebody who may; owners, like everybody else, come and go. */
function quickReplyCommand(random: Random, world: World): Command {
  const actor = actorOf(random)
  const mayShare = random.chance(0.5)
  const text = random.pick(['您好 {{customer}}', 'hello', '{{nobody}}']) ?? ''
  const reply = { title: '问候', group: '', parts: [{ type: 'text' as const, text }] }
  const known = random.pick([...world.state.quickReplies.values()])
  if (known !== undefined && random.chance(0.5)) {
    const { quickReplyId, owner } = known
    const by = owner.kind === 'agent' && random.chance(0.7) ? { kind: 'agent' as const, agentId: owner.agentId } : actor
    return random.chance(0.5)
      ? { type: 'quick-reply.change', actor: by, quickReplyId, reply, mayShare }
      : { type: 'quick-reply.remove', actor: by, quickReplyId, mayShare }
  }
  const agentId = actor.kind === 'agent' ? actor.agentId : 'ann'
  const owners: QuickReplyOwner[] = [
    { kind: 'agent', agentId },
    { kind: 'team', teamId: random.pick(teams) ?? 'vip' },
    { kind: 'organization' },
  ]
  const owner = random.pick(owners) ?? { kind: 'organization' }
  return { type: 'quick-replies.add', actor, owner, replies: [reply], mayShare }
}

/** Something that somebody does next; null when nothing fits. */
export function randomCommand(random: Random, world: World): Command | null {
  const dice = random.next()
  if (dice < 0.27) return customerCommand(random, world)
  if (dice < 0.33) return arbitrationCommand(random, world)
  if (dice < 0.45) return presenceCommand(random)
  if (dice < 0.83) return conversationCommand(random, world)
  if (dice < 0.91) return timerCommand(random, world)
  if (dice < 0.92) return quickReplyCommand(random, world)
  if (dice < 0.94) return agentCommand(random, world)
  if (dice < 0.955) return reportCommand(random)
  if (dice < 0.975) return appCommand(random)
  const document = randomConfiguration(random, 0.85)
  const actor = operator
  return { type: 'configuration.apply', actor, document, prune: random.chance(0.5), dryRun: random.chance(0.2) }
}

/** Time stands still, creeps, or jumps. */
export function randomPauseMs(random: Random): number {
  const dice = random.next()
  if (dice < 0.2) return 0
  if (dice < 0.9) return random.below(30_000)
  if (dice < 0.98) return random.below(3_600_000)
  return random.below(72 * 3_600_000)
}
