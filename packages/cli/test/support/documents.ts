// Configuration documents as an operator writes them.

/** What must never come out again; each is long enough to be found anywhere. */
export const canaries = {
  appSecret: 'canaryAppSecret0123456789abcdef',
  token: 'canaryPushToken0123456789',
  encodingAesKey: 'canaryEncodingAesKey0123456789ABCDEFGHIJKLM',
  password: 'canary password 0123456789',
}

export const account = {
  id: 'acme-oa',
  kind: 'official-account',
  name: 'Acme 服务号',
  originalId: 'gh_0a81e05b394e',
  appId: 'wx00000000000000a1',
  appSecret: canaries.appSecret,
  token: canaries.token,
  encodingAesKey: canaries.encodingAesKey,
  // Nobody listens on the port of "discard": an upstream that cannot be reached.
  apiBase: 'http://127.0.0.1:9',
}

export const acme = {
  version: 1,
  organization: { id: 'acme', name: 'Acme', timeZone: 'Asia/Shanghai' },
  accounts: [account],
  teams: [
    { id: 'presale', name: '售前' },
    { id: 'aftersale', name: '售后' },
  ],
  agents: [
    { id: 'lili', nickname: '莉莉', role: 'admin', teams: ['presale'], capacity: 5, password: canaries.password },
    { id: 'ajie', nickname: '阿杰', role: 'agent', teams: ['aftersale'], capacity: 3 },
  ],
  apps: [{ id: 'reports', name: 'Reports', scopes: ['events:read', 'conversations:read'] }],
}
