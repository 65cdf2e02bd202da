export interface Article {
  readonly title: string
  readonly description: string
  readonly picUrl: string
  readonly url: string
}

export interface ReplyBodies {
  readonly text: { readonly content: string }
  readonly image: { readonly mediaId: string }
  readonly voice: { readonly mediaId: string }
  readonly video: {
    readonly mediaId: string
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
  readonly news: { readonly articles: readonly Article[] }
  /** Hands this one message to Tencent's own customer service; `kfAccount` names the agent. */
  readonly transfer_customer_service: { readonly kfAccount?: string | undefined }
}

export type ReplyType = keyof ReplyBodies

/** Every reply that may be given in the answer to a push (protocol reference, section 3). */
export type PassiveReply = { readonly [K in ReplyType]: { readonly type: K } & ReplyBodies[K] }[ReplyType]

/** The addresses are those of the push, swapped. */
export interface ReplyAddress {
  /** The customer's openid. */
  readonly toUser: string
  /** The account's original id. */
  readonly fromUser: string
  readonly createTime: number
}

export type ReplyReading =
  /** `success` or an empty body: received, nothing to say. */
  | { readonly kind: 'acknowledgement' }
  | ({ readonly kind: 'reply'; readonly reply: PassiveReply } & ReplyAddress)
  /** What WeChat answers with its "service unavailable" text. */
  | { readonly kind: 'invalid'; readonly reason: ReplyRefusal }

export type ReplyRefusal =
  | 'too-large'
  | 'not-utf8'
  | 'malformed'
  | 'no-address'
  | 'unknown-type'
  | 'missing-field'
  | 'clear-in-safe-mode'
  | 'wrong-signature'
  | 'not-decryptable'
