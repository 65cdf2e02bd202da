import type { Account, Agent, Team } from '@duoke/contract'

/** Who works in the fake world when it begins. */
export function fakeAgents(): Agent[] {
  const agents = [
    ['lili', '莉莉', 'online', 0],
    ['wang', '王强', 'online', 2],
    ['zhao', '赵敏', 'away', 1],
    ['sun', '孙悦', 'offline', 0],
  ] as const
  return agents.map(([id, nickname, status, load]) => {
    const role = id === 'lili' ? 'admin' : 'agent'
    return { id, nickname, role, teams: ['presale'], capacity: 5, disabled: false, status, load }
  })
}

export const fakeTeams = (): Team[] => [
  { id: 'presale', name: '售前' },
  { id: 'aftersale', name: '售后' },
]

export const fakeAccount = (lastPushAt: string): Account => ({
  id: 'acme-oa',
  kind: 'official-account',
  name: 'Acme 服务号',
  wechatId: 'acme',
  originalId: 'gh_0a81e05b394e',
  appId: 'wxba5fad812f8e6fb9',
  mode: 'safe',
  routing: 'automatic',
  apiBase: 'https://api.weixin.qq.com',
  serverAddress: 'https://kf.acme.example/wechat/acme-oa',
  lastPushAt,
  silent: false,
  degraded: null,
})
