import type { MenuButton, NewAccount } from './account.ts'
import type { World } from './world.ts'

export interface ExampleSecrets {
  appSecret: string
  token: string
  encodingAesKey: string
  pushUrl: string | null
}

export const EXAMPLE_ACCOUNT_ID = 'acme-oa'
export const EXAMPLE_FOLLOWER_ID = 'chenxiao'

const EXAMPLE_MENU: MenuButton[] = [
  {
    name: '买东西',
    children: [
      { name: '新品', type: 'click', key: 'NEW_ARRIVALS' },
      { name: '商城', type: 'view', url: 'https://example.com/shop' },
      { name: '门店位置', type: 'location_select', key: 'STORES' },
    ],
  },
  {
    name: '我的订单',
    children: [
      { name: '查物流', type: 'click', key: 'TRACK_ORDER' },
      { name: '扫一扫', type: 'scancode_waitmsg', key: 'SCAN_PRODUCT' },
    ],
  },
  { name: '人工客服', type: 'click', key: 'HUMAN' },
]

/** The account of the operator's guide, with one follower who has been following since before we started. */
export function exampleAccount(secrets: ExampleSecrets): NewAccount {
  return {
    id: EXAMPLE_ACCOUNT_ID,
    name: 'Acme 服务号',
    originalId: 'gh_0a81e05b394e',
    appId: 'wxba5fad812f8e6fb9',
    mode: 'safe',
    format: 'xml',
    ipWhitelist: [],
    menu: EXAMPLE_MENU,
    agents: [
      { account: 'lili@acme', nickname: '莉莉', id: '1001' },
      { account: 'xiaowu@acme', nickname: '小吴', id: '1002' },
      { account: 'ajie@acme', nickname: '阿杰', id: '1003' },
    ],
    ...secrets,
  }
}

/** On a world that remembers an earlier run only the secrets and the server address are brought up to date. */
export function seedExampleWorld(world: World, secrets: ExampleSecrets): void {
  const known = world.account(EXAMPLE_ACCOUNT_ID)
  const account = world.putAccount(known ? { ...known.settings, ...secrets } : exampleAccount(secrets))
  if (known) return
  const follower = world.addFollower(account, { id: EXAMPLE_FOLLOWER_ID, name: '陈晓' })
  follower.followingSinceMs = world.ports.clock.nowMs()
  world.notice(follower, { code: 'followed' })
}
