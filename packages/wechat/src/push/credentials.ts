export type PushMode = 'plain' | 'compatible' | 'safe'

export interface PushCredentials {
  /** Current first, then the previous ones while a rotation lasts. */
  readonly tokens: readonly string[]
  readonly encodingAesKeys: readonly string[]
  /** The account's appid; for a third-party platform the component's (protocol reference, section 1.6). */
  readonly appId: string
  readonly mode: PushMode
}

/** As an HTTP framework parsed it: a repeated parameter is a list there, and is never believed here. */
export type PushQuery = Readonly<Record<string, unknown>>

export function queryText(query: PushQuery, name: string): string | undefined {
  const value = Object.hasOwn(query, name) ? query[name] : undefined
  return typeof value === 'string' && value.length <= 512 ? value : undefined
}
