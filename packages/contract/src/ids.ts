/** Branded identifiers. All are opaque strings to clients; the prefix only helps people who read logs. */
declare const brand: unique symbol
type Id<Name extends string> = string & { readonly [brand]: Name }

export type OrganizationId = Id<'organization'>
export type AccountId = Id<'account'>
export type TeamId = Id<'team'>
export type AgentId = Id<'agent'>
export type AppId = Id<'app'>
export type CustomerId = Id<'customer'>
export type ConversationId = Id<'conversation'>
export type SessionId = Id<'session'>
export type StintId = Id<'stint'>
export type MessageId = Id<'message'>
export type DecisionId = Id<'decision'>
export type MediaId = Id<'media'>

/** The kinds of id that Duoke draws itself; the others are chosen by whoever writes the configuration. */
export const idPrefixes = {
  customer: 'cu',
  conversation: 'cv',
  session: 'ss',
  stint: 'st',
  message: 'ms',
  decision: 'dc',
  media: 'md',
  whisper: 'wh',
  note: 'nt',
  token: 'tk',
  quickReply: 'qr',
} as const
export type DrawnIdKind = keyof typeof idPrefixes

/** Ids that people choose (accounts, teams, agents, apps, organizations): safe in paths, subjects and file names. */
export const chosenIdPattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$'
