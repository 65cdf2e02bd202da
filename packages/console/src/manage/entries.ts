import type { Scope } from '@duoke/contract'

/** The pages of administration, in the order of their navigation, each with the scope without which it shows nothing. */
export const manageEntries = [
  { path: '/start', scope: 'configuration:manage' },
  { path: '/accounts', scope: 'accounts:read' },
  { path: '/live', scope: 'sessions:supervise' },
  { path: '/agents', scope: 'agents:read' },
  { path: '/blocked', scope: 'customers:manage' },
  { path: '/rules', scope: 'decisions:read' },
  { path: '/hours', scope: 'decisions:read' },
  { path: '/decisions', scope: 'decisions:read' },
  { path: '/fairness', scope: 'decisions:read' },
  { path: '/forecast', scope: 'decisions:read' },
  { path: '/apps', scope: 'configuration:read' },
  { path: '/audit', scope: 'configuration:read' },
  { path: '/tokens', scope: 'tokens:manage' },
  { path: '/configuration', scope: 'configuration:read' },
] as const satisfies readonly { readonly path: string; readonly scope: Scope }[]

export type ManagePath = (typeof manageEntries)[number]['path']

/** Each stands for itself: the addresses of the pages are older than their navigation. */
export const managePattern = new RegExp(`^(?:${manageEntries.map(({ path }) => path).join('|')})$`)

export const isManagePath = (path: string): boolean => managePattern.test(path)

/** Where 管理 leads for somebody with these scopes; nothing for whom it holds no page. */
export function firstManagePath(scopes: readonly string[]): ManagePath | undefined {
  return manageEntries.find(({ path, scope }) => path !== '/start' && scopes.includes(scope))?.path
}
