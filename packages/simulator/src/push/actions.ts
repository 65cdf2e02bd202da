/** What a person can do with a phone in a chat with an official account. */
export type FollowerAction =
  | { type: 'text'; text: string }
  | { type: 'image'; mediaId: string }
  | { type: 'voice'; mediaId: string }
  | { type: 'video' | 'short-video'; mediaId: string; thumbMediaId: string }
  | { type: 'location'; latitude: number; longitude: number; scale?: number; label: string }
  | { type: 'link'; title: string; description: string; url: string }
  | { type: 'file'; title: string; size: number }
  | { type: 'menu'; path: number[] }
  | { type: 'menu-choice'; id: string; content: string }
  | { type: 'follow'; scene?: string; ticket?: string }
  | { type: 'unfollow' }
  /** Of a mini program: the button `open-type="contact"` was pressed. */
  | { type: 'enter'; sessionFrom: string }
  /** A page of the mini program, sent from inside it. */
  | { type: 'mini-program-page'; title: string; pagePath: string }
  | { type: 'scan'; scene: string; ticket?: string }
  | { type: 'report-location'; latitude: number; longitude: number; precision: number }
  /** Any other push, field by field: kinds that WeChat invents tomorrow. Leaves are strings. */
  | { type: 'raw'; fields: RawFields }

export interface RawFields {
  [name: string]: string | RawFields | RawFields[]
}

export type ActionType = FollowerAction['type']

export const ACTION_TYPES = [
  'text',
  'image',
  'voice',
  'video',
  'short-video',
  'location',
  'link',
  'file',
  'menu',
  'menu-choice',
  'follow',
  'unfollow',
  'scan',
  'enter',
  'mini-program-page',
  'report-location',
  'raw',
] as const satisfies readonly ActionType[]

export type ActionRefusal =
  | 'not-following'
  | 'already-following'
  | 'no-such-media'
  | 'no-such-button'
  | 'bad-fields'
  | 'wrong-account-kind'
