import type { Actor, AppSettings } from '@duoke/contract'
import { type Attempt, accept } from '../attempt.ts'
import { type CommandOf, type Decision, refuse } from '../commands.ts'
import { giveBack } from '../routing/route.ts'
import { differingFields, sharedAppId } from './differences.ts'
import type { AppState } from './state.ts'

export function changeApp(attempt: Attempt, { actor, app }: CommandOf<'app.configure'>): Decision {
  const unknown = app.attachments.find(({ accountId }) => !attempt.state.accounts.has(accountId))
  if (unknown !== undefined) return refuse('invalid_configuration', `There is no account ${unknown.accountId}`)
  const accounts = Array.from(attempt.state.accounts.values(), ({ settings }) => settings)
  const shared = sharedAppId(accounts, [app])
  if (shared !== null) return refuse('invalid_configuration', shared)
  const before = attempt.state.apps.get(app.appId)
  const change = before === undefined ? 'created' : differingFields(before, app).length > 0 ? 'changed' : 'unchanged'
  if (change !== 'unchanged') configureApp(attempt, actor, app)
  return accept(attempt)
}

export function dropApp(attempt: Attempt, { actor, appId }: CommandOf<'app.remove'>): Decision {
  if (!attempt.state.apps.has(appId)) return refuse('not_found')
  removeApp(attempt, actor, appId)
  return accept(attempt)
}

/** What the channel noticed about an app at an account; what is known already is not said again. */
export function reportApp(attempt: Attempt, command: CommandOf<'app.report'>): Decision {
  const { actor, appId, accountId, finding } = command
  const app = attempt.state.apps.get(appId)
  if (!app?.attachments.some((attachment) => attachment.accountId === accountId)) return refuse('not_found')
  const isSuspended = app.suspended[accountId] !== undefined
  if (finding.kind === 'suspended' && !isSuspended) {
    const { reason, failures } = finding
    attempt.emit({ type: 'app.suspended', actor, facts: { appId, accountId, reason, failures } })
  }
  if (finding.kind === 'recovered' && isSuspended) {
    attempt.emit({ type: 'app.recovered', actor, facts: { appId, accountId } })
  }
  return accept(attempt)
}

/** Sets an app up; what it may do more or less than before is a consent of its own. */
export function configureApp(attempt: Attempt, actor: Actor, app: AppSettings): void {
  const before = attempt.state.apps.get(app.appId)
  consent(attempt, actor, app.appId, before, app)
  attempt.emit({ type: 'app.configured', actor, facts: { ...app, scopes: [...app.scopes] } })
  const lost = before === undefined ? [] : missingFrom(accountsOf(app), accountsOf(before))
  if (lost.length > 0) giveBack(attempt, heldBy(attempt, app.appId, lost), 'disabled')
}

/** What it held goes to others at once, and all that it was granted is withdrawn. */
export function removeApp(attempt: Attempt, actor: Actor, appId: string): void {
  giveBack(attempt, heldBy(attempt, appId), 'disabled')
  consent(attempt, actor, appId, attempt.state.apps.get(appId), undefined)
  attempt.emit({ type: 'app.removed', actor, facts: { appId } })
}

/** What the app holds, everywhere or at these accounts. */
function heldBy({ state }: Attempt, appId: string, accountIds?: readonly string[]): string[] {
  const held: string[] = []
  for (const { id, holder, accountId } of state.conversations.values()) {
    const isThere = accountIds === undefined || accountIds.includes(accountId)
    if (isThere && holder.kind === 'app' && holder.appId === appId) held.push(id)
  }
  return held
}

/** An account that is gone takes its apps' places there with it. */
export function detachApps(attempt: Attempt, actor: Actor, accountId: string): void {
  const attached: AppState[] = []
  for (const app of attempt.state.apps.values()) {
    if (app.attachments.some((attachment) => attachment.accountId === accountId)) attached.push(app)
  }
  for (const { suspended: _, ...app } of attached) {
    const attachments = app.attachments.filter((attachment) => attachment.accountId !== accountId)
    configureApp(attempt, actor, { ...app, attachments })
  }
}

/** Why the app cannot serve an account's customers now; null when it can. */
export function absenceOf(app: AppState | undefined, accountId: string): string | null {
  if (app === undefined) return 'unknown'
  if (!app.attachments.some((attachment) => attachment.accountId === accountId)) return 'not attached to the account'
  if (!app.scopes.includes('messages:read')) return 'not allowed to read messages'
  return app.suspended[accountId] === undefined ? null : 'suspended'
}

type Granted = Pick<AppSettings, 'scopes' | 'attachments'>

function consent(
  attempt: Attempt,
  actor: Actor,
  appId: string,
  before: Granted = { scopes: [], attachments: [] },
  after: Granted = { scopes: [], attachments: [] },
): void {
  const facts = {
    appId,
    granted: missingFrom(before.scopes, after.scopes),
    withdrawn: missingFrom(after.scopes, before.scopes),
    attached: missingFrom(accountsOf(before), accountsOf(after)),
    detached: missingFrom(accountsOf(after), accountsOf(before)),
  }
  const { granted, withdrawn, attached, detached } = facts
  if ([granted, withdrawn, attached, detached].some(({ length }) => length > 0)) {
    attempt.emit({ type: 'app.consented', actor, facts })
  }
}

const accountsOf = ({ attachments }: Granted): string[] => attachments.map(({ accountId }) => accountId)

const missingFrom = (known: readonly string[], values: readonly string[]): string[] =>
  values.filter((value) => !known.includes(value))
