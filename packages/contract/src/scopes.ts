/** What a token may do. Every operation and every event names one of these. */
export const scopes = {
  'conversations:read': 'See conversations, their sessions and who holds them',
  'messages:read': 'Read what customers and agents wrote',
  'messages:send': 'Answer customers in conversations one holds',
  'messages:send:any': 'Answer customers in conversations somebody else holds',
  'sessions:manage': 'Accept, transfer, close and reopen sessions',
  'quick-replies:read': "Use quick replies: one's own, those of one's teams and of the organization",
  'quick-replies:write': "Keep quick replies of one's own",
  'quick-replies:manage': 'Keep the quick replies of teams and of the organization',
  'sessions:supervise':
    "Watch, join and take over others' conversations, whisper, answer raised hands, set agents' status and capacity",
  'whispers:read': 'Read what supervisors whisper to agents',
  'customers:read': 'See customers and the remaining allowance to write to them',
  'customers:manage': 'Tag customers and name their owner',
  'agents:read': 'See agents, teams and their status',
  'agents:manage': 'Add, change and disable agents and teams',
  'accounts:read': 'See the connected WeChat accounts and their health',
  'configuration:read': 'Read the whole configuration, without secrets',
  'configuration:manage': 'Change the whole configuration',
  'decisions:read': 'Read why a conversation was given to somebody',
  'records:read': 'Read the complete record of the organization',
  'events:read': 'Follow the event log, limited to what the other scopes show',
  media: 'Upload and download pictures, voices and videos',
  'presence:manage': "Change one's own status",
  'tokens:manage': 'Create and end access tokens',
  'organization:manage': 'Remove the example data and administer the organization as a whole',
  // WeChat's permission sets: each lets an app call that part of WeChat's API through the compatible interface.
  'wechat:messages': "WeChat's message management, beyond customer messages",
  'wechat:users': "WeChat's users: followers, remarks, tags and the blacklist",
  'wechat:qr-codes': "WeChat's account service: QR codes and short links",
  'wechat:web': "WeChat's web services: tickets for pages inside WeChat",
  'wechat:customer-service': "WeChat's own customer service, beyond what Duoke serves itself",
  'wechat:notifications': "WeChat's mass sending, templates and subscriptions",
  'wechat:cards': "WeChat's cards and coupons",
  'wechat:scan': "WeChat's product scanning",
  'wechat:wifi': "WeChat's Wi-Fi service",
  'wechat:material': "WeChat's material library: files, drafts and published articles",
  'wechat:shake-around': "WeChat's shake-around service",
  'wechat:stores': "WeChat's stores",
  'wechat:menu': "The account's custom menu in WeChat",
  'wechat:statistics': "WeChat's statistics of the account",
  'wechat:recognition': "WeChat's recognition of speech, pictures and meaning",
  'wechat:devices': "WeChat's devices",
  'wechat:mini-program': "WeChat's mini-program interfaces",
} as const
export type Scope = keyof typeof scopes
export const allScopes = Object.keys(scopes) as Scope[] // Object.keys loses the key type

export const roles = ['agent', 'supervisor', 'admin'] as const
export type Role = (typeof roles)[number]

const agentScopes: readonly Scope[] = [
  'conversations:read',
  'messages:read',
  'messages:send',
  'sessions:manage',
  'quick-replies:read',
  'quick-replies:write',
  'whispers:read',
  'customers:read',
  'customers:manage',
  'agents:read',
  'accounts:read',
  'decisions:read',
  'events:read',
  'media',
  'presence:manage',
]
const supervisorScopes: readonly Scope[] = [
  ...agentScopes,
  'messages:send:any',
  'sessions:supervise',
  'quick-replies:manage',
  'records:read',
]

/** The scopes of a role: what a token gets when none are asked for. */
export const scopesOfRole: Record<Role, readonly Scope[]> = {
  agent: agentScopes,
  supervisor: supervisorScopes,
  admin: allScopes,
}
