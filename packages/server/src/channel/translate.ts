import type { Content, OutgoingContent } from '@duoke/contract'
import type { CommandOf, CustomerAct } from '@duoke/domain'
import {
  type CustomerMessage,
  type EventPush,
  type MessagePush,
  type PassiveReply,
  type Push,
  pushKey,
  storableText,
} from '@duoke/wechat'

/** A file of a received message that WeChat keeps for three days and that is fetched at once. */
export type MediaToFetch = {
  /** Duoke's own id, which the message's content names. */
  readonly mediaId: string
  /** WeChat's id. */
  readonly upstreamId: string
  readonly kind: MediaKind
}
export type MediaKind = 'image' | 'voice' | 'video' | 'thumb'

export type TranslatedPush = {
  readonly command: CommandOf<'customer.act'>
  /** The same for every repetition of the push: the log takes it once. */
  readonly key: string
  readonly media: readonly MediaToFetch[]
}

type Translation = { readonly act: CustomerAct; readonly content: Content; readonly media?: readonly MediaToFetch[] }
type DrawMediaId = () => string

/** Null when the push names nobody: there is no conversation that it could belong to. */
export function translatePush(
  push: Push,
  context: { readonly accountId: string; readonly document: string; readonly drawMediaId: DrawMediaId },
): TranslatedPush | null {
  const { accountId, document, drawMediaId } = context
  if (push.fromUser === '') return null
  const { act, content, media = [] } = translationOf(push, drawMediaId)
  return {
    key: `push:${accountId}:${pushKey(push)}`,
    media,
    command: {
      type: 'customer.act',
      accountId,
      openid: storableText(push.fromUser),
      act,
      kind: content.type,
      content,
      raw: storableText(document),
      sentAtMs: push.createTime * 1000,
      ...(media.length === 0 ? {} : { mediaIds: media.map((one) => one.mediaId) }),
    },
  }
}

function translationOf(push: Push, drawMediaId: DrawMediaId): Translation {
  if (push.kind === 'event') return eventOf(push)
  if (push.kind !== 'unknown') return { act: 'message', ...messageOf(push, drawMediaId) }
  const isMessage = push.msgType !== '' && push.msgType !== 'event'
  const name = push.event === undefined ? push.msgType : `event.${push.event}`
  return { act: isMessage ? 'message' : 'other', content: { type: 'unknown', name: clip(name, 200) } }
}

function messageOf(push: MessagePush, drawMediaId: DrawMediaId): Omit<Translation, 'act'> {
  const file = (upstreamId: string, kind: MediaKind): MediaToFetch => ({ mediaId: drawMediaId(), upstreamId, kind })
  switch (push.kind) {
    case 'text': {
      const menuItemId = push.menuItemId === undefined ? {} : { menuItemId: clip(push.menuItemId, 200) }
      return { content: { type: 'text', text: clip(push.content, 20_000), ...menuItemId } }
    }
    case 'image': {
      const image = file(push.mediaId, 'image')
      return { content: { type: 'image', mediaId: image.mediaId }, media: [image] }
    }
    case 'voice': {
      const voice = file(push.mediaId, 'voice')
      const format = push.format === undefined ? {} : { format: clip(push.format, 40) }
      const recognition = push.recognition === undefined ? {} : { recognition: clip(push.recognition, 20_000) }
      return { content: { type: 'voice', mediaId: voice.mediaId, ...format, ...recognition }, media: [voice] }
    }
    case 'video':
    case 'shortvideo': {
      const video = file(push.mediaId, 'video')
      const thumb = push.thumbMediaId ? file(push.thumbMediaId, 'thumb') : undefined
      return {
        content: { type: 'video', mediaId: video.mediaId, ...(thumb && { thumbMediaId: thumb.mediaId }) },
        media: thumb === undefined ? [video] : [video, thumb],
      }
    }
    case 'location': {
      const { latitude, longitude, scale, label = '' } = push
      const place = { latitude, longitude, ...(scale === undefined ? {} : { scale }) }
      return { content: { type: 'location', ...place, label: clip(label, 2000) } }
    }
    case 'link': {
      const { title, description = '', url } = push
      const words = { title: clip(title, 2000), description: clip(description, 20_000) }
      return { content: { type: 'link', ...words, url: clip(url, 4000) } }
    }
    case 'miniprogrampage': {
      const thumb = push.thumbMediaId ? file(push.thumbMediaId, 'thumb') : undefined
      const page = { title: clip(push.title, 2000), appId: clip(push.appId, 80), pagePath: clip(push.pagePath, 2000) }
      return {
        content: { type: 'mini-program', ...page, ...(thumb && { thumbMediaId: thumb.mediaId }) },
        media: thumb === undefined ? [] : [thumb],
      }
    }
    case 'file': {
      // WeChat gives no media id for it, so the file itself stays with WeChat (protocol reference, section 2.3).
      const size = push.fileTotalLen === undefined ? {} : { sizeBytes: push.fileTotalLen }
      return { content: { type: 'file', name: clip(push.title, 1000), ...size } }
    }
    default:
      return push satisfies never
  }
}

function eventOf(push: EventPush): Translation {
  switch (push.event) {
    case 'subscribe':
      return action('follow', 'follow', push.eventKey?.replace(/^qrscene_/, ''))
    case 'unsubscribe':
      return action('unfollow', 'unfollow')
    case 'SCAN':
      return action('scan', 'scan', push.eventKey)
    case 'CLICK':
      return action('menu', 'menu-click', push.eventKey)
    case 'scancode_push':
    case 'scancode_waitmsg':
      return action('menu', 'menu-scan', push.eventKey, push.scanCodeInfo.scanResult)
    case 'VIEW':
      return action('other', 'menu-link', push.eventKey)
    case 'view_miniprogram':
      return action('other', 'menu-mini-program', push.eventKey)
    case 'pic_sysphoto':
    case 'pic_photo_or_album':
    case 'pic_weixin':
      return action('other', 'menu-pictures', push.eventKey, String(push.sendPicsInfo.count))
    case 'location_select':
      return action('other', 'menu-location', push.eventKey, push.sendLocationInfo.label)
    case 'LOCATION':
      return action('other', 'location-reported', undefined, `${push.latitude},${push.longitude}`)
    case 'user_enter_tempsession':
      return action('enter', 'session-entered', push.sessionFrom)
    case 'user_enter_session_from_card':
      return action('other', 'session-entered-from-card', push.cardId)
    // Tencent's own customer service is not Duoke's: shown, and nothing follows from it.
    case 'kf_create_session':
    case 'kf_close_session':
      return action('other', push.event.replaceAll('_', '-'), push.kfAccount)
    case 'kf_switch_session':
      return action('other', 'kf-switch-session', push.toKfAccount, push.fromKfAccount)
    case 'TEMPLATESENDJOBFINISH':
      return action('other', 'template-message-finished', push.msgId, push.status)
    case 'MASSSENDJOBFINISH':
      return action('other', 'broadcast-finished', push.msgId, push.status)
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
      return action('other', 'subscription-answered', push.list[0]?.templateId, push.list[0]?.subscribeStatusString)
    case 'subscribe_msg_sent_event':
      return action('other', 'subscription-message-sent', push.list[0]?.templateId, push.list[0]?.errorStatus)
    case 'qualification_verify_success':
    case 'qualification_verify_fail':
    case 'naming_verify_success':
    case 'naming_verify_fail':
    case 'annual_renew':
    case 'verify_expired':
      return action('other', push.event.replaceAll('_', '-'), undefined, push.failReason)
    default:
      return push satisfies never
  }
}

function action(act: CustomerAct, name: string, key?: string, detail?: string): Translation {
  const more = {
    ...(key === undefined || key === '' ? {} : { key: clip(key, 2000) }),
    ...(detail === undefined || detail === '' ? {} : { detail: clip(detail, 2000) }),
  }
  return { act, content: { type: 'action', action: name, ...more } }
}

/** The lengths are the contract's; the raw push beside the content has the rest. A surrogate pair is not cut in two. */
function clip(text: string, maxLength: number): string {
  const storable = storableText(text)
  if (storable.length <= maxLength) return storable
  return storable.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')
}

/** A file that must be with WeChat before the answer that shows it can leave. */
export type MediaToUpload = { readonly mediaId: string; readonly kind: MediaKind }

export function mediaOf(content: Content | OutgoingContent): readonly MediaToUpload[] {
  switch (content.type) {
    case 'image':
    case 'voice':
      return [{ mediaId: content.mediaId, kind: content.type }]
    case 'video': {
      const thumb =
        content.thumbMediaId === undefined ? [] : [{ mediaId: content.thumbMediaId, kind: 'thumb' as const }]
      return [{ mediaId: content.mediaId, kind: 'video' }, ...thumb]
    }
    case 'mini-program':
    case 'music':
      return content.thumbMediaId === undefined ? [] : [{ mediaId: content.thumbMediaId, kind: 'thumb' }]
    case 'text':
    case 'news':
    case 'menu':
    case 'card':
    case 'file':
    case 'location':
    case 'link':
    case 'article':
    case 'action':
    case 'unknown':
      return []
    default:
      return content satisfies never
  }
}

/** WeChat's id of each file, by Duoke's. */
export type UploadedMedia = ReadonlyMap<string, string>

export function customerMessageOf(content: OutgoingContent, uploaded: UploadedMedia): CustomerMessage {
  switch (content.type) {
    case 'text':
      return { type: 'text', content: content.text }
    case 'image':
    case 'voice':
      return { type: content.type, mediaId: upstreamIdOf(content.mediaId, uploaded) }
    case 'video': {
      const { title, description, thumbMediaId } = content
      const mediaId = upstreamIdOf(content.mediaId, uploaded)
      // The thumbnail is no optional field there (protocol reference, section 5.8); WeChat makes one from the video itself.
      const thumb = thumbMediaId === undefined ? mediaId : upstreamIdOf(thumbMediaId, uploaded)
      return { type: 'video', mediaId, thumbMediaId: thumb, title, description }
    }
    case 'music': {
      const { title, description, url: musicUrl, hqUrl: hqMusicUrl } = content
      const thumbMediaId = upstreamIdOf(content.thumbMediaId, uploaded)
      return { type: 'music', title, description, musicUrl, hqMusicUrl, thumbMediaId }
    }
    case 'link': {
      const { title, description, url, pictureUrl: thumbUrl } = content
      return { type: 'link', title, description, url, thumbUrl }
    }
    case 'article':
      return content.source === 'published'
        ? { type: 'mpnewsarticle', articleId: content.articleId }
        : { type: 'mpnews', mediaId: content.articleId }
    case 'news':
      return { type: 'news', articles: content.articles.map(articleOf) }
    case 'menu': {
      const list = content.items.map((item) => ({ id: item.id, content: item.text }))
      return { type: 'msgmenu', headContent: content.head, list, tailContent: content.tail }
    }
    case 'mini-program': {
      const { title, appId, pagePath } = content
      const thumbMediaId = upstreamIdOf(content.thumbMediaId, uploaded)
      // A mini program leaves its own out.
      return { type: 'miniprogrampage', title, ...(appId !== '' && { appId }), pagePath, thumbMediaId }
    }
    case 'card':
      return { type: 'wxcard', cardId: content.cardId }
    default:
      return content satisfies never
  }
}

/** Null for what WeChat does not take as the answer to a push (protocol reference, section 3). */
export function passiveReplyOf(content: Content, uploaded: UploadedMedia): PassiveReply | null {
  switch (content.type) {
    case 'text':
      return { type: 'text', content: content.text }
    case 'image':
    case 'voice':
      return { type: content.type, mediaId: upstreamIdOf(content.mediaId, uploaded) }
    case 'video': {
      const { title, description } = content
      return { type: 'video', mediaId: upstreamIdOf(content.mediaId, uploaded), title, description }
    }
    case 'music': {
      if (content.thumbMediaId === undefined) return null
      const { title, description, url: musicUrl, hqUrl: hqMusicUrl } = content
      const thumbMediaId = upstreamIdOf(content.thumbMediaId, uploaded)
      return { type: 'music', title, description, musicUrl, hqMusicUrl, thumbMediaId }
    }
    case 'news':
      return { type: 'news', articles: content.articles.map(articleOf) }
    case 'file':
    case 'location':
    case 'link':
    case 'mini-program':
    case 'menu':
    case 'card':
    case 'article':
    case 'action':
    case 'unknown':
      return null
    default:
      return content satisfies never
  }
}

type ArticleContent = Extract<Content, { type: 'news' }>['articles'][number]

function articleOf({ title, description, url, pictureUrl = '' }: ArticleContent) {
  return { title, description, url, picUrl: pictureUrl }
}

function upstreamIdOf(mediaId: string, uploaded: UploadedMedia): string {
  const upstreamId = uploaded.get(mediaId)
  if (upstreamId === undefined) throw new RangeError('a file of this message was not uploaded')
  return upstreamId
}
