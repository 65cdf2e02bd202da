import { openReply, type PassiveReply } from '@duoke/wechat'
import type { ChatContent } from '../model/chat.ts'
import type { PushOutcome } from '../model/journal.ts'
import type { MediaType } from '../model/media-files.ts'
import type { World } from '../model/world.ts'
import type { PushOrder } from './order.ts'

/** One article when a message is answered, eight when an event is; what is beyond is left out (section 3). */
const MOST_ARTICLES = { message: 1, event: 8 } as const

export interface Interpreted {
  outcome: PushOutcome
  shows: ChatContent[]
}

/** Reads the developer's answer as WeChat would: what cannot be read or shown is "service unavailable". */
export function interpretAnswer(world: World, order: PushOrder, body: Uint8Array): Interpreted {
  const { settings } = order.account
  const credentials = { ...settings, tokens: [settings.token], encodingAesKeys: [settings.encodingAesKey] }
  const reading = openReply(credentials, { body, format: settings.format })
  switch (reading.kind) {
    case 'acknowledgement':
      return { outcome: { kind: 'acknowledged' }, shows: [] }
    case 'invalid':
      return malformed(reading.reason)
    case 'reply': {
      // A mini program has no passive reply but the hand-over (section 9).
      if (settings.kind === 'mini-program' && reading.reply.type !== 'transfer_customer_service') {
        return malformed('a mini program cannot reply')
      }
      if (reading.toUser !== order.follower.openid) return malformed('the reply is to another user')
      if (reading.fromUser !== settings.originalId) return malformed('the reply is from another account')
      return show(world, order, reading.reply)
    }
    default: {
      const missed: never = reading
      return missed
    }
  }
}

function malformed(reason: string): Interpreted {
  return { outcome: { kind: 'malformed', reason }, shows: [] }
}

function show(world: World, order: PushOrder, reply: PassiveReply): Interpreted {
  const shown = contentOf(world, order, reply)
  if (typeof shown === 'string') return malformed(shown)
  return { outcome: { kind: 'replied', type: reply.type }, shows: shown ? [shown] : [] }
}

/** What the phone shows; null for nothing; a sentence when the reply is no good. */
function contentOf(world: World, order: PushOrder, reply: PassiveReply): ChatContent | null | string {
  switch (reply.type) {
    case 'text':
      return reply.content === '' ? 'empty text' : { kind: 'text', text: reply.content }
    case 'image':
      return hasMedia(world, order, reply.mediaId, 'image') ? { kind: 'image', mediaId: reply.mediaId } : NO_MEDIA
    case 'voice':
      return voice(world, order, reply.mediaId)
    case 'video': {
      const { mediaId, title = '', description = '' } = reply
      return hasMedia(world, order, mediaId, 'video') ? { kind: 'video', mediaId, title, description } : NO_MEDIA
    }
    case 'music':
      return music(reply)
    case 'news':
      return news(order, reply)
    case 'transfer_customer_service':
      return transfer(order, reply.kfAccount)
    default: {
      const missed: never = reply
      return missed
    }
  }
}

const NO_MEDIA = 'no such media'

function hasMedia(world: World, order: PushOrder, id: string, type: MediaType): boolean {
  return world.media.find(order.account.settings.id, id)?.type === type
}

function voice(world: World, order: PushOrder, mediaId: string): ChatContent | string {
  const file = world.media.find(order.account.settings.id, mediaId)
  return file?.type === 'voice' ? { kind: 'voice', mediaId, seconds: Math.ceil(file.seconds) } : NO_MEDIA
}

function music(reply: PassiveReply & { type: 'music' }): ChatContent {
  const { title = '', description = '', musicUrl, hqMusicUrl } = reply
  return { kind: 'music', title, description, url: musicUrl ?? hqMusicUrl ?? '' }
}

function news(order: PushOrder, reply: PassiveReply & { type: 'news' }): ChatContent | string {
  const articles = reply.articles.slice(0, MOST_ARTICLES[order.content.kind])
  return articles.length === 0 ? 'no article' : { kind: 'news', articles }
}

/** Tencent's own console is not simulated: the message simply leaves. An unknown agent is an error (section 3.1). */
function transfer(order: PushOrder, named: string | undefined): null | string {
  const isKnown = named === undefined || order.account.settings.agents.some((agent) => agent.account === named)
  return isKnown ? null : 'no such agent'
}
