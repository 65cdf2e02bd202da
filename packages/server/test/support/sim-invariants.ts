// What must hold after a simulation, whatever happened in it: the log compared with what WeChat and its phones know.
import assert from 'node:assert/strict'
import type { LoggedEvent, Quota } from '@duoke/contract'
import type { ChatEntry, Follower, PushRecord, QuotaWindow } from '@duoke/simulator'
import { readDocument } from '@duoke/wechat'
import { assertSound } from './log-invariants.ts'
import { isAnswered, type Notes } from './sim-cast.ts'
import { agentIds, greeting, keywordReply, organizationId, type SimStage } from './sim-stage.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
type Known = { readonly stage: SimStage; readonly notes: Notes; readonly events: readonly LoggedEvent[] }

/** Answers the log, for whoever wants to know what has happened. */
export async function assertInvariants(stage: SimStage, notes: Notes): Promise<readonly LoggedEvent[]> {
  assert.deepEqual(stage.errors, [], 'the server met no error that it did not expect')
  const { events } = await assertSound(stage.app().ground.database, organizationId)
  const known = { stage, notes, events }
  assertPushes(known)
  assertSends(known)
  assertBubbles(known)
  await assertLedgers(known)
  return events
}

function of<T extends LoggedEvent['type']>(events: readonly LoggedEvent[], type: T): Of<T>[] {
  return events.filter((event): event is Of<T> => event.type === type)
}

function accountOf({ simulator }: SimStage): readonly Follower[] {
  return simulator.world.followersOf('shop')
}

const keyOfPush = (push: PushRecord, eventKey: string) =>
  push.msgId ?? [push.openid, push.createTime, push.type.replace('event:', ''), eventKey].join(' ')

function keyOfLogged({ personal }: Of<'message.received'>): string {
  const fields = readDocument(personal?.raw ?? '', 'xml')
  const { MsgId, FromUserName, CreateTime, Event, EventKey = '' } = fields
  return MsgId === undefined ? [FromUserName, CreateTime, Event, EventKey].map(String).join(' ') : String(MsgId)
}

/** I1: whatever WeChat was told `success` for is in the log once; nothing else is; and in the order of arrival. */
function assertPushes({ stage, notes, events }: Known): void {
  const positions = new Map<string, number>()
  for (const event of of(events, 'message.received')) {
    const key = keyOfLogged(event)
    assert.ok(!positions.has(key), `${key} is in the log twice`)
    positions.set(key, event.position)
  }
  const pushes = stage.simulator.world.journal.pushes().map((push) => ({
    ...{ push, key: keyOfPush(push, notes.eventKeys.get(push.id) ?? '') },
    ...{ begun: notes.begun.get(push.id) ?? 0, answered: notes.answered.get(push.id) ?? Number.POSITIVE_INFINITY },
  }))
  const pushed = new Set(pushes.map(({ key }) => key))
  for (const key of positions.keys()) assert.ok(pushed.has(key), `${key} was never pushed`)
  for (const { push, key } of pushes) {
    if (isAnswered(push)) assert.ok(positions.has(key), `${key} was answered success and is not in the log`)
  }
  assertArrival(pushes, positions)
}

type Pushed = { readonly key: string; readonly push: PushRecord; readonly begun: number; readonly answered: number }

/** I3: what was answered before something else was first pushed stands before it. */
function assertArrival(pushes: readonly Pushed[], positions: ReadonlyMap<string, number>): void {
  // Two acts of one second that look the same are one (F28), which arrived with the first.
  const first = new Map<string, Pushed>()
  for (const one of pushes) if (!first.has(one.key)) first.set(one.key, one)
  for (const before of first.values()) {
    for (const later of first.values()) {
      if (later.push.openid !== before.push.openid || later.begun < before.answered) continue
      const [place, next] = [positions.get(before.key), positions.get(later.key)]
      if (place === undefined || next === undefined) continue
      assert.ok(place < next, `${later.key} was pushed when ${before.key} had been answered, and stands before it`)
    }
  }
}

/** I2: an agent's message is in the log once however often it was pressed, and what was accepted is never lost. */
function assertSends({ notes, events }: Known): void {
  const logged = new Map<string, string>()
  for (const { facts, personal } of of(events, 'message.submitted')) {
    if (facts.clientId === undefined) continue
    assert.ok(!logged.has(facts.clientId), `${facts.clientId} was submitted twice`)
    assert.deepEqual(personal?.content, { type: 'text', text: facts.clientId })
    logged.set(facts.clientId, facts.conversationId)
  }
  for (const [clientId, { isAccepted, conversationId }] of notes.sent) {
    if (isAccepted) assert.equal(logged.get(clientId), conversationId, `${clientId} was accepted and is lost`)
  }
}

/** I2, I3, I8: what the log says of every answer is what the phones show: once, in order, and honest about the rest. */
function assertBubbles({ stage, notes, events }: Known): void {
  const settled = new Map(of(events, 'delivery.settled').map((event) => [event.facts.messageId, event.facts]))
  const shown = new Map<string, number>()
  for (const follower of accountOf(stage)) {
    const bubbles = textsOf(stage.simulator.world.chat(follower), 'custom')
    for (const text of bubbles.filter((one) => one.startsWith('答'))) {
      assert.ok(!shown.has(text), `${follower.id} got ${text} twice`)
      shown.set(text, shown.size)
    }
    assertPassiveReplies(stage, follower)
  }
  const lastShown = new Map<string, number>()
  for (const { facts, personal } of of(events, 'message.submitted')) {
    const text = personal?.content.type === 'text' ? personal.content.text : ''
    const outcome = settled.get(facts.messageId)?.outcome
    assert.ok(outcome !== undefined, `${text} was never settled`)
    if (facts.via !== 'customer-message' || facts.clientId === undefined) continue
    const place = shown.get(text)
    if (outcome === 'accepted') assert.ok(place !== undefined, `${text} is said to be delivered and is on no phone`)
    const isUnclear = notes.ambiguous.has(text) || notes.claimedAtDeath.has(facts.messageId)
    if (outcome === 'unknown') assert.ok(isUnclear, `${text} is unknown though nothing was unclear about it`)
    if (outcome !== 'accepted' && outcome !== 'unknown')
      assert.equal(place, undefined, `${text} is said to be ${outcome} and is on a phone`)
    // What WeChat itself kept back may be overtaken; everything else stays in order (F29).
    if (place === undefined || isUnclear) continue
    assert.ok(place > (lastShown.get(facts.conversationId) ?? -1), `${text} overtook an earlier answer`)
    lastShown.set(facts.conversationId, place)
  }
}

/** F26: one greeting a follow, one keyword reply a question, however often WeChat asked. */
function assertPassiveReplies({ simulator }: SimStage, follower: Follower): void {
  const chat = simulator.world.chat(follower)
  const replies = textsOf(chat, 'passive')
  const follows = chat.filter(({ content }) => content.kind === 'notice' && content.notice.code === 'followed').length
  const questions = chat.filter(({ from }) => from === 'follower').length
  assert.ok(replies.filter((text) => text === greeting).length <= follows, `${follower.id} was greeted twice`)
  assert.ok(replies.filter((text) => text === keywordReply).length <= questions)
}

function textsOf(chat: readonly ChatEntry[], via: ChatEntry['via']): string[] {
  return chat.flatMap((entry) => (entry.via === via && entry.content.kind === 'text' ? [entry.content.text] : []))
}

/** A minute, the shortest window: an answer that is under way when one ends may count in the next. */
const answerUnderWayMs = 60_000

const triggers = { message: 'message', 'menu-click': 'menu', follow: 'follow', scan: 'scan', enter: 'enter' } as const

/**
 * F51: WeChat refuses nothing for lack of allowance, and counts no more than we do; what we count beyond it is what it may
 * have taken (`unknown`) and what crossed an act that sets an allowance back.
 */
async function assertLedgers({ stage, events }: Known): Promise<void> {
  const { world } = stage.simulator
  // An act that never reached us may have opened a window, from which WeChat then takes first, or ended them all.
  const isUnheard = ({ openid }: Follower) =>
    world.journal.pushes().some((push) => push.openid === openid && !isAnswered(push))
  for (const { facts, personal } of of(events, 'conversation.started')) {
    const follower = world.followerByOpenid('shop', personal?.openid ?? '')
    assert.ok(follower !== undefined)
    if (isUnheard(follower)) continue
    const { unknown, crossing } = doubts(events, facts.conversationId)
    const { body: ledger } = await stage.ask(agentIds[0], 'GET', `/v1/conversations/${facts.conversationId}/quota`)
    for (const { trigger, openedAt, used } of ledger.windows as Quota['windows']) {
      const same = (one: QuotaWindow) => triggers[one.trigger] === trigger && one.openedAtMs === Date.parse(openedAt)
      const theirs: number | undefined = follower.quota.find(same)?.used
      if (theirs === undefined) continue
      const words: string = `${follower.id}: of the window of ${trigger}, ${used} are used here and ${theirs} at WeChat`
      assert.ok(used >= theirs && used <= theirs + unknown + crossing, words)
    }
    const refused = world.journal
      .calls()
      .filter(({ openid, fault }) => fault === null && openid === follower.openid)
      .filter(({ errcode }) => errcode === 45015 || errcode === 45047)
    assert.deepEqual(refused, [], `${follower.id}: WeChat refused what our ledger allowed`)
  }
}

/** Answers that WeChat may have taken (`unknown`), and those that it may have counted before or behind such an act. */
function doubts(all: readonly LoggedEvent[], conversationId: string): { unknown: number; crossing: number } {
  const events = all.filter(({ facts }) => 'conversationId' in facts && facts.conversationId === conversationId)
  const outcomes = new Map(of(events, 'delivery.settled').map((event) => [event.facts.messageId, event]))
  const resets = of(events, 'message.received').filter(({ facts }) => facts.opens !== null)
  const crosses = (answer: Of<'message.submitted'>) => {
    const settled = outcomes.get(answer.facts.messageId)
    const settledAtMs = settled?.atMs ?? Number.POSITIVE_INFINITY
    return resets.some(
      ({ atMs, facts }) => answer.atMs <= atMs && settledAtMs >= Date.parse(facts.sentAt) - answerUnderWayMs,
    )
  }
  const answers = of(events, 'message.submitted').filter(({ facts }) => facts.via === 'customer-message')
  const isUnknown = ({ facts }: Of<'message.submitted'>) => outcomes.get(facts.messageId)?.facts.outcome === 'unknown'
  return { unknown: answers.filter(isUnknown).length, crossing: answers.filter(crosses).length }
}
