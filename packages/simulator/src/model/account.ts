/** What the account's owner would have set at mp.weixin.qq.com. */

export type EncryptionMode = 'plain' | 'compatible' | 'safe'
export type DataFormat = 'xml' | 'json'

export type AccountKind = 'official-account' | 'mini-program'

export interface AccountSettings {
  id: string
  kind: AccountKind
  name: string
  originalId: string
  appId: string
  appSecret: string
  token: string
  encodingAesKey: string
  mode: EncryptionMode
  format: DataFormat
  /** The developer's server address; without one nothing is pushed. */
  pushUrl: string | null
  /** IPs that may call the API; empty means the list is switched off. */
  ipWhitelist: string[]
  menu: MenuButton[]
  agents: ServiceAgent[]
}

/** A button with `children` only opens its submenu and sends nothing. */
export interface MenuButton {
  name: string
  type?: MenuButtonType
  key?: string
  url?: string
  children?: MenuButton[]
}

export const MENU_BUTTON_TYPES = ['click', 'view', 'scancode_push', 'scancode_waitmsg', 'location_select'] as const
export type MenuButtonType = (typeof MENU_BUTTON_TYPES)[number]

/** A customer-service account (客服帐号); `custom/send` may name one to show its nickname to the follower. */
export interface ServiceAgent {
  account: string
  nickname: string
  id: string
}

export type NewAccount = Pick<AccountSettings, 'id' | 'name' | 'originalId' | 'appId' | 'appSecret' | 'token'> &
  Partial<AccountSettings>

/** A 43-character key of `A`s is what an account without encryption gets: it is never used in plain mode. */
const UNUSED_KEY = 'A'.repeat(43)

export function completeAccount(given: NewAccount): AccountSettings {
  return {
    kind: 'official-account',
    encodingAesKey: UNUSED_KEY,
    mode: given.encodingAesKey === undefined ? 'plain' : 'safe',
    format: 'xml',
    pushUrl: null,
    ipWhitelist: [],
    menu: [],
    agents: [],
    ...given,
  }
}

export function menuButtonAt(menu: readonly MenuButton[], path: readonly number[]): MenuButton | undefined {
  const [first, second] = path
  if (first === undefined) return undefined
  const button = menu[first]
  return second === undefined ? button : button?.children?.[second]
}
