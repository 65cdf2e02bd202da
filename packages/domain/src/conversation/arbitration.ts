import type { Actor, ArbitratedAnswer, Content, Facts } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type AskedAnswer, type CommandOf, type CommandResult, type Decision, refuse } from '../commands.ts'
import { present } from '../invariant.ts'
import { wantedBy } from '../organization/load.ts'
import { exclusionOf } from '../routing/candidates.ts'
import { leftReplyTo } from '../routing/left-reply.ts'
import { policyForNamed, routeToNamed } from '../routing/named.ts'
import { routeNewSession } from '../routing/new-session.ts'
import { placeReplyTo } from '../routing/place-reply.ts'
import { assign, route } from '../routing/route.ts'
import { endOpenLeft } from './end-left.ts'
import { dropReasonOf, sendLate } from './late-reply.ts'
import { isOpenLeft } from './left.ts'
import { automaticReply, replyAtOnce, tellAtOnce } from './passive-reply.ts'
import { reopenedBy } from './reopening.ts'
import type { AskedMessage, ConversationState } from './state.ts'

/** After this the choice is made without those who were asked: whoever asked them may be gone. */
export const arbitrationDueMs = 4_000

type Matter = {
  readonly conversationId: string
  readonly messageId: string
  readonly asked: AskedMessage
  /** What the customer said; null when nobody remembers it and no notice can leave any more. */
  readonly content: Content | null
  /** One of each app that was asked, in the order of right. */
  readonly answers: readonly AskedAnswer[]
}
type Winner = Facts<'reply.arbitrated'>['winner']
type Choice = {
  readonly winner: Winner
  readonly became?: 'sent' | 'transferred'
  readonly passiveReply?: NonNullable<CommandResult['passiveReply']>
}

/**
 * Whose passive reply counts, decided against the holder of this moment: the app that holds the conversation, then those
 * who were asked, by priority and id; the first of them that answers or hands over wins, else Duoke's own notice. While an
 * agent holds nobody does. A second choice for the same message changes nothing.
 */
export function arbitrateReply(attempt: Attempt, command: CommandOf<'reply.arbitrate'>): Decision {
  const { conversationId, messageId, content, answers } = command
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation === undefined) return refuse('not_found')
  const asked = conversation.asked[messageId]
  if (asked === undefined) return accept(attempt, { conversationId, messageId })
  const inOrder = answersOf(conversation, asked, answers)
  return choose(attempt, { conversationId, messageId, asked, content, answers: inOrder }, true)
}

/** Nobody said in time what the apps answered. */
export function arbitrateAlone(attempt: Attempt, conversation: ConversationState, messageId: string): void {
  const asked = conversation.asked[messageId]
  if (asked === undefined) return
  const answers = answersOf(conversation, asked, [])
  choose(attempt, { conversationId: conversation.id, messageId, asked, content: null, answers }, false)
}

function choose(attempt: Attempt, matter: Matter, inTime: boolean): Decision {
  const { conversationId, messageId } = matter
  const { holder } = conversationOf(attempt, conversationId)
  const objections = new Map(
    matter.answers.map((answer) => [answer.appId, dropReasonOf(attempt.state, conversationId, answer)]),
  )
  const first = matter.answers.find((answer) => wantsToSpeak(answer) && objections.get(answer.appId) === null)
  const choice = first === undefined ? withoutAnswer(attempt, matter) : withAnswer(attempt, matter, first)
  const told = matter.answers.map((answer): ArbitratedAnswer => {
    const { appId, outcome } = answer
    if (choice.became !== undefined && answer === first) {
      const sent = choice.passiveReply === undefined ? {} : { messageId: choice.passiveReply.messageId }
      return { appId, outcome, became: choice.became, ...sent }
    }
    return dropped(attempt, matter, answer, objections.get(appId) ?? null)
  })
  const facts = { conversationId, messageId, winner: choice.winner, holder, answers: told, inTime }
  attempt.emit({ type: 'reply.arbitrated', actor: { kind: 'rule', rule: 'arbitration' }, facts })
  const { winner, passiveReply } = choice
  const result = { conversationId, messageId, arbitration: { winner, answers: told } }
  return accept(attempt, passiveReply === undefined ? result : { ...result, passiveReply })
}

const wantsToSpeak = ({ outcome }: AskedAnswer): boolean => outcome === 'reply' || outcome === 'transfer'

/** The holder first, then as they were asked; who is not mentioned was too late, who was not asked has no say. */
function answersOf(
  { holder }: ConversationState,
  { apps }: AskedMessage,
  answers: readonly AskedAnswer[],
): AskedAnswer[] {
  const holds = (appId: string) => holder.kind === 'app' && holder.appId === appId
  const inOrder = [...apps.filter(holds), ...apps.filter((appId) => !holds(appId))]
  return inOrder.map((appId) => answers.find((answer) => answer.appId === appId) ?? { appId, outcome: 'late' })
}

function withAnswer(attempt: Attempt, matter: Matter, answer: AskedAnswer): Choice {
  const { conversationId } = matter
  const actor: Actor = { kind: 'app', appId: answer.appId }
  const winner = { kind: 'app', appId: answer.appId } as const
  if (answer.outcome === 'reply') {
    takeUp(attempt, matter, answer.appId)
    const { content, media } = answer
    const reply = { actor, content, ...(media === undefined ? {} : { media }) }
    return { winner, became: 'sent', passiveReply: replyAtOnce(attempt, conversationId, reply) }
  }
  const agentId = answer.outcome === 'transfer' ? answer.toAgentId : undefined
  transfer(attempt, matter, actor, agentId)
  return { winner, became: 'transferred' }
}

/** To the agent whom the app names, if they can take it; else the agent is waited for or it goes to whom routing names (protocol reference, section 3.1). */
function transfer(attempt: Attempt, matter: Matter, actor: Actor, agentId: string | undefined): void {
  const { conversationId } = matter
  openSession(attempt, matter, actor)
  const { holder } = conversationOf(attempt, conversationId)
  const agent = agentId === undefined ? undefined : attempt.state.agents.get(agentId)
  const wanted = wantedBy(attempt.state, conversationOf(attempt, conversationId))
  if (agent !== undefined && exclusionOf(agent, [], wanted) === null) {
    assign(attempt, {
      conversationId,
      actor,
      stintId: attempt.context.ids.draw('stint'),
      to: { kind: 'agent', agentId: agent.agentId },
      assignCause: 'transfer',
    })
    return
  }
  const policy =
    agentId === undefined ? null : policyForNamed(attempt, conversationOf(attempt, conversationId), agentId)
  if (agentId !== undefined && policy != null) {
    routeToNamed(attempt, conversationId, { agentId, actor, ...policy })
    return
  }
  if (holder.kind === 'queue') return
  const causes = { cause: 'transfer', assignCause: 'transfer', queueCause: 'transfer' } as const
  route(attempt, { conversationId, teamId: null, actor, ...causes })
}

/** Duoke's own notice; without one a message that nobody holds goes to the first app that took it, else to the humans. */
function withoutAnswer(attempt: Attempt, matter: Matter): Choice {
  const { state } = attempt
  const { conversationId, content, asked } = matter
  const conversation = conversationOf(attempt, conversationId)
  const account = state.accounts.get(conversation.accountId)
  if (account === undefined || conversation.blocked !== undefined) return { winner: { kind: 'nobody' } }
  const notice = content === null ? null : automaticReply(account.settings, conversation, content)
  if (notice !== null) {
    const { rule, content: text } = notice
    const reply = { actor: { kind: 'rule', rule }, content: text } as const
    return { winner: { kind: 'rule', rule }, passiveReply: replyAtOnce(attempt, conversationId, reply) }
  }
  const place = content === null || !asked.isMessage ? null : placeReplyTo(attempt, conversationId, content)
  if (place !== null && account.settings.kind !== 'mini-program') {
    return { winner: { kind: 'rule', rule: 'routing' }, passiveReply: tellAtOnce(attempt, conversationId, place) }
  }
  if (!asked.isMessage || conversation.holder.kind !== 'nobody' || !conversation.following) {
    return { winner: { kind: 'nobody' } }
  }
  const taker = matter.answers.find(
    (answer) =>
      (answer.outcome === 'reply' || answer.outcome === 'silent') &&
      state.apps.get(answer.appId)?.scopes.includes('messages:send') === true,
  )
  if (taker !== undefined) takeUp(attempt, matter, taker.appId)
  else if (isOpenLeft(conversation)) {
    const told =
      content === null || account.settings.kind === 'mini-program' ? null : leftReplyTo(attempt, conversationId)
    if (told !== null)
      return { winner: { kind: 'rule', rule: 'routing' }, passiveReply: tellAtOnce(attempt, conversationId, told) }
  } else {
    openSession(attempt, matter, { kind: 'customer', customerId: conversation.customerId })
    const told = routeNewSession(attempt, conversationId, content)
    // In time somebody still answers the push.
    if (told !== null && content !== null && account.settings.kind !== 'mini-program') {
      return { winner: { kind: 'rule', rule: 'routing' }, passiveReply: tellAtOnce(attempt, conversationId, told) }
    }
  }
  return { winner: { kind: 'nobody' } }
}

/** A message that nobody holds is the app's from here on, until it hands over. */
function takeUp(attempt: Attempt, matter: Matter, appId: string): void {
  const { conversationId, asked } = matter
  const conversation = conversationOf(attempt, conversationId)
  if (!asked.isMessage || conversation.holder.kind !== 'nobody') return
  openSession(attempt, matter, { kind: 'customer', customerId: conversation.customerId })
  assign(attempt, {
    conversationId,
    actor: { kind: 'rule', rule: 'arbitration' },
    stintId: attempt.context.ids.draw('stint'),
    to: { kind: 'app', appId },
    assignCause: 'responder',
  })
}

function openSession(attempt: Attempt, { conversationId, messageId }: Matter, actor: Actor): void {
  const conversation = conversationOf(attempt, conversationId)
  if (conversation.holder.kind !== 'nobody') return
  const reopens = reopenedBy(conversation, attempt.context.atMs)
  endOpenLeft(attempt, conversationId, { actor, cause: 'app' })
  const cause = actor.kind === 'app' ? 'app' : 'customer'
  const sessionId = attempt.context.ids.draw('session')
  const facts = { conversationId, sessionId, cause, reopens, messageId } as const
  attempt.emit({ type: 'session.opened', actor, facts })
}

/** What becomes of an answer that did not win. */
function dropped(
  attempt: Attempt,
  { conversationId }: Matter,
  answer: AskedAnswer,
  objection: string | null,
): ArbitratedAnswer {
  const { appId, outcome } = answer
  const reason = objection ?? 'not_chosen'
  switch (answer.outcome) {
    case 'failed':
    case 'late':
      return { appId, outcome, became: 'nothing', ...(answer.reason === undefined ? {} : { reason: answer.reason }) }
    case 'silent':
      return { appId, outcome, became: 'nothing' }
    case 'transfer':
      return { appId, outcome, became: 'dropped', reason }
    case 'reply': {
      if (objection !== null && objection !== 'no_passive_reply') return { appId, outcome, became: 'dropped', reason }
      const late = sendLate(attempt, conversationId, answer)
      // Why it could not be sent later matters only where its owner wanted that.
      const isPolicy = late.became === 'dropped' && late.reason === 'policy'
      return isPolicy ? { appId, outcome, became: 'dropped', reason } : { appId, outcome, ...late }
    }
  }
}

function conversationOf({ state }: Attempt, conversationId: string): ConversationState {
  return present(state.conversations.get(conversationId), conversationId)
}
