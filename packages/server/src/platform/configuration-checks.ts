import { appChecks } from './app-checks.ts'
import type { FieldError, LiteralDocument } from './configuration-document.ts'
import type { StoredConfiguration } from './configuration-store.ts'
import { unknownKinds } from './load-checks.ts'
import { rulesChecks } from './rules-checks.ts'

/** What the form of a document cannot say: ids that belong together, and what a mode needs. */
export function crossChecks(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  return [
    ...timeZone(document),
    ...repeated(document),
    ...accountChecks(document, stored),
    ...unknownTeams(document, stored, prune),
    ...idleTimes(document, stored),
    ...appChecks(document, stored, prune),
    ...rulesChecks(document, stored, prune),
    ...unknownKinds(document, stored),
  ]
}

function timeZone({ organization }: LiteralDocument): FieldError[] {
  if (organization.timeZone === undefined || isTimeZone(organization.timeZone)) return []
  return [{ path: '/organization/timeZone', message: 'is no IANA time zone such as Asia/Shanghai' }]
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

function repeated(document: LiteralDocument): FieldError[] {
  const lists: [string, string, readonly string[]][] = [
    ['accounts', 'id', (document.accounts ?? []).map(({ id }) => id)],
    ['accounts', 'originalId', (document.accounts ?? []).map(({ originalId }) => originalId)],
    ['teams', 'id', (document.teams ?? []).map(({ id }) => id)],
    ['agents', 'id', (document.agents ?? []).map(({ id }) => id)],
    ['apps', 'id', (document.apps ?? []).map(({ id }) => id)],
  ]
  return lists.flatMap(([list, field, values]) =>
    values.flatMap((value, at) =>
      values.indexOf(value) < at ? [{ path: `/${list}/${at}/${field}`, message: `${value} is there twice` }] : [],
    ),
  )
}

function accountChecks(document: LiteralDocument, stored: StoredConfiguration): FieldError[] {
  return (document.accounts ?? []).flatMap((account, at): FieldError[] => {
    const before = stored.accounts.get(account.id)
    const mode = account.mode ?? before?.settings.mode ?? 'safe'
    const path = `/accounts/${at}`
    const needed = before?.secrets ? [] : (['appSecret', 'token'] as const)
    const missing = needed
      .filter((name) => account[name] === undefined)
      .map((name) => ({ path: `${path}/${name}`, message: 'is needed for a new account' }))
    if (account.encodingAesKey !== undefined && !/^[A-Za-z0-9]{43}$/.test(account.encodingAesKey)) {
      return [...missing, { path: `${path}/encodingAesKey`, message: 'has 43 letters and digits, as WeChat shows it' }]
    }
    const isMissing = account.encodingAesKey === undefined && !before?.hasEncodingAesKey
    return mode !== 'plain' && isMissing
      ? [...missing, { path: `${path}/encodingAesKey`, message: `is needed in ${mode} mode` }]
      : missing
  })
}

function unknownTeams(document: LiteralDocument, stored: StoredConfiguration, prune: boolean): FieldError[] {
  const declared = document.teams?.map(({ id }) => id) ?? []
  const isKept = document.teams === undefined || !prune
  const known = new Set([...declared, ...(isKept ? stored.teams.map(({ teamId }) => teamId) : [])])
  const check = (list: 'accounts' | 'agents') =>
    (document[list] ?? []).flatMap(({ teams = [] }, at) =>
      teams.flatMap((id, index) =>
        known.has(id) ? [] : [{ path: `/${list}/${at}/teams/${index}`, message: `there is no team ${id}` }],
      ),
    )
  return [...check('accounts'), ...check('agents')]
}

function idleTimes({ organization }: LiteralDocument, stored: StoredConfiguration): FieldError[] {
  const warning = organization.idleWarningAfterMs ?? stored.settings?.idleWarningAfterMs ?? null
  const close = organization.idleCloseAfterMs ?? stored.settings?.idleCloseAfterMs ?? null
  const isGiven = organization.idleWarningAfterMs !== undefined || organization.idleCloseAfterMs !== undefined
  if (!isGiven || warning === null || close === null || warning < close) return []
  return [{ path: '/organization/idleWarningAfterMs', message: 'must be shorter than idleCloseAfterMs' }]
}
