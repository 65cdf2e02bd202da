import type { PushCredentials, PushMode } from '@duoke/wechat'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import type { SecretBox } from '../identity/secret-box.ts'

/** How long a replaced token or EncodingAESKey is still accepted: WeChat's console and ours are not changed at the same instant. */
export const rotationOverlapMs = 7 * 24 * 3_600_000

/** An account's secrets as they are sealed and stored. */
export const AccountSecrets = Type.Object({
  appSecret: Type.String(),
  token: Type.String(),
  encodingAesKey: Type.Union([Type.String(), Type.Null()]),
  previous: Type.Optional(
    Type.Object({
      token: Type.String(),
      encodingAesKey: Type.Union([Type.String(), Type.Null()]),
      untilMs: Type.Number(),
    }),
  ),
})
export type AccountSecrets = Static<typeof AccountSecrets>
export type GivenSecrets = Omit<AccountSecrets, 'previous'>

export function writeSecrets(secrets: AccountSecrets): string {
  return JSON.stringify(secrets)
}

export function readSecrets(text: string): AccountSecrets {
  return Value.Parse(AccountSecrets, JSON.parse(text))
}

/**
 * What to store when secrets are configured: what they replace stays for the overlap. Configuring the same again changes
 * nothing, so that a second `apply` does not end a rotation.
 */
export function rotateSecrets(stored: AccountSecrets | null, given: GivenSecrets, nowMs: number): AccountSecrets {
  if (stored === null) return { ...given }
  const isSame = stored.token === given.token && stored.encodingAesKey === given.encodingAesKey
  const running = stored.previous !== undefined && stored.previous.untilMs > nowMs ? stored.previous : undefined
  if (isSame) return running === undefined ? { ...given } : { ...given, previous: running }
  const { token, encodingAesKey } = stored
  return { ...given, previous: { token, encodingAesKey, untilMs: nowMs + rotationOverlapMs } }
}

/** Current first, then what a rotation still lets in. */
export function credentialsOf(
  secrets: AccountSecrets,
  account: { readonly appId: string; readonly mode: PushMode },
  nowMs: number,
): PushCredentials {
  const previous = secrets.previous !== undefined && secrets.previous.untilMs > nowMs ? secrets.previous : undefined
  const unique = (values: readonly (string | null | undefined)[]) => [
    ...new Set(values.filter((value): value is string => typeof value === 'string' && value !== '')),
  ]
  return {
    appId: account.appId,
    mode: account.mode,
    tokens: unique([secrets.token, previous?.token]),
    encodingAesKeys: unique([secrets.encodingAesKey, previous?.encodingAesKey]),
  }
}

/** Seals and opens what `apply` is given, for the configuration's ports. */
export function createSecretsSealer(box: Pick<SecretBox, 'seal' | 'open'>, nowMs: () => number) {
  const open = (organizationId: string, sealed: Uint8Array) => readSecrets(box.open(organizationId, sealed))
  return {
    openSecrets: (organizationId: string, sealed: Uint8Array): GivenSecrets => open(organizationId, sealed),
    sealSecrets(organizationId: string, stored: Uint8Array | null, given: GivenSecrets): Uint8Array {
      const before = stored === null ? null : open(organizationId, stored)
      return box.seal(organizationId, writeSecrets(rotateSecrets(before, given, nowMs())))
    },
  }
}
