import { BlockList, isIP } from 'node:net'
import { faultOfCondition } from '@duoke/domain'
import type { FieldError, LiteralApp, LiteralAttachment, LiteralDocument } from './configuration-document.ts'
import { attachmentKey, type StoredConfiguration } from './configuration-store.ts'

/** What the form of apps cannot say: appIds that differ, secrets that are needed, addresses that are some. */
export function appChecks(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  const apps = document.apps ?? []
  return [
    ...repeatedAppIds(document, stored, prune),
    ...apps.flatMap((app, at) => checkApp(app, `/apps/${at}`, stored)),
    ...unknownAccounts(document, stored, prune),
  ]
}

/** One app by itself, as `PUT /v1/apps/{appId}` takes it. */
export function appChecksAlone(app: LiteralApp, stored: StoredConfiguration): FieldError[] {
  const without = (path: string) => path.replace(/^\/apps\/0/, '')
  const document = { version: 1, organization: { id: '', name: '' }, apps: [app] } as const
  return appChecks({ ...document, apps: [app] }, stored, false).map((error) => ({
    ...error,
    path: without(error.path),
  }))
}

type Place = { readonly appId: string; readonly path: string | null; readonly whose: string }

/** WeChat's calls name nothing but an appId: accounts and apps share one space of them. */
function repeatedAppIds(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  const seen = new Map<string, string>()
  return placesOf(document, stored, prune).flatMap(({ appId, path, whose }) => {
    const other = seen.get(appId)
    seen.set(appId, other ?? whose)
    return other === undefined || path === null ? [] : [{ path, message: `${appId} belongs to ${other} already` }]
  })
}

function placesOf(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): Place[] {
  const { accounts = [], apps = [] } = document
  const isKept = (given: readonly unknown[] | undefined) => given === undefined || !prune
  const places: Place[] = []
  for (const [id, { settings }] of stored.accounts) {
    const isGiven = accounts.some((account) => account.id === id)
    if (!isGiven && isKept(document.accounts))
      places.push({ appId: settings.appId, path: null, whose: `account ${id}` })
  }
  for (const [id, { attachments }] of stored.apps) {
    const given = apps.find((app) => app.id === id)
    const stays = given === undefined ? isKept(document.apps) : given.accounts === undefined
    if (!stays) continue
    for (const { wechatAppId } of attachments) places.push({ appId: wechatAppId, path: null, whose: `app ${id}` })
  }
  accounts.forEach(({ id, appId }, at) => {
    places.push({ appId, path: `/accounts/${at}/appId`, whose: `account ${id}` })
  })
  apps.forEach(({ id, accounts: attached = [] }, at) => {
    attached.forEach(({ appId }, place) => {
      places.push({ appId, path: `/apps/${at}/accounts/${place}/appId`, whose: `app ${id}` })
    })
  })
  return places
}

function checkApp(app: LiteralApp, path: string, stored: StoredConfiguration): FieldError[] {
  const { allowedAddresses = [], accounts = [] } = app
  return [
    ...allowedAddresses.flatMap((address, at) =>
      isAddressRange(address)
        ? []
        : [{ path: `${path}/allowedAddresses/${at}`, message: 'is no address and no range such as 192.0.2.0/24' }],
    ),
    ...accounts.flatMap((attachment, at) => [
      ...(accounts.findIndex(({ account }) => account === attachment.account) < at
        ? [{ path: `${path}/accounts/${at}/account`, message: `${attachment.account} is there twice` }]
        : []),
      ...checkCondition(attachment, `${path}/accounts/${at}/when`),
      ...checkSecrets(app.id, attachment, `${path}/accounts/${at}`, stored),
    ]),
  ]
}

function checkCondition({ when = null }: LiteralAttachment, path: string): FieldError[] {
  const fault = when === null ? null : faultOfCondition(when)
  return fault === null ? [] : [{ path, message: `is no condition in CEL: ${fault}` }]
}

function checkSecrets(
  appId: string,
  given: LiteralAttachment,
  path: string,
  stored: StoredConfiguration,
): FieldError[] {
  const isStored = stored.appSecrets.has(attachmentKey(appId, given.account))
  const before = stored.apps.get(appId)?.attachments.find(({ accountId }) => accountId === given.account)?.push ?? null
  const errors: FieldError[] = []
  if (given.appSecret === undefined && !isStored) errors.push({ path: `${path}/appSecret`, message: 'is needed' })
  const { push } = given
  if (push === undefined || push === null) return errors
  if (!URL.canParse(push.url)) errors.push({ path: `${path}/push/url`, message: 'is no address' })
  if (push.token === undefined && before === null) errors.push({ path: `${path}/push/token`, message: 'is needed' })
  const mode = push.mode ?? before?.mode ?? 'safe'
  const hasKey = before !== null && before.mode !== 'plain'
  if (push.encodingAesKey !== undefined && !/^[A-Za-z0-9]{43}$/.test(push.encodingAesKey)) {
    errors.push({ path: `${path}/push/encodingAesKey`, message: 'has 43 letters and digits' })
  } else if (mode !== 'plain' && push.encodingAesKey === undefined && !hasKey) {
    errors.push({ path: `${path}/push/encodingAesKey`, message: `is needed in ${mode} mode` })
  }
  return errors
}

function unknownAccounts(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  const known = new Set((document.accounts ?? []).map(({ id }) => id))
  if (document.accounts === undefined || !prune) for (const id of stored.accounts.keys()) known.add(id)
  return (document.apps ?? []).flatMap(({ accounts = [] }, at) =>
    accounts.flatMap(({ account }, place) =>
      known.has(account)
        ? []
        : [{ path: `/apps/${at}/accounts/${place}/account`, message: `there is no account ${account}` }],
    ),
  )
}

export function isAddressRange(text: string): boolean {
  try {
    addToList(new BlockList(), text)
    return true
  } catch {
    return false
  }
}

/** Adds `192.0.2.7`, `192.0.2.0/24` or their like of IPv6; throws on anything else. */
export function addToList(list: BlockList, text: string): void {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(address) === 0 || rest.length > 0) throw new RangeError(`${text} is no address`)
  if (prefix === undefined) list.addAddress(address, family)
  else if (/^\d{1,3}$/.test(prefix)) list.addSubnet(address, Number(prefix), family)
  else throw new RangeError(`${text} is no range`)
}
