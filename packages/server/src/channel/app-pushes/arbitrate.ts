import type { CommandResult } from '@duoke/domain'
import type { Database } from '../../database/client.ts'
import type { Log } from '../../events/log.ts'
import type { MediaIds } from '../media-ids.ts'
import type { AppConclusion, Asking, Question } from './ask.ts'
import { type Delivery, type FeedKey, wordsOf } from './delivery-log.ts'
import type { FeedApps } from './feed-apps.ts'
import type { Became, FeedEntry } from './feed-state.ts'
import type { FeedStore } from './feed-store.ts'
import type { AppReply } from './reply.ts'
import { replyContentOf } from './reply-content.ts'
import type { After } from './wake-up.ts'

export type PassiveAnswer = CommandResult['passiveReply']

export type Arbitration = {
  /** Asks, has the choice made, and answers what WeChat is to be told. */
  choose(question: Question): Promise<PassiveAnswer>
  /** The same for a repetition that met this server while another one asks; undefined when time is over. */
  chosen(which: ChosenBy, untilMs: number): Promise<PassiveAnswer>
  /** A reply in the answer to a push that was no question, or came after the choice. */
  late(key: FeedKey, entry: FeedEntry, reply: AppReply): Promise<Became>
  /** Resolves when everything that came too late is written down. */
  idle(): Promise<void>
}

export type ChosenBy = { readonly organizationId: string; readonly conversationId: string; readonly messageId: string }

export type ArbitrationPorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly ask: (question: Question) => Promise<Asking>
  readonly apps: FeedApps
  readonly mediaIds: Pick<MediaIds, 'namesOf'>
  readonly store: Pick<FeedStore, 'write'>
  readonly nowMs: () => number
  readonly after: After
  readonly onError: (error: unknown) => void
}

const lookAgainAfterMs = 50

export function createArbitration(ports: ArbitrationPorts): Arbitration {
  const { log, store, onError } = ports
  const writing = new Set<Promise<void>>()

  async function choose(question: Question): Promise<PassiveAnswer> {
    const { answers, conclusions } = await ports.ask(question)
    const { organizationId, conversationId, messageId, content } = question
    const outcome = await log.submit(
      organizationId,
      { type: 'reply.arbitrate', conversationId, messageId, content, answers },
      { lane: 'pushes', key: keyOf(messageId) },
    )
    if (!outcome.accepted) return undefined
    for (const [at, conclusion] of conclusions.entries()) {
      const wasInTime = answers[at]?.outcome !== 'late'
      track(writeDown(question, conclusion, wasInTime ? outcome.result : null))
    }
    return outcome.result.passiveReply
  }

  function track(work: Promise<void>): void {
    const tracked = work.catch(onError).finally(() => writing.delete(tracked))
    writing.add(tracked)
  }

  async function writeDown(
    question: Question,
    conclusion: Promise<AppConclusion>,
    result: CommandResult | null,
  ): Promise<void> {
    const concluded = await conclusion
    const became = result === null ? await becameLate(question, concluded) : becameOf(concluded.key, result)
    await store.write(question.organizationId, [deliveryOf(ports, question, concluded, became)])
  }

  async function becameLate({ conversationId, messageId }: Question, { key, answer }: AppConclusion): Promise<Became> {
    if (answer.outcome === 'transfer') return { became: 'dropped', becameReason: 'late' }
    if (answer.outcome !== 'reply') return { became: null, becameReason: null }
    return sendLate(log, key, { conversationId, messageId, content: answer.content })
  }

  return {
    choose,
    chosen: (which, untilMs) => waitForChoice(ports, which, untilMs),
    async late(key, entry, reply) {
      const { messageId } = entry.feedPush
      const app = await ports.apps.find(key)
      if (app === null || messageId === null) return { became: 'dropped', becameReason: 'not_asked' }
      // Who was asked hears in the log what became of it; who was not may wish to answer all the same.
      if (!entry.isAsked && app.attachment.lateReplies === 'drop')
        return { became: 'dropped', becameReason: 'not_asked' }
      const said = await replyContentOf(reply, { mediaIds: ports.mediaIds, owner: key })
      if (said === null) return { became: 'dropped', becameReason: 'unknown-content' }
      return sendLate(log, key, { conversationId: entry.conversationId, messageId, content: said.content })
    },
    async idle() {
      while (writing.size > 0) await Promise.all(writing)
    },
  }
}

type Late = { readonly conversationId: string; readonly messageId: string; readonly content: Question['content'] }

/** What the log makes of an answer that was not in time: sent as a message where its owner wants that, or dropped. */
async function sendLate(log: ArbitrationPorts['log'], key: FeedKey, late: Late): Promise<Became> {
  const outcome = await log.submit(
    key.organizationId,
    { type: 'reply.late', appId: key.appId, ...late },
    { lane: `app:${key.appId}`, key: `late:${late.messageId}:${key.appId}` },
  )
  if (!outcome.accepted) return { became: 'dropped', becameReason: outcome.code }
  const became = outcome.result.late
  return {
    became: became?.became ?? 'dropped',
    becameReason: became !== undefined && 'reason' in became ? became.reason : null,
  }
}

const keyOf = (messageId: string): string => `arbitrate:${messageId}`

function becameOf({ appId }: FeedKey, { arbitration }: CommandResult): Became {
  const told = arbitration?.answers.find((answer) => answer.appId === appId)
  if (told === undefined || told.became === 'nothing') return { became: null, becameReason: null }
  return { became: told.became, becameReason: told.reason ?? null }
}

function deliveryOf(
  { nowMs }: Pick<ArbitrationPorts, 'nowMs'>,
  { conversationId, position, messageId, push }: Question,
  { key, answer, tried }: AppConclusion,
  { became, becameReason }: Became,
): Delivery {
  const { MsgType, Event } = push.fields
  const name = MsgType === 'event' && typeof Event === 'string' ? Event : String(MsgType ?? 'unknown')
  const what = { key, conversationId, position, messageId, kind: 'ask', name, role: 'responder' } as const
  if (tried === null) {
    const reason = 'reason' in answer ? (answer.reason ?? null) : null
    const nothing = {
      attempt: 0,
      atMs: nowMs(),
      tookMs: 0,
      status: null,
      reply: null,
      became: null,
      becameReason: null,
    }
    return { ...what, ...nothing, outcome: 'not-asked', reason }
  }
  const { startedMs, tookMs, status } = tried
  return { ...what, attempt: 1, atMs: startedMs, tookMs, status, ...wordsOf(tried.answer), became, becameReason }
}

/** Looks into what was decided: the command's own result, kept for whoever comes again. */
async function waitForChoice(
  { database, nowMs, after }: ArbitrationPorts,
  { organizationId, conversationId, messageId }: ChosenBy,
  untilMs: number,
): Promise<PassiveAnswer> {
  for (;;) {
    const { rows } = await database.withOrganization(
      organizationId,
      (tx) =>
        tx.query<{ result: string | null }>({
          name: 'arbitration_result',
          // Where nobody was there to hand the choice in, a timer made it, and there is nothing to answer.
          text: `select result::text from seen_command where org_id = $1 and key = $2
            union all select null from event where org_id = $1 and conversation_id = $3 and type = 'reply.arbitrated'
              and facts->>'messageId' = $4
            limit 1`,
          values: [organizationId, keyOf(messageId), conversationId, messageId],
        }),
      { readOnly: true },
    )
    const [row] = rows
    if (row !== undefined)
      return row.result === null ? undefined : (JSON.parse(row.result) as CommandResult).passiveReply // as the log stored it
    if (nowMs() + lookAgainAfterMs > untilMs) return undefined
    await new Promise<void>((resolve) => after(lookAgainAfterMs, resolve))
  }
}
