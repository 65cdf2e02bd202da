import { jsonList, optionalText, type ShapeCodec, shape, text } from '../document/codec.ts'
import type { CustomerArticle, CustomerMessageBodies, CustomerMessageType, MenuItem } from './customer-message.ts'

const media = shape<{ readonly mediaId: string }>({ mediaId: text('media_id') })

const article = shape<CustomerArticle>({
  title: text('title'),
  description: optionalText('description'),
  url: optionalText('url'),
  picUrl: optionalText('picurl'),
})

/** What stands under the message type's own name; all lower case, unlike the passive replies. */
export const customerMessageCodecs: {
  readonly [K in CustomerMessageType]: ShapeCodec<CustomerMessageBodies[K]>
} = {
  text: shape<CustomerMessageBodies['text']>({ content: text('content') }),
  image: media,
  voice: media,
  video: shape<CustomerMessageBodies['video']>({
    mediaId: text('media_id'),
    thumbMediaId: optionalText('thumb_media_id'),
    title: optionalText('title'),
    description: optionalText('description'),
  }),
  music: shape<CustomerMessageBodies['music']>({
    title: optionalText('title'),
    description: optionalText('description'),
    musicUrl: optionalText('musicurl'),
    hqMusicUrl: optionalText('hqmusicurl'),
    thumbMediaId: text('thumb_media_id'),
  }),
  news: shape<CustomerMessageBodies['news']>({ articles: jsonList('articles', article) }),
  mpnews: media,
  mpnewsarticle: shape<CustomerMessageBodies['mpnewsarticle']>({ articleId: text('article_id') }),
  msgmenu: shape<CustomerMessageBodies['msgmenu']>({
    headContent: optionalText('head_content'),
    list: jsonList('list', shape<MenuItem>({ id: text('id'), content: text('content') })),
    tailContent: optionalText('tail_content'),
  }),
  wxcard: shape<CustomerMessageBodies['wxcard']>({ cardId: text('card_id') }),
  miniprogrampage: shape<CustomerMessageBodies['miniprogrampage']>({
    title: text('title'),
    appId: optionalText('appid'),
    pagePath: text('pagepath'),
    thumbMediaId: text('thumb_media_id'),
  }),
  link: shape<CustomerMessageBodies['link']>({
    title: text('title'),
    description: optionalText('description'),
    url: text('url'),
    thumbUrl: optionalText('thumb_url'),
  }),
}

export function isCustomerMessageType(name: string): name is CustomerMessageType {
  return Object.hasOwn(customerMessageCodecs, name)
}
