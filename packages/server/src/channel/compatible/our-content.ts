import type { OutgoingContent } from '@duoke/contract'
import type { CustomerMessage } from '@duoke/wechat'
import type { MediaKind } from '../translate.ts'

type OurMediaId = (wechatId: string, kind: MediaKind) => Promise<string>

/** What an app sends in WeChat's words, in ours: what everybody reads in the record and what the outbox sends. */
export async function ourContentOf(message: CustomerMessage, ourId: OurMediaId): Promise<OutgoingContent> {
  switch (message.type) {
    case 'text':
      return { type: 'text', text: message.content }
    case 'image':
    case 'voice':
      return { type: message.type, mediaId: await ourId(message.mediaId, message.type) }
    case 'video': {
      const { title, description, thumbMediaId: thumb } = message
      // Clients that have no thumbnail name the video itself.
      const hasThumb = thumb !== undefined && thumb !== '' && thumb !== message.mediaId
      return {
        type: 'video',
        mediaId: await ourId(message.mediaId, 'video'),
        ...(hasThumb && { thumbMediaId: await ourId(thumb, 'thumb') }),
        ...(title !== undefined && { title }),
        ...(description !== undefined && { description }),
      }
    }
    case 'music': {
      const { title = '', description = '', musicUrl, hqMusicUrl, thumbMediaId } = message
      const hq = hqMusicUrl === undefined ? {} : { hqUrl: hqMusicUrl }
      const thumb = await ourId(thumbMediaId, 'thumb')
      return { type: 'music', title, description, url: musicUrl ?? '', ...hq, thumbMediaId: thumb }
    }
    case 'news':
      return {
        type: 'news',
        articles: message.articles.map(({ title, description = '', url = '', picUrl }) => ({
          ...{ title, description, url },
          ...(picUrl !== undefined && { pictureUrl: picUrl }),
        })),
      }
    case 'mpnews':
      return { type: 'article', source: 'material', articleId: message.mediaId }
    case 'mpnewsarticle':
      return { type: 'article', source: 'published', articleId: message.articleId }
    case 'msgmenu':
      return {
        type: 'menu',
        ...(message.headContent !== undefined && { head: message.headContent }),
        items: message.list.map(({ id, content }) => ({ id, text: content })),
        ...(message.tailContent !== undefined && { tail: message.tailContent }),
      }
    case 'wxcard':
      return { type: 'card', cardId: message.cardId }
    case 'miniprogrampage': {
      const { title, appId = '', pagePath } = message
      return { type: 'mini-program', title, appId, pagePath, thumbMediaId: await ourId(message.thumbMediaId, 'thumb') }
    }
    case 'link': {
      const { title, description = '', url, thumbUrl } = message
      return { type: 'link', title, description, url, ...(thumbUrl !== undefined && { pictureUrl: thumbUrl }) }
    }
    default:
      return message satisfies never
  }
}
