import type { Actor, Facts } from '@duoke/contract'
import type { Attempt } from '../attempt.ts'
import type { ConversationState } from '../conversation/state.ts'
import { instantOf } from '../instant.ts'
import { present } from '../invariant.ts'
import { takesOf, toldLoad, wantedBy } from '../organization/load.ts'
import { isRoutedByRule } from './candidates.ts'
import { hasRoomBeside } from './declines.ts'
import { keptFrom } from './kept-room.ts'
import { mayServe } from './may-serve.ts'
import type { DecisionDigest } from './record.ts'
import { roundOf } from './round.ts'

const routing: Actor = { kind: 'rule', rule: 'routing' }

export type BroadcastRequest = {
  readonly conversationId: string
  /** In the order of the rule. */
  readonly agentIds: readonly string[]
  /** Who hands it over is not asked, now or later. */
  readonly giver: string | null
  readonly lastsMs: number
  readonly isNewRound: boolean
  readonly decision: DecisionDigest
}

/** Asks all of them at once. Each keeps a place for it, so that whoever accepts first has room. */
export function broadcast(attempt: Attempt, request: BroadcastRequest): void {
  const { conversationId, agentIds, giver, lastsMs, isNewRound, decision } = request
  const conversation = present(attempt.state.conversations.get(conversationId), conversationId)
  attempt.emit({
    type: 'session.broadcast',
    actor: routing,
    facts: {
      ...sessionIn(conversation),
      agentIds: [...agentIds],
      ...(giver !== null && { giver }),
      round: roundOf(conversation, isNewRound),
      expiresAt: instantOf(attempt.context.atMs + lastsMs),
      decision,
      ...toldLoad(takesOf(attempt.state, conversation)),
    },
  })
}

const sessionIn = ({ id, sessionId }: ConversationState) => ({
  conversationId: id,
  sessionId: present(sessionId, 'session'),
})

type Ending = { readonly actor?: Actor; readonly agentId?: string; readonly outcome: Outcome }
type Outcome = Facts<'session.broadcast-ended'>['outcome']

/** Ends the broadcast of a conversation, if there is one; the places that were kept are free. */
export function endBroadcast(attempt: Attempt, conversationId: string, ending: Ending): void {
  const { actor = routing, outcome, agentId } = ending
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.broadcast === undefined) return
  const agentIds = [...conversation.broadcast.agentIds]
  const winner = agentId === undefined ? {} : { agentId }
  const facts = { ...sessionIn(conversation), agentIds, outcome, ...winner }
  attempt.emit({ type: 'session.broadcast-ended', actor, facts })
  for (const asked of agentIds) attempt.freed.add(asked)
}

type Leaving = Pick<Facts<'session.broadcast-left'>, 'outcome' | 'reason'> & { readonly actor?: Actor }

/** One is asked no more. Answers whether nobody is now: then the broadcast is over. */
export function leaveBroadcast(attempt: Attempt, conversationId: string, agentId: string, leaving: Leaving): boolean {
  const { actor = routing, outcome, reason } = leaving
  const conversation = attempt.state.conversations.get(conversationId)
  if (conversation?.broadcast?.agentIds.includes(agentId) !== true) return false
  const why = reason === undefined ? {} : { reason }
  attempt.emit({
    type: 'session.broadcast-left',
    actor,
    facts: { ...sessionIn(conversation), agentId, outcome, ...why },
  })
  attempt.freed.add(agentId)
  const isOver = attempt.state.conversations.get(conversationId)?.broadcast?.agentIds.length === 0
  if (isOver) endBroadcast(attempt, conversationId, { outcome: 'declined' })
  return isOver
}

/** Those of them who may serve by now are asked as well, behind those who were asked before. */
export function joinBroadcasts(attempt: Attempt, agentIds: readonly string[]): void {
  const { state } = attempt
  if (agentIds.length === 0) return
  const pending: ConversationState[] = []
  state.broadcasts.forEach((id) => {
    const conversation = state.conversations.get(id)
    if (conversation !== undefined) pending.push(conversation)
  })
  const positionOf = ({ broadcast: asked }: ConversationState) => asked?.position ?? 0
  for (const { id } of pending.sort((left, right) => positionOf(left) - positionOf(right))) {
    const conversation = present(state.conversations.get(id), id)
    const more = agentIds.filter(mayJoin(attempt, conversation)).sort()
    if (more.length === 0) continue
    attempt.emit({
      type: 'session.broadcast-joined',
      actor: routing,
      facts: { ...sessionIn(conversation), agentIds: more, ...toldLoad(takesOf(state, conversation)) },
    })
  }
}

function mayJoin(attempt: Attempt, conversation: ConversationState): (agentId: string) => boolean {
  const { state } = attempt
  const { plan, broadcast: asked, passedBy, accountId } = conversation
  if (asked === undefined || !isRoutedByRule(state, accountId)) return () => false
  const wanted = wantedBy(state, conversation)
  const mayServeIt = mayServe(attempt, conversation, wanted)
  const isKept = keptFrom(attempt, conversation, plan)
  return (agentId) => {
    const agent = state.agents.get(agentId)
    if (agent === undefined || asked.agentIds.includes(agentId)) return false
    if (asked.giver === agentId || passedBy.includes(agentId)) return false
    return mayServeIt(agent) && hasRoomBeside(agent, conversation.id, wanted) && !isKept(agent)
  }
}
