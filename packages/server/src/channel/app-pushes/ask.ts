import type { Content } from '@duoke/contract'
import type { AskedAnswer } from '@duoke/domain'
import type { Failpoint } from '../../events/failpoint.ts'
import { agentIdOf } from '../compatible/kf-account.ts'
import type { MediaIds } from '../media-ids.ts'
import type { AppHealth } from './app-health.ts'
import type { FeedKey } from './delivery-log.ts'
import type { AppInFeed, FeedApps } from './feed-apps.ts'
import type { Feeds } from './feeds.ts'
import { appPushLimits } from './limits.ts'
import { type PostPorts, postToApp, type Tried } from './post.ts'
import type { AppAnswer, NotAskedReason } from './reply.ts'
import { replyContentOf } from './reply-content.ts'
import type { ClearPush } from './seal.ts'
import type { After } from './wake-up.ts'

/** What a customer did, for which apps may give the passive reply. */
export type Question = {
  readonly organizationId: string
  readonly accountId: string
  readonly conversationId: string
  readonly messageId: string
  /** Where the message stands in the log. */
  readonly position: number
  /** Apps in the order of their right. */
  readonly asks: readonly string[]
  readonly push: ClearPush
  readonly content: Content
  /** When WeChat's push arrived, by the server's clock. */
  readonly arrivedMs: number
}

/** One app's part: what it answered, and how. `tried` is null when it was not asked at all. */
export type AppConclusion = { readonly key: FeedKey; readonly answer: AskedAnswer; readonly tried: Tried | null }

export type Asking = {
  /** In the order of the question, as far as they were known in time: the others are `late`. */
  readonly answers: readonly AskedAnswer[]
  /** Of every app, however late it comes. */
  readonly conclusions: readonly Promise<AppConclusion>[]
}

export type AskPorts = PostPorts & {
  readonly apps: FeedApps
  readonly feeds: Pick<Feeds, 'ready' | 'asking'>
  readonly health: AppHealth
  readonly failpoint: Failpoint
  readonly mediaIds: Pick<MediaIds, 'namesOf'>
  readonly after: After
  readonly onError: (error: unknown) => void
}

/** For what is still on its way to an app before a question may overtake it. */
const behindForMs = 1_000
/** An earlier question of the same conversation goes first; after that it is enough that it has left for the app. */
const earlierForMs = 800

/**
 * Asks all at once. Ends when the first in order of right that answers is known and all before it have answered, or when
 * the time is over: an app that hangs delays only those who would have to give way to it.
 */
export function createAsking(ports: AskPorts): (question: Question) => Promise<Asking> {
  const inTurn = createTurnsOfConversations(ports.after)

  async function askOne(question: Question, key: FeedKey, earlier: Promise<void>): Promise<AppConclusion> {
    const notAsked = (reason: NotAskedReason): AppConclusion => ({
      key,
      answer: { appId: key.appId, outcome: 'failed', reason },
      tried: null,
    })
    try {
      const app = await ports.apps.find(key)
      if (app === null || !app.scopes.includes('messages:read')) return notAsked('gone')
      await earlier
      const { conversationId, position } = question
      if (!(await ports.feeds.ready(key, conversationId, position, behindForMs))) return notAsked('behind')
      const target = ports.health.targetFor(key, app.target)
      const asked = { push: question.push, role: 'responder' } as const
      let isOver = false
      const tried = await postToApp(ports, target, asked, () => {
        if (!isOver) ports.feeds.asking(key, position)
      })
      isOver = true
      ports.failpoint('app_pushed')
      ports.health.tried(key, tried.answer)
      return { key, tried, answer: await answerOf(ports, question, key, app, tried.answer) }
    } catch (error) {
      ports.onError(error)
      return notAsked('unavailable')
    }
  }

  return async (question) => {
    const { organizationId, accountId, asks } = question
    const conclusions = asks.map((appId) => {
      const key = { organizationId, appId, accountId }
      return inTurn(`${organizationId}\n${question.conversationId}\n${appId}`, (earlier) =>
        askOne(question, key, earlier),
      )
    })
    const answers = await firstToCount(ports, question, conclusions)
    return { answers, conclusions }
  }
}

/** The answers when the choice is clear, or when time is over. */
function firstToCount(
  { after, nowMs }: AskPorts,
  { asks, arrivedMs }: Question,
  conclusions: readonly Promise<AppConclusion>[],
): Promise<readonly AskedAnswer[]> {
  const known: (AskedAnswer | undefined)[] = asks.map(() => undefined)
  return new Promise((resolve) => {
    const settle = () => {
      cancel()
      resolve(asks.map((appId, at) => known[at] ?? { appId, outcome: 'late' }))
    }
    const cancel = after(Math.max(0, arrivedMs + appPushLimits.askWithinMs - nowMs()), settle)
    for (const [at, conclusion] of conclusions.entries()) {
      void conclusion.then(({ answer }) => {
        known[at] = answer
        if (isClear(known)) settle()
      })
    }
  })
}

function isClear(known: readonly (AskedAnswer | undefined)[]): boolean {
  for (const answer of known) {
    if (answer === undefined) return false
    if (answer.outcome === 'reply' || answer.outcome === 'transfer') return true
  }
  return true
}

async function answerOf(
  ports: AskPorts,
  { accountId, organizationId }: Question,
  { appId }: FeedKey,
  app: AppInFeed,
  answer: AppAnswer,
): Promise<AskedAnswer> {
  switch (answer.kind) {
    case 'silent':
      return { appId, outcome: 'silent' }
    case 'transfer': {
      const agentId = answer.kfAccount === null ? null : agentIdOf(answer.kfAccount, app.account)
      // A name that is nobody's leaves the customer to the queue (protocol reference, section 3.1).
      return { appId, outcome: 'transfer', ...(agentId !== null && { toAgentId: agentId }) }
    }
    case 'reply': {
      const owner = { organizationId, accountId }
      const said = await replyContentOf(answer.reply, { mediaIds: ports.mediaIds, owner })
      return said === null
        ? { appId, outcome: 'failed', reason: 'unknown-content' }
        : { appId, outcome: 'reply', content: said.content, media: said.media }
    }
    case 'malformed':
    case 'failed':
      return { appId, outcome: 'failed', reason: answer.reason }
    default:
      return answer satisfies never
  }
}

/** Questions of one conversation to one app begin in their order; whoever is slow lets the next begin all the same. */
function createTurnsOfConversations(after: After) {
  const last = new Map<string, Promise<unknown>>()
  return <T>(name: string, work: (earlier: Promise<void>) => Promise<T>): Promise<T> => {
    const before = last.get(name)
    const earlier =
      before === undefined
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            const cancel = after(earlierForMs, resolve)
            void before.then(() => {
              cancel()
              resolve()
            })
          })
    const running = work(earlier)
    last.set(name, running)
    void running.finally(() => {
      if (last.get(name) === running) last.delete(name)
    })
    return running
  }
}
