// Documents of `duoke apply` for organizations of their own.
import { randomBytes } from 'node:crypto'
import type { Json } from './app.ts'

export const unique = () => randomBytes(5).toString('hex')
/** An organization with one of each kind; `changes` replaces whole lists. */
export function documentOf(id = unique(), changes: Record<string, unknown> = {}): Json {
  return {
    version: 1,
    organization: { id: `org-${id}`, name: 'Acme' },
    accounts: [
      {
        ...{ id: `oa-${id}`, kind: 'official-account', name: '服务号', originalId: `gh_${id}`, appId: `wx${id}` },
        ...{ appSecret: 'canary-appsecret', token: 'canary-token', encodingAesKey: 'K'.repeat(43) },
        teams: ['presale'],
      },
    ],
    teams: [{ id: 'presale', name: '售前' }],
    agents: [{ id: 'lili', nickname: '莉莉', role: 'admin', teams: ['presale'], password: 'canary-password-1' }],
    apps: [{ id: 'crm', name: 'CRM', scopes: ['events:read'] }],
    ...changes,
  }
}
