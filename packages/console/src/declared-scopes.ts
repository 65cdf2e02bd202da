import type { Scope } from '@duoke/contract'

/**
 * What the console asks for, as every app does when it is registered. Whoever signs in has of these what their role
 * allows. The browser suite compares each request of the console with this list: `test/support/console-requests.ts`.
 */
export const declaredScopes: readonly Scope[] = [
  'conversations:read',
  'messages:read',
  'messages:send',
  'messages:send:any',
  'sessions:manage',
  'sessions:supervise',
  'whispers:read',
  'quick-replies:read',
  'quick-replies:write',
  'quick-replies:manage',
  'customers:read',
  'customers:manage',
  'agents:read',
  'agents:manage',
  'accounts:read',
  'configuration:read',
  'configuration:manage',
  'decisions:read',
  'records:read',
  'events:read',
  'media',
  'presence:manage',
  'tokens:manage',
  'organization:manage',
]
