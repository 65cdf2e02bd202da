/** What one follower's phone shows of one account. */

export interface ChatEntry {
  /** Counts up within the chat. */
  id: number
  atMs: number
  from: 'follower' | 'account' | 'system'
  content: ChatContent
  /** The message's id as pushed, on the follower's own messages. */
  msgId?: string
  /** How an answer of the account came: as the reply to a push, or through the customer-message API. */
  via?: 'passive' | 'custom'
  agent?: { account: string; nickname: string }
  isAi?: boolean
}

export type ChatContent =
  | { kind: 'text'; text: string }
  | { kind: 'image'; mediaId: string }
  | { kind: 'voice'; mediaId: string; seconds: number }
  | { kind: 'video'; mediaId: string; title: string; description: string }
  | { kind: 'location'; latitude: number; longitude: number; scale: number; label: string }
  | { kind: 'link'; title: string; description: string; url: string }
  | { kind: 'file'; title: string; size: number }
  | { kind: 'music'; title: string; description: string; url: string }
  | { kind: 'news'; articles: NewsArticle[] }
  | { kind: 'menu'; head: string; items: MenuChoice[]; tail: string }
  | { kind: 'card'; cardId: string }
  | { kind: 'mini-program'; title: string; appId: string; pagePath: string }
  | { kind: 'article'; id: string }
  | { kind: 'raw'; type: string }
  | { kind: 'notice'; notice: Notice }

export interface NewsArticle {
  title: string
  description: string
  url: string
  picUrl: string
}

export interface MenuChoice {
  id: string
  content: string
}

/** System text in the middle of the chat. The page words it; only `service-failed` is WeChat's own sentence. */
export type Notice =
  | { code: 'followed' }
  | { code: 'unfollowed' }
  | { code: 'scanned'; scene: string }
  | { code: 'menu'; name: string }
  | { code: 'location-reported' }
  | { code: 'service-failed' }

/** WeChat shows this after the last attempt or after an answer it cannot read (protocol reference, section 2.1). */
export const SERVICE_FAILED_TEXT = '该公众号提供的服务出现故障，请稍后再试'
