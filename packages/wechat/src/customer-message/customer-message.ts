export interface CustomerArticle {
  readonly title: string
  readonly description?: string | undefined
  readonly url?: string | undefined
  readonly picUrl?: string | undefined
}

export interface MenuItem {
  readonly id: string
  readonly content: string
}

export interface CustomerMessageBodies {
  readonly text: { readonly content: string }
  readonly image: { readonly mediaId: string }
  readonly voice: { readonly mediaId: string }
  readonly video: {
    readonly mediaId: string
    readonly thumbMediaId?: string | undefined
    readonly title?: string | undefined
    readonly description?: string | undefined
  }
  readonly music: {
    readonly title?: string | undefined
    readonly description?: string | undefined
    readonly musicUrl?: string | undefined
    readonly hqMusicUrl?: string | undefined
    readonly thumbMediaId: string
  }
  readonly news: { readonly articles: readonly CustomerArticle[] }
  readonly mpnews: { readonly mediaId: string }
  readonly mpnewsarticle: { readonly articleId: string }
  readonly msgmenu: {
    readonly headContent?: string | undefined
    readonly list: readonly MenuItem[]
    readonly tailContent?: string | undefined
  }
  readonly wxcard: { readonly cardId: string }
  readonly miniprogrampage: {
    readonly title: string
    /** A mini program leaves its own out. */
    readonly appId?: string | undefined
    readonly pagePath: string
    readonly thumbMediaId: string
  }
  /** Mini programs only. */
  readonly link: {
    readonly title: string
    readonly description?: string | undefined
    readonly url: string
    readonly thumbUrl?: string | undefined
  }
}

export type CustomerMessageType = keyof CustomerMessageBodies

/** Everything `message/custom/send` takes (protocol reference, section 5.8). */
export type CustomerMessage = {
  readonly [K in CustomerMessageType]: { readonly type: K } & CustomerMessageBodies[K]
}[CustomerMessageType]

export interface CustomerMessageOptions {
  /** Shows this agent's nickname and picture to the customer. */
  readonly kfAccount?: string | undefined
  /** Adds WeChat's grey notice that an AI wrote it. */
  readonly aiMessage?: boolean | undefined
  /** A mini program's sub-merchant. */
  readonly businessId?: string | undefined
}

export interface WechatRefusal {
  readonly ok: false
  readonly errcode: number
  readonly errmsg: string
}

export type ParsedCustomerMessage =
  | ({ readonly ok: true; readonly openid: string; readonly message: CustomerMessage } & CustomerMessageOptions)
  | WechatRefusal

export type TypingCommand = 'Typing' | 'CancelTyping'

export type ParsedTyping =
  | { readonly ok: true; readonly openid: string; readonly command: TypingCommand }
  | WechatRefusal
