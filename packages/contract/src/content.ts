import { type Static, Type } from 'typebox'

const text = (maxLength = 20_000) => Type.String({ maxLength })
const literal = <const T extends string>(value: T) => Type.Literal(value)

/** An article that is with WeChat already: from the material library, or published. */
const article = Type.Object({
  type: literal('article'),
  source: Type.Union([literal('material'), literal('published')]),
  articleId: text(200),
})

/**
 * What a message says, in our words; the channel alone translates from and to a provider's.
 * Always a personal field of an event. `mediaId` is Duoke's own id, never WeChat's.
 */
export const Content = Type.Union([
  Type.Object({ type: literal('text'), text: text(), menuItemId: Type.Optional(text(200)) }),
  Type.Object({ type: literal('image'), mediaId: text(80) }),
  Type.Object({
    type: literal('voice'),
    mediaId: text(80),
    format: Type.Optional(text(40)),
    recognition: Type.Optional(text()),
  }),
  Type.Object({
    type: literal('video'),
    mediaId: text(80),
    thumbMediaId: Type.Optional(text(80)),
    title: Type.Optional(text(500)),
    description: Type.Optional(text(2000)),
  }),
  Type.Object({
    type: literal('file'),
    name: text(1000),
    sizeBytes: Type.Optional(Type.Number()),
    mediaId: Type.Optional(text(80)),
  }),
  Type.Object({
    type: literal('location'),
    latitude: Type.Number(),
    longitude: Type.Number(),
    scale: Type.Optional(Type.Number()),
    label: text(2000),
  }),
  Type.Object({
    type: literal('link'),
    title: text(2000),
    description: text(),
    url: text(4000),
    pictureUrl: Type.Optional(text(4000)),
  }),
  Type.Object({
    type: literal('mini-program'),
    title: text(2000),
    appId: text(80),
    pagePath: text(2000),
    thumbMediaId: Type.Optional(text(80)),
  }),
  Type.Object({
    type: literal('music'),
    title: text(500),
    description: text(2000),
    url: text(4000),
    hqUrl: Type.Optional(text(4000)),
    thumbMediaId: Type.Optional(text(80)),
  }),
  Type.Object({
    type: literal('news'),
    articles: Type.Array(
      Type.Object({ title: text(2000), description: text(), url: text(4000), pictureUrl: Type.Optional(text(4000)) }),
      { minItems: 1, maxItems: 8 },
    ),
  }),
  Type.Object({
    type: literal('menu'),
    head: Type.Optional(text(2000)),
    items: Type.Array(Type.Object({ id: text(200), text: text(500) }), { minItems: 1, maxItems: 20 }),
    tail: Type.Optional(text(2000)),
  }),
  Type.Object({ type: literal('card'), cardId: text(200) }),
  article,
  /** Something the customer did that is no message: followed, scanned, pressed a menu button. */
  Type.Object({
    type: literal('action'),
    action: text(80),
    key: Type.Optional(text(2000)),
    detail: Type.Optional(text(2000)),
  }),
  /** A kind that this version does not know; the raw push is kept beside it. */
  Type.Object({ type: literal('unknown'), name: text(200) }),
])
export type Content = Static<typeof Content>
export type ContentKind = Content['type']

/** What an agent or app may send through the API. Text is limited to 2048 bytes by WeChat (protocol reference, section 5.8). */
export const OutgoingContent = Type.Union([
  Type.Object({ type: literal('text'), text: Type.String({ minLength: 1, maxLength: 2048 }) }),
  Type.Object({ type: literal('image'), mediaId: text(80) }),
  Type.Object({ type: literal('voice'), mediaId: text(80) }),
  Type.Object({
    type: literal('video'),
    mediaId: text(80),
    thumbMediaId: Type.Optional(text(80)),
    title: Type.Optional(text(500)),
    description: Type.Optional(text(2000)),
  }),
  Type.Object({
    type: literal('music'),
    title: text(500),
    description: text(2000),
    url: text(4000),
    hqUrl: Type.Optional(text(4000)),
    thumbMediaId: text(80),
  }),
  Type.Object({
    type: literal('link'),
    title: text(2000),
    description: text(2000),
    url: text(4000),
    pictureUrl: Type.Optional(text(4000)),
  }),
  Type.Object({
    type: literal('news'),
    articles: Type.Array(
      Type.Object({
        title: text(2000),
        description: text(2000),
        url: text(4000),
        pictureUrl: Type.Optional(text(4000)),
      }),
      { minItems: 1, maxItems: 1 },
    ),
  }),
  Type.Object({
    type: literal('menu'),
    head: Type.Optional(text(2000)),
    items: Type.Array(Type.Object({ id: text(200), text: text(500) }), { minItems: 1, maxItems: 20 }),
    tail: Type.Optional(text(2000)),
  }),
  Type.Object({
    type: literal('mini-program'),
    title: text(2000),
    appId: text(80),
    pagePath: text(2000),
    thumbMediaId: text(80),
  }),
  Type.Object({ type: literal('card'), cardId: text(200) }),
  article,
])
export type OutgoingContent = Static<typeof OutgoingContent>

/** What WeChat is told beside the content of a customer message (protocol reference, section 5.8). */
export const SendOptions = Type.Object({
  kfAccount: Type.Optional(text(200)),
  isAi: Type.Optional(Type.Boolean()),
  businessId: Type.Optional(text(200)),
})
export type SendOptions = Static<typeof SendOptions>
