import { group, list, optionalText, type ShapeCodec, shape, text } from '../document/codec.ts'
import { type Fields, fieldValue, isFields, textOf } from '../document/fields.ts'
import type { Article, ReplyBodies, ReplyType } from './reply.ts'

const media = shape<{ readonly mediaId: string }>({ mediaId: text('MediaId') })

const article = shape<Article>({
  title: lenientText('Title'),
  description: lenientText('Description'),
  picUrl: lenientText('PicUrl'),
  url: lenientText('Url'),
})

/** An article may leave any of its four out. */
function lenientText(name: string) {
  return { ...text(name), read: (fields: Fields) => ({ value: textOf(fields, name) ?? '' }) }
}

const video = shape<ReplyBodies['video']>({
  mediaId: text('MediaId'),
  title: optionalText('Title'),
  description: optionalText('Description'),
})

const music = shape<ReplyBodies['music']>({
  title: optionalText('Title'),
  description: optionalText('Description'),
  // The documentation's table says MusicURL, its sample and the SDKs MusicUrl (protocol reference, section 13, no. 23).
  musicUrl: {
    ...optionalText('MusicUrl'),
    read: (fields) => ({ value: textOf(fields, 'MusicUrl') ?? textOf(fields, 'MusicURL') }),
  },
  hqMusicUrl: optionalText('HQMusicUrl'),
  thumbMediaId: text('ThumbMediaId'),
})

/** The body sits in a group of its own and is the reply's whole content. */
function inside<T>(name: string, inner: ShapeCodec<T>): ShapeCodec<T> {
  const codec = group(name, inner)
  return {
    read: (fields) => codec.read(fields)?.value,
    write: (value) => Object.fromEntries(codec.write(value)),
  }
}

const articles = list(['Articles', 'item'], article)

const news: ShapeCodec<ReplyBodies['news']> = {
  read: (fields) => {
    const found = articles.read(fields)?.value
    return found === undefined || found.length === 0 ? undefined : { articles: found }
  },
  write: (value) => ({
    ArticleCount: String(value.articles.length),
    ...Object.fromEntries(articles.write(value.articles)),
  }),
}

const transfer: ShapeCodec<ReplyBodies['transfer_customer_service']> = {
  read: (fields) => {
    const info = fieldValue(fields, 'TransInfo')
    const kfAccount = isFields(info) ? textOf(info, 'KfAccount') : undefined
    return kfAccount === undefined || kfAccount === '' ? {} : { kfAccount }
  },
  write: ({ kfAccount }): Fields => (kfAccount === undefined ? {} : { TransInfo: { KfAccount: kfAccount } }),
}

export const replyCodecs: { readonly [K in ReplyType]: ShapeCodec<ReplyBodies[K]> } = {
  text: shape<ReplyBodies['text']>({ content: text('Content') }),
  image: inside('Image', media),
  voice: inside('Voice', media),
  video: inside('Video', video),
  music: inside('Music', music),
  news,
  transfer_customer_service: transfer,
}
