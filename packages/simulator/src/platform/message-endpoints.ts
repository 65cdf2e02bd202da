import { type CustomerMessage, parseCustomerMessage, parseTyping } from '@duoke/wechat'
import type { AccountKind } from '../model/account.ts'
import type { ChatContent } from '../model/chat.ts'
import type { Follower } from '../model/follower.ts'
import type { MediaType } from '../model/media-files.ts'
import { takeFromQuota } from '../model/quota.ts'
import type { World } from '../model/world.ts'
import { type ApiAnswer, type ApiContext, type Endpoint, OK, refuse } from './api.ts'

const EXCHANGE_WITHIN_MS = 30_000
/** How long a phone shows the indicator; no source says it exactly. */
const TYPING_SHOWN_MS = 15_000

/** Protocol reference, sections 5.8 to 5.10. */
export const messageEndpoints: Endpoint[] = [
  { method: 'POST', path: '/cgi-bin/message/custom/send', auth: 'token', run: send },
  { method: 'POST', path: '/cgi-bin/message/custom/typing', auth: 'token', run: typingOf('official-account') },
  { method: 'POST', path: '/cgi-bin/message/custom/business/typing', auth: 'token', run: typingOf('mini-program') },
]

/** Section 9. */
const MINI_PROGRAM_MESSAGES: readonly CustomerMessage['type'][] = ['text', 'image', 'link', 'miniprogrampage']

/** Nothing is counted or shown until every check has passed: a refused send costs no allowance. */
function send({ world, call, settings }: ApiContext): ApiAnswer {
  if (escapesText(call.body)) return refuse(47002)
  const parsed = parseCustomerMessage(call.body)
  if (!parsed.ok) return refuse(parsed.errcode)
  const follower = world.followerByOpenid(settings.id, parsed.openid)
  if (!follower) return refuse(40003)
  if (follower.followingSinceMs === null) return refuse(43004)
  if (follower.isBlacklisted) return refuse(43019)
  const isMiniProgram = settings.kind === 'mini-program'
  if (isMiniProgram && !MINI_PROGRAM_MESSAGES.includes(parsed.message.type)) return refuse(40008)
  // For mini programs only.
  if (!isMiniProgram && parsed.message.type === 'link') return refuse(48008)
  const content = contentOf(world, settings.id, parsed.message)
  if (typeof content === 'number') return refuse(content)
  const agent = settings.agents.find((known) => known.account === parsed.kfAccount)
  if (parsed.kfAccount !== undefined && !agent) return refuse(65401)
  const decision = takeFromQuota(follower.quota, world.ports.clock.nowMs())
  if (decision.kind === 'refused') return refuse(decision.errcode)
  follower.quota = decision.windows
  world.append(follower, {
    from: 'account',
    via: 'custom',
    content,
    ...(agent ? { agent: { account: agent.account, nickname: agent.nickname } } : {}),
    ...(parsed.aiMessage ? { isAi: true } : {}),
  })
  world.changed(follower)
  return OK
}

/**
 * Text must come as it is: `\u4f60` is refused. Escapes of control characters are let through, because JSON has no
 * other way to write them.
 */
function escapesText(body: Uint8Array): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}/.test(Buffer.from(body).toString('latin1'))
}

function contentOf(world: World, accountId: string, message: CustomerMessage): ChatContent | number {
  const has = (id: string, type: MediaType) => world.media.find(accountId, id)?.type === type
  switch (message.type) {
    case 'text':
      return { kind: 'text', text: message.content }
    case 'image':
      return has(message.mediaId, 'image') ? { kind: 'image', mediaId: message.mediaId } : 40007
    case 'voice':
      return voice(world, accountId, message.mediaId)
    case 'video': {
      const { mediaId, title = '', description = '' } = message
      return has(mediaId, 'video') ? { kind: 'video', mediaId, title, description } : 40007
    }
    case 'music': {
      const { title = '', description = '', musicUrl, hqMusicUrl, thumbMediaId } = message
      if (!has(thumbMediaId, 'thumb')) return 40007
      return { kind: 'music', title, description, url: musicUrl ?? hqMusicUrl ?? '' }
    }
    case 'news':
      return news(message)
    case 'mpnews':
      return { kind: 'article', id: message.mediaId }
    case 'mpnewsarticle':
      return { kind: 'article', id: message.articleId }
    case 'msgmenu': {
      const items = message.list.map(({ id, content }) => ({ id, content }))
      return { kind: 'menu', head: message.headContent ?? '', items, tail: message.tailContent ?? '' }
    }
    case 'wxcard':
      return { kind: 'card', cardId: message.cardId }
    case 'miniprogrampage': {
      const { title, appId = '', pagePath, thumbMediaId } = message
      const hasCover = has(thumbMediaId, 'thumb') || has(thumbMediaId, 'image')
      return hasCover ? { kind: 'mini-program', title, appId, pagePath } : 40007
    }
    case 'link': {
      const { title, description = '', url } = message
      return { kind: 'link', title, description, url }
    }
    default: {
      const missed: never = message
      return missed
    }
  }
}

function voice(world: World, accountId: string, mediaId: string): ChatContent | number {
  const file = world.media.find(accountId, mediaId)
  return file?.type === 'voice' ? { kind: 'voice', mediaId, seconds: Math.ceil(file.seconds) } : 40007
}

function news(message: CustomerMessage & { type: 'news' }): ChatContent {
  const articles = message.articles.map(({ title, description = '', url = '', picUrl = '' }) => ({
    title,
    description,
    url,
    picUrl,
  }))
  return { kind: 'news', articles }
}

/** One path for each kind of account, and the other one is refused (section 13, number 18). */
function typingOf(kind: AccountKind): (context: ApiContext) => ApiAnswer {
  return (context) => (context.settings.kind === kind ? typing(context) : refuse(40200))
}

function typing({ world, call, settings }: ApiContext): ApiAnswer {
  const parsed = parseTyping(call.body)
  if (!parsed.ok) return refuse(parsed.errcode)
  const follower = world.followerByOpenid(settings.id, parsed.openid)
  if (!follower) return refuse(40003)
  const nowMs = world.ports.clock.nowMs()
  if (parsed.command === 'CancelTyping') {
    world.setTyping(follower, null)
    return OK
  }
  if (!hasExchanged(follower, nowMs)) return refuse(45080)
  if (follower.typingUntilMs !== null && nowMs < follower.typingUntilMs) return refuse(45081)
  world.setTyping(follower, nowMs + TYPING_SHOWN_MS)
  return OK
}

function hasExchanged(follower: Follower, nowMs: number): boolean {
  if (follower.followingSinceMs === null || follower.lastExchangeMs === null) return false
  return nowMs - follower.lastExchangeMs <= EXCHANGE_WITHIN_MS
}
