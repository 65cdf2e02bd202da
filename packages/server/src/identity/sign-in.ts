import type { Database, Transaction } from '../database/client.ts'
import { Refused } from '../http/refused.ts'
import { type Credential, lockCredential, readCredential, writePassword, writeTotp } from './credentials.ts'
import { useLink } from './links.ts'
import { matchingStep } from './one-time-codes.ts'
import { onlyOrganization, readAgent } from './organization-store.ts'
import { isLongEnough, type Passwords } from './passwords.ts'
import type { SecretBox } from './secret-box.ts'
import type { SignInLimits } from './sign-in-limits.ts'
import { endTokens } from './token-store.ts'
import { scopesOfAgent, signInLastsMs, type Tokens } from './tokens.ts'

export type SignInPorts = {
  readonly database: Database
  readonly box: SecretBox
  readonly passwords: Passwords
  readonly limits: SignInLimits
  readonly tokens: Tokens
  readonly nowMs: () => number
}
export type SignedIn = {
  readonly org: string
  readonly agentId: string
  readonly token: string
  readonly tokenId: string
}
export type Visitor = { readonly ip: string; readonly userAgent: string }

type Given = {
  readonly organization?: string
  readonly agentId: string
  readonly password: string
  readonly totp?: string
}

/** Signs in with a password. Whatever is wrong, the answer and the time it takes are the same (I-8). */
export async function signIn(ports: SignInPorts, given: Given, visitor: Visitor): Promise<SignedIn> {
  const { database, limits, passwords } = ports
  const org = given.organization ?? (await database.withWorker(onlyOrganization, { readOnly: true }))
  const account = `${org ?? ''}/${given.agentId}`
  await limits.begin(account, visitor.ip)
  const known = org === null ? null : await readKnown(ports, org, given.agentId)
  const isRight = await passwords.verify(given.password, known?.credential.passwordHash ?? null)
  if (org === null || known === null || !isRight) throw new Refused('sign_in_refused')
  const usedStep = codeStep(ports, known.credential, given.totp)
  const signedIn = await database.withOrganization(org, async (tx) => {
    if (usedStep !== null) await rememberStep(ports, tx, { org, agentId: given.agentId, usedStep })
    return issue(ports, tx, { org, agentId: given.agentId }, visitor)
  })
  await limits.succeeded(account, visitor.ip)
  return signedIn
}

/** Opens a one-time link; with a new password, every other sign-in of the agent ends. */
export async function signInWithLink(
  ports: SignInPorts,
  given: { readonly code: string; readonly newPassword?: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const { database, limits, nowMs, passwords, tokens } = ports
  if (given.newPassword !== undefined && !isLongEnough(given.newPassword)) throw new Refused('weak_password')
  await limits.begin(`link/${visitor.ip}`, visitor.ip)
  const opened = await database.withWorker((tx) => useLink(tx, given.code, nowMs()))
  if (opened === null) throw new Refused('link_expired')
  const { org, agentId } = opened
  const hash = given.newPassword === undefined ? null : await passwords.hash(given.newPassword)
  const { signedIn, ended } = await database.withOrganization(org, async (tx) => {
    const agent = await readAgent(tx, org, agentId)
    if (agent === null || agent.disabled) throw new Refused('link_expired')
    if (hash === null) return { signedIn: await issue(ports, tx, opened, visitor), ended: [] }
    await writePassword(tx, org, agentId, hash)
    const endedNow = await endTokens(tx, org, { signInsOf: agentId, but: null }, nowMs())
    return { signedIn: await issue(ports, tx, opened, visitor), ended: endedNow }
  })
  tokens.forget(org, ended)
  await limits.succeeded(`link/${visitor.ip}`, visitor.ip)
  return signedIn
}

/** Changes one's own password; every other sign-in ends. An agent without a password yet needs no current one. */
export async function changePassword(
  ports: SignInPorts,
  who: { readonly org: string; readonly agentId: string; readonly tokenId: string; readonly ip: string },
  given: { readonly current?: string; readonly next: string },
): Promise<void> {
  const { database, passwords, tokens, nowMs } = ports
  const { org, agentId, tokenId } = who
  if (!isLongEnough(given.next)) throw new Refused('weak_password')
  const credential = await ownCredential(ports, org, agentId)
  if (credential.passwordHash !== null) await proveOwn(ports, who, credential, given.current ?? '')
  const hash = await passwords.hash(given.next)
  const ended = await database.withOrganization(org, async (tx) => {
    await writePassword(tx, org, agentId, hash)
    return endTokens(tx, org, { signInsOf: agentId, but: tokenId }, nowMs())
  })
  tokens.forget(org, ended)
}

/** Checks the own password of somebody signed in, with the same limits as signing in. */
export async function proveOwn(
  ports: SignInPorts,
  who: { readonly org: string; readonly agentId: string; readonly ip: string },
  credential: Credential,
  password: string,
): Promise<void> {
  const account = `${who.org}/${who.agentId}`
  await ports.limits.begin(account, who.ip)
  if (!(await ports.passwords.verify(password, credential.passwordHash))) throw new Refused('sign_in_refused')
  await ports.limits.succeeded(account, who.ip)
}

export function ownCredential(ports: SignInPorts, org: string, agentId: string): Promise<Credential> {
  return ports.database.withOrganization(org, (tx) => readCredential(tx, ports.box, org, agentId), { readOnly: true })
}

async function readKnown(ports: SignInPorts, org: string, agentId: string): Promise<{ credential: Credential } | null> {
  return ports.database.withOrganization(
    org,
    async (tx) => {
      const agent = await readAgent(tx, org, agentId)
      if (agent === null || agent.disabled) return null
      return { credential: await readCredential(tx, ports.box, org, agentId) }
    },
    { readOnly: true },
  )
}

function codeStep(ports: SignInPorts, { totp }: Credential, code: string | undefined): number | null {
  if (totp === null || !totp.isConfirmed) return null
  if (code === undefined || code === '') throw new Refused('second_factor_required')
  const step = matchingStep(totp.secret, code, ports.nowMs(), totp.usedStep)
  if (step === null) throw new Refused('sign_in_refused')
  return step
}

/** Read again under the transaction: of two sign-ins with the same code, one is refused. */
async function rememberStep(
  ports: SignInPorts,
  tx: Transaction,
  used: { readonly org: string; readonly agentId: string; readonly usedStep: number },
): Promise<void> {
  const { org, agentId, usedStep } = used
  await lockCredential(tx, org, agentId)
  const { totp } = await readCredential(tx, ports.box, org, agentId)
  if (totp === null || (totp.usedStep !== null && totp.usedStep >= usedStep)) throw new Refused('sign_in_refused')
  await writeTotp(tx, ports.box, org, agentId, { ...totp, usedStep })
}

async function issue(
  ports: SignInPorts,
  tx: Transaction,
  who: { readonly org: string; readonly agentId: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const agent = await readAgent(tx, who.org, who.agentId)
  const { token, tokenId } = await ports.tokens.issue(tx, {
    org: who.org,
    kind: 'sign-in',
    holder: { kind: 'agent', agentId: who.agentId },
    scopes: scopesOfAgent(agent?.role),
    label: labelOf(visitor),
    lastsMs: signInLastsMs,
  })
  return { ...who, token, tokenId }
}

function labelOf({ ip, userAgent }: Visitor): string {
  return `${userAgent.slice(0, 160)} · ${ip}`
}
