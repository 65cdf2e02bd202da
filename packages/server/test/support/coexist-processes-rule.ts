// What must hold after real apps have shared an account: the choice recomputed from the log, the messages' own plans, and the phones.
import assert from 'node:assert/strict'
import type { LoggedEvent } from '@duoke/contract'
import { type AppStage, msgIdOf } from './app-stage.ts'
import { readLog } from './log-stage.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
type Asked = { readonly received: Of<'message.received'>; readonly text: string; readonly openid: string }

export async function checkProcesses(stage: AppStage, pushes: number): Promise<void> {
  const events = await readLog(stage.server.database, stage.organizationId)
  const openids = new Map<string, string>()
  const asked = new Map<string, Asked>()
  const replies = new Map<string, string[]>()
  const ids = new Set<string>()
  for (const [at, event] of events.entries()) {
    if (event.type === 'conversation.started') openids.set(event.facts.conversationId, event.personal?.openid ?? '')
    if (event.type === 'message.received') {
      ids.add(msgIdOf(event))
      const text = event.personal?.content.type === 'text' ? event.personal.content.text : ''
      const openid = openids.get(event.facts.conversationId) ?? ''
      if (event.facts.asks !== undefined) asked.set(event.facts.messageId, { received: event, text, openid })
      continue
    }
    if (event.type !== 'reply.arbitrated') continue
    const question = asked.get(event.facts.messageId)
    assert.ok(question !== undefined, 'a choice is made once, of what was asked')
    asked.delete(event.facts.messageId)
    const reply = checkChoice(event, question, events, at)
    if (reply !== null) replies.set(question.openid, [...(replies.get(question.openid) ?? []), reply])
  }
  assert.equal(asked.size, 0, 'every question ends with a choice')
  assert.ok(replies.size > 0, 'somebody was answered')
  assert.deepEqual([ids.size, events.filter(({ type }) => type === 'message.received').length], [pushes, pushes])
  checkPhones(stage, replies)
  assert.deepEqual(
    stage.servers.flatMap(({ errors }) => errors),
    [],
  )
}

/** The reply that must be on the phone. */
function checkChoice(
  { facts, position }: Of<'reply.arbitrated'>,
  { received, text }: Asked,
  events: readonly LoggedEvent[],
  at: number,
): string | null {
  const where = `${text}, chosen at ${position}`
  const { holder, answers, conversationId } = facts
  const [before] = holdersBefore(events, at, conversationId)
  assert.equal(nameOf(holder), before, `${where}: whose it was`)
  const { asks = [] } = received.facts
  const held = (appId: string) => before === `app:${appId}`
  const order = [...asks].sort((left, right) => Number(held(right)) - Number(held(left)))
  assert.deepEqual(
    answers.map(({ appId }) => appId),
    order,
    `${where}: the order of right`,
  )
  for (const { appId, outcome } of answers) checkAnswer(text, appId, outcome, where)
  const speaker =
    before === 'agent' ? undefined : answers.find(({ outcome }) => outcome === 'reply' || outcome === 'transfer')
  const winner = speaker === undefined ? { kind: 'nobody' } : { kind: 'app', appId: speaker.appId }
  assert.deepEqual(facts.winner, winner, `${where}: whose reply counts`)
  assert.ok(facts.inTime, `${where}: nobody died`)
  return speaker?.outcome === 'reply' ? `${speaker.appId} ${text}` : null
}

/** Nobody is said to have done what the message did not tell it to; only time may keep an answer away. */
function checkAnswer(text: string, appId: string, outcome: string, where: string): void {
  const plan = new RegExp(` ${appId}=(\\w+)`).exec(text)?.[1] ?? ''
  const allowed: Readonly<Record<string, readonly string[]>> = {
    reply: ['reply', 'late', 'failed'],
    transfer: ['transfer', 'late', 'failed'],
    silent: ['silent', 'late', 'failed'],
    hang: ['late', 'failed'],
    garbage: ['failed', 'late'],
  }
  assert.ok(allowed[plan]?.includes(outcome), `${where}: ${appId} should ${plan}, and is told to be ${outcome}`)
}

/** Who held it before the choice's own events, then all earlier ones; read backwards from the events alone. */
function holdersBefore(events: readonly LoggedEvent[], at: number, conversationId: string): string[] {
  const names: string[] = []
  let isOwn = true
  for (let index = at - 1; index >= 0 && names.length === 0; index -= 1) {
    const event = events[index]
    if (event === undefined || !('conversationId' in event.facts) || event.facts.conversationId !== conversationId) {
      isOwn = false
      continue
    }
    // What the choice itself led to stands right before it.
    isOwn &&= event.type !== 'message.received' && event.type !== 'reply.arbitrated' && isOfChoice(event)
    if (isOwn) continue
    if (event.type === 'session.closed') names.push('nobody')
    if (event.type === 'session.queued') names.push('queue')
    if (event.type === 'session.assigned') names.push(nameOf(event.facts.to))
  }
  return names.length === 0 ? ['nobody'] : names
}

const ofChoice: ReadonlySet<string> = new Set([
  'session.opened',
  'session.assigned',
  'session.queued',
  'message.submitted',
  'delivery.settled',
])

function isOfChoice({ type, actor }: LoggedEvent): boolean {
  return ofChoice.has(type) && actor.kind !== 'operator' && actor.kind !== 'agent'
}

function nameOf(holder: { readonly kind: string; readonly appId?: string }): string {
  return holder.kind === 'app' ? `app:${holder.appId}` : holder.kind
}

/** Each customer sees exactly the replies that were chosen, once, and WeChat always had an answer. */
function checkPhones(stage: AppStage, replies: ReadonlyMap<string, readonly string[]>): void {
  const { world } = stage.simulator
  for (const follower of world.followersOf('shop')) {
    const shown = world
      .chat(follower)
      .flatMap(({ via, content }) => (via === 'passive' && content.kind === 'text' ? [content.text] : []))
    assert.deepEqual(shown, replies.get(follower.openid) ?? [], `${follower.id} sees each chosen reply once`)
  }
  for (const { msgId, attempts } of world.journal.pushes()) {
    for (const { outcome, tookMs } of attempts) {
      assert.ok(outcome.kind === 'acknowledged' || outcome.kind === 'replied', `${msgId}: WeChat got ${outcome.kind}`)
      assert.ok(tookMs <= 3_500, `${msgId}: WeChat waited ${tookMs} ms`)
    }
  }
}
