import type { AccountSettings } from '@duoke/contract'
import type { ChannelAccount } from '../account-directory.ts'

/** The example account of the protocol reference's vectors. */
export function accountSettings(changes: Partial<AccountSettings> = {}): AccountSettings {
  return {
    accountId: 'acme-oa',
    kind: 'official-account',
    name: 'Acme 服务号',
    wechatId: 'acme',
    originalId: 'gh_97417a04a28d',
    appId: 'wxba5fad812f8e6fb9',
    mode: 'safe',
    apiBase: 'http://127.0.0.1:9',
    teams: [],
    greeting: null,
    keywordReplies: [],
    secretsDigest: 'x',
    ...changes,
  }
}

export function channelAccount(changes: Partial<AccountSettings> = {}): ChannelAccount {
  return {
    organizationId: 'acme',
    settings: accountSettings(changes),
    isDegraded: false,
    secrets: { appSecret: 'app-secret', token: 'AAAAA', encodingAesKey: 'A'.repeat(43) },
  }
}
