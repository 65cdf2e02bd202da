// The published rule, once more and from its words alone: who is asked, whose reply counts, and what becomes of the rest.
import assert from 'node:assert/strict'
import type { AppSettings, LoggedEvent } from '@duoke/contract'
import { readDocument } from '@duoke/wechat'
import type { Deed } from './coexist-apps.ts'
import { commitsWithinMs, type Step } from './coexist-log.ts'
import { type CoexistStage, keyword, keywordReply } from './coexist-stage.ts'
import type { Pushed } from './coexist-wechat.ts'

type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>
type Question = { readonly received: Of<'message.received'>; readonly pushed: Pushed; readonly asks: readonly string[] }
/** `agent`, `queue`, `nobody`, or `app:` and its id. */
type HeldBy = string

/** What happened, for whoever counts; throws at the first thing that the rule does not say. */
export function checkByTheRule(stage: CoexistStage, pushes: readonly Pushed[]): ReadonlySet<string> {
  const happened = new Set<string>()
  const apps = new Map<string, AppSettings>()
  const suspended = new Set<string>()
  const holders = new Map<string, HeldBy>()
  const questions = new Map<string, Question>()
  const replies = new Map<string, string>()
  const logged = new Set<string>()

  const heldBy = (conversationId: string) => holders.get(conversationId) ?? 'nobody'

  for (const step of stage.log.steps) {
    const chosen = one(step, 'reply.arbitrated')
    const received = one(step, 'message.received')
    if (received !== undefined) {
      const pushed = pushOf(received, pushes)
      assert.ok(!logged.has(pushed.msgId), `${pushed.msgId} is in the log twice`)
      logged.add(pushed.msgId)
      const asks = shouldBeAsked([...apps.values()], suspended, heldBy(received.facts.conversationId), pushed.text)
      assert.deepEqual(received.facts.asks ?? [], asks, `${pushed.msgId}: who is asked`)
      if (asks.length > 0) questions.set(received.facts.messageId, { received, pushed, asks })
      else checkUnasked(step, pushed, heldBy(received.facts.conversationId), replies)
    }
    if (chosen !== undefined) {
      const question = questions.get(chosen.facts.messageId)
      assert.ok(question !== undefined, 'a choice is made once, of what was asked')
      questions.delete(chosen.facts.messageId)
      const before = heldBy(chosen.facts.conversationId)
      checkChoice({ stage, step, chosen, question, before, apps, replies, happened })
    }
    for (const event of step.events) take(event)
    checkAppMessages(step)
  }
  assert.equal(questions.size, 0, 'every question ends with a choice')
  checkWechat(stage, pushes, replies, logged)
  return happened

  function take(event: LoggedEvent): void {
    if (event.type === 'app.configured') apps.set(event.facts.appId, event.facts)
    if (event.type === 'app.suspended') suspended.add(event.facts.appId)
    if (event.type === 'app.recovered') suspended.delete(event.facts.appId)
    if (event.type === 'session.queued') holders.set(event.facts.conversationId, 'queue')
    if (event.type === 'session.closed') holders.set(event.facts.conversationId, 'nobody')
    if (event.type !== 'session.assigned') return
    const { to, conversationId } = event.facts
    holders.set(conversationId, to.kind === 'app' ? `app:${to.appId}` : to.kind)
  }

  /** What an app may send later: where its owner wants that, and never into what an agent or another app holds. */
  function checkAppMessages(step: Step): void {
    for (const event of step.events) {
      if (event.type !== 'message.submitted' || event.actor.kind !== 'app') continue
      if (event.facts.via !== 'customer-message' || step.command.type === 'message.submit') continue
      const { appId } = event.actor
      happened.add('sent later')
      assert.equal(apps.get(appId)?.attachments[0]?.lateReplies, 'send')
      assert.ok(['nobody', `app:${appId}`].includes(heldBy(event.facts.conversationId)), `${appId} has no control`)
    }
  }
}

function one<T extends LoggedEvent['type']>({ events }: Step, type: T): Of<T> | undefined {
  const found = events.filter((event): event is Of<T> => event.type === type)
  assert.ok(found.length <= 1, `one command led to ${type} twice`)
  return found[0]
}

function pushOf({ personal }: Of<'message.received'>, pushes: readonly Pushed[]): Pushed {
  const { MsgId } = readDocument(personal?.raw ?? '', 'xml')
  const pushed = pushes.find(({ msgId }) => msgId === MsgId)
  assert.ok(pushed !== undefined, 'nothing is in the log that WeChat did not push')
  return pushed
}

function shouldBeAsked(
  apps: readonly AppSettings[],
  suspended: ReadonlySet<string>,
  holder: HeldBy,
  text: string,
): string[] {
  if (holder === 'agent') return []
  const responders = apps.flatMap(({ appId, attachments: [attachment] }) =>
    attachment === undefined || attachment.role !== 'responder' || suspended.has(appId) ? [] : [{ appId, attachment }],
  )
  const holds = (appId: string) => holder === `app:${appId}`
  return responders
    .filter(({ appId, attachment }) => holds(appId) || attachment.when === null || text !== '问2')
    .sort((left, right) => {
      const byHolder = Number(holds(right.appId)) - Number(holds(left.appId))
      return byHolder || right.attachment.priority - left.attachment.priority || (left.appId < right.appId ? -1 : 1)
    })
    .map(({ appId }) => appId)
}

const passiveOf = ({ events }: Step) =>
  events.filter(
    (event): event is Of<'message.submitted'> =>
      event.type === 'message.submitted' && event.facts.via === 'passive-reply',
  )

function textsOf(step: Step): string[] {
  return passiveOf(step).map(({ personal }) => (personal?.content.type === 'text' ? personal.content.text : '?'))
}

function checkUnasked(step: Step, pushed: Pushed, holder: HeldBy, replies: Map<string, string>): void {
  const expected = noticeFor(pushed, holder)
  assert.deepEqual(textsOf(step), expected, `${pushed.msgId}: nobody is asked`)
  for (const text of expected) replies.set(pushed.msgId, text)
}

/** Duoke's own answer; silent while an agent or an app holds. */
const noticeFor = ({ text }: Pushed, holder: HeldBy): string[] =>
  text === keyword && (holder === 'nobody' || holder === 'queue') ? [keywordReply] : []

type Choice = {
  readonly stage: CoexistStage
  readonly step: Step
  readonly chosen: Of<'reply.arbitrated'>
  readonly question: Question
  readonly before: HeldBy
  readonly apps: ReadonlyMap<string, AppSettings>
  readonly replies: Map<string, string>
  readonly happened: Set<string>
}

function checkChoice(choice: Choice): void {
  const { chosen, question, before, step, replies, happened } = choice
  const { pushed, asks } = question
  const where = `${pushed.msgId} at ${chosen.position}`
  const order = [...asks].sort((left, right) => Number(before === `app:${right}`) - Number(before === `app:${left}`))
  assert.deepEqual(
    chosen.facts.answers.map(({ appId }) => appId),
    order,
    `${where}: the order of right`,
  )
  checkTime(choice, where)
  const answers = order.map((appId) => answerAt(choice, appId, where))
  const speaker =
    before === 'agent' ? undefined : answers.find(({ outcome }) => outcome === 'reply' || outcome === 'transfer')
  const notice = speaker === undefined && chosen.facts.inTime ? noticeFor(pushed, before) : []
  const winner =
    speaker !== undefined
      ? { kind: 'app', appId: speaker.appId }
      : notice.length > 0
        ? { kind: 'rule', rule: 'keyword' }
        : { kind: 'nobody' }
  assert.deepEqual(chosen.facts.winner, winner, `${where}: whose reply counts`)
  const expected = speaker?.outcome === 'reply' ? [speaker.text] : notice
  assert.deepEqual(textsOf(step), expected, `${where}: exactly one reply`)
  if (expected[0] !== undefined) replies.set(pushed.msgId, expected[0])
  checkHolder(choice, answers, winner.kind, where)
  note(happened, chosen, winner, before)
}

function note(
  happened: Set<string>,
  { facts }: Of<'reply.arbitrated'>,
  winner: { kind: string; appId?: string },
  before: HeldBy,
) {
  happened.add(`won: ${winner.appId ?? winner.kind}`)
  if (!facts.inTime) happened.add('chosen by the timer')
  if (before === 'agent') happened.add('an agent came first')
  for (const { outcome, became, reason } of facts.answers) happened.add(`${outcome} ${became}`).add(`because ${reason}`)
}

type Answer = { readonly appId: string; readonly outcome: Deed['outcome'] | 'late'; readonly text: string }

/** What the app did, if it was known when the choice was handed in; within one transaction's time the log's word counts. */
function answerAt({ stage, chosen, question }: Choice, appId: string, where: string): Answer {
  const told = chosen.facts.answers.find((answer) => answer.appId === appId)?.outcome
  const deeds = stage.deeds.filter((deed) => deed.appId === appId && deed.msgId === question.pushed.msgId)
  assert.ok(deeds.length <= 1, `${where}: ${appId} is asked once`)
  const [deed] = deeds
  const late = { appId, outcome: 'late', text: '' } as const
  const isKnown = deed !== undefined && deed.knownMs <= chosen.atMs && chosen.facts.inTime
  const isUnclear = deed !== undefined && deed.knownMs > chosen.atMs - commitsWithinMs
  const answer =
    !isKnown || (isUnclear && told === 'late') ? late : { appId, outcome: deed.outcome, text: deed.text ?? '' }
  assert.equal(told, answer.outcome, `${where}: what ${appId} did`)
  return answer
}

/** Three seconds, or as soon as the choice is clear; four when whoever asked is dead. */
function checkTime({ stage, chosen, question }: Choice, where: string): void {
  const { received, asks, pushed } = question
  const first = pushed.attempts[0]?.startedMs ?? 0
  if (!chosen.facts.inTime) {
    assert.ok(chosen.atMs >= received.atMs + 4_000, `${where}: the timer waits for whoever asked`)
    assert.ok(
      stage.deathsMs.some((ms) => ms >= first && ms <= chosen.atMs),
      `${where}: nobody died, and a timer chose`,
    )
    return
  }
  // The attempt that was taken; an earlier one may have met a server that was dying.
  const arrived = pushed.attempts.findLast(({ startedMs }) => startedMs <= received.atMs)?.startedMs ?? first
  assert.ok(
    chosen.atMs <= arrived + 3_000 + 2 * commitsWithinMs,
    `${where}: chosen at most three seconds after the push`,
  )
  if (chosen.atMs >= first + 3_000) return
  for (const appId of asks) {
    const outcome = chosen.facts.answers.find((answer) => answer.appId === appId)?.outcome
    assert.notEqual(outcome, 'late', `${where}: ${appId} had time left and a right to be waited for`)
    if (outcome === 'reply' || outcome === 'transfer') return
  }
}

/** Nobody's becomes the winner's, or the first proper app's, or the humans'; what is somebody's stays so. */
function checkHolder({ step, before }: Choice, answers: readonly Answer[], winner: string, where: string): void {
  const assigned = step.events.findLast((event) => event.type === 'session.assigned')
  const queued = step.events.some((event) => event.type === 'session.queued')
  const to = assigned?.facts.to
  const after = to === undefined ? (queued ? 'queue' : before) : to.kind === 'app' ? `app:${to.appId}` : to.kind
  const speaker =
    before === 'agent' ? undefined : answers.find(({ outcome }) => outcome === 'reply' || outcome === 'transfer')
  if (speaker?.outcome === 'transfer')
    assert.ok(after === 'agent' || after === 'queue', `${where}: handed over to ${after}`)
  else if (before !== 'nobody' || winner === 'rule') assert.equal(after, before, `${where}: whose it was`)
  else {
    const taker = speaker ?? answers.find(({ outcome }) => outcome === 'reply' || outcome === 'silent')
    if (taker === undefined)
      assert.ok(after === 'agent' || after === 'queue', `${where}: nobody answered, and ${after} holds`)
    else assert.equal(after, `app:${taker.appId}`, `${where}: who takes it`)
  }
}

/** WeChat's side: answered in time, always with the same, and nothing that it was told `success` for is lost. */
function checkWechat(
  stage: CoexistStage,
  pushes: readonly Pushed[],
  replies: ReadonlyMap<string, string>,
  logged: ReadonlySet<string>,
): void {
  for (const { msgId, attempts } of pushes) {
    const answered = attempts.filter(({ answeredMs }) => answeredMs !== null)
    for (const { startedMs, answeredMs } of answered) {
      assert.ok((answeredMs ?? 0) - startedMs <= 3_500, `${msgId}: WeChat waited ${(answeredMs ?? 0) - startedMs} ms`)
    }
    if (answered.length > 0) assert.ok(logged.has(msgId), `${msgId} was answered and is lost`)
    const shown = new Set(answered.flatMap(({ reply }) => (reply === null ? [] : [reply])))
    const reply = replies.get(msgId)
    assert.deepEqual(
      [...shown].filter((text) => text !== reply),
      [],
      `${msgId}: only the reply that was chosen`,
    )
    const [first, last] = [attempts[0]?.startedMs ?? 0, attempts.at(-1)?.startedMs ?? 0]
    const isDisturbed = stage.deathsMs.some((ms) => ms >= first && ms <= last + 5_000)
    if (isDisturbed) continue
    assert.equal(answered.length, attempts.length, `${msgId}: an attempt was left without an answer`)
    // One that comes four seconds later still learns it.
    for (const attempt of answered)
      assert.equal(attempt.reply, reply ?? null, `${msgId}: every repetition gets the same`)
  }
  assert.deepEqual(stage.errors, [])
}
