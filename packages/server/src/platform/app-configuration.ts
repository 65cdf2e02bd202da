import { createHmac } from 'node:crypto'
import type { AppAttachment, AppPush, AppSettings } from '@duoke/contract'
import type { AppSecrets } from '../conversation/attachment.ts'
import type { LiteralApp, LiteralAttachment } from './configuration-document.ts'
import { attachmentKey, type StoredConfiguration } from './configuration-store.ts'
import type { GivenSecrets, SecretsPorts } from './secrets.ts'

const unset: Omit<AppSettings, 'appId' | 'name' | 'scopes'> = {
  contact: null,
  rateLimit: null,
  allowedAddresses: [],
  attachments: [],
}
const unsetAttachment: Omit<AppAttachment, 'accountId' | 'wechatAppId' | 'role' | 'secretsDigest'> = {
  priority: 0,
  when: null,
  lateReplies: 'drop',
  echo: false,
  agentNames: 'omit',
  push: null,
}
const unsetPush: Omit<AppPush, 'url'> = { mode: 'safe', format: 'xml' }

/** The whole of an app as a document gives it: what is left out stays, or takes its default. */
export function appSettings(
  ports: SecretsPorts,
  org: string,
  { id: appId, accounts, ...given }: LiteralApp,
  stored: StoredConfiguration,
): AppSettings {
  const { suspended: _, ...before } = stored.apps.get(appId) ?? { suspended: {} }
  const attachments = accounts?.map((attachment) => attachmentSettings(ports, org, appId, attachment, stored))
  return { ...unset, ...before, ...given, appId, ...(attachments !== undefined && { attachments }) }
}

function attachmentSettings(
  ports: SecretsPorts,
  org: string,
  appId: string,
  given: LiteralAttachment,
  stored: StoredConfiguration,
): AppAttachment {
  const { account: accountId, appId: wechatAppId, appSecret: _, push, ...rest } = given
  const before = stored.apps.get(appId)?.attachments.find((attachment) => attachment.accountId === accountId)
  const secrets = attachmentSecrets(ports, org, appId, given, stored)
  return {
    ...unsetAttachment,
    ...before,
    ...rest,
    accountId,
    wechatAppId,
    ...(push !== undefined && { push: push === null ? null : pushSettings(push, before?.push ?? null) }),
    secretsDigest: digestOf(ports, secrets),
  }
}

function pushSettings(
  { token: _token, encodingAesKey: _key, ...given }: NonNullable<LiteralAttachment['push']>,
  before: AppPush | null,
): AppPush {
  return { ...unsetPush, ...before, ...given }
}

/** Secrets that are left out stay what they are. */
function attachmentSecrets(
  ports: SecretsPorts,
  org: string,
  appId: string,
  given: LiteralAttachment,
  stored: StoredConfiguration,
): GivenSecrets {
  const sealed = stored.appSecrets.get(attachmentKey(appId, given.account))
  const before = sealed === undefined ? null : ports.openSecrets(org, sealed)
  return {
    appSecret: given.appSecret ?? before?.appSecret ?? '',
    token: given.push?.token ?? before?.token ?? '',
    encodingAesKey: given.push?.encodingAesKey ?? before?.encodingAesKey ?? null,
  }
}

export function digestOf({ digestKey }: SecretsPorts, secrets: GivenSecrets): string {
  return createHmac('sha256', digestKey).update(JSON.stringify(secrets)).digest('hex').slice(0, 32)
}

/** What is to be stored beside the attachments that the document gives. */
export function sealedAppSecrets(
  ports: SecretsPorts,
  org: string,
  apps: readonly LiteralApp[],
  stored: StoredConfiguration,
): AppSecrets[] {
  return apps.flatMap(({ id: appId, accounts = [] }) =>
    accounts.map((given) => {
      const before = stored.appSecrets.get(attachmentKey(appId, given.account)) ?? null
      const secrets = attachmentSecrets(ports, org, appId, given, stored)
      return { appId, accountId: given.account, secrets: ports.sealSecrets(org, before, secrets) }
    }),
  )
}
