import type { Facts } from '@duoke/contract'
import type { Log } from '../events/log.ts'
import { actorOf, agentOf, type Caller } from '../http/caller.ts'
import type { Handler, Handlers } from '../http/handler.ts'
import { defaultLimit, pageOf, readKeyset } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { writeTotp } from './credentials.ts'
import { readMe } from './me.ts'
import { matchingStep, newTotp } from './one-time-codes.ts'
import {
  changePassword,
  ownCredential,
  proveOwn,
  type SignedIn,
  type SignInPorts,
  signIn,
  signInWithLink,
} from './sign-in.ts'
import { createTokenFor } from './token-grants.ts'
import { endTokens, listTokenRows } from './token-store.ts'
import { infoOf, signInLastsMs } from './tokens.ts'

export type IdentityPorts = SignInPorts & {
  readonly reads: Reads
  readonly randomBytes: (count: number) => Uint8Array
  readonly log: Pick<Log, 'submit'>
}

type IdentityOperations =
  | 'signIn'
  | 'signInWithLink'
  | 'signOut'
  | 'listSignIns'
  | 'endSignIn'
  | 'changePassword'
  | 'startTotp'
  | 'confirmTotp'
  | 'removeTotp'
  | 'getMe'
  | 'listTokens'
  | 'createToken'
  | 'endToken'

export function identityHandlers(ports: IdentityPorts): Pick<Handlers, IdentityOperations> {
  return {
    async signIn({ body, ip, userAgent, caller }) {
      return welcome(ports, await signIn(ports, body, { ip, userAgent }), caller)
    },
    async signInWithLink({ body, ip, userAgent, caller }) {
      return welcome(ports, await signInWithLink(ports, body, { ip, userAgent }), caller)
    },
    async signOut({ caller }) {
      if (caller?.tokenKind === 'sign-in') await end(ports, caller.org, { tokenId: caller.tokenId })
      return { cookie: 'clear' }
    },
    getMe: async ({ caller }) => ports.reads.snapshot(caller.org, (tx) => readMe(tx, ports.box, caller)),
    ...ownSignIns(ports),
    ...ownSecrets(ports),
    ...tokenHandlers(ports),
  }
}

/** A sign-in that was there before ends: a session never survives the change of who uses it. */
async function welcome(ports: IdentityPorts, signedIn: SignedIn, before: Caller | null) {
  if (before?.tokenKind === 'sign-in') await end(ports, before.org, { tokenId: before.tokenId })
  const caller = await ports.tokens.find(signedIn.token)
  if (caller === null) throw new Refused('sign_in_refused')
  const body = await ports.reads.read(caller.org, (tx) => readMe(tx, ports.box, caller))
  return { body, cookie: { token: signedIn.token, maxAgeSeconds: signInLastsMs / 1000 } }
}

async function end(ports: IdentityPorts, org: string, which: Parameters<typeof endTokens>[2]): Promise<string[]> {
  const ended = await ports.database.withOrganization(org, (tx) => endTokens(tx, org, which, ports.nowMs()))
  ports.tokens.forget(org, ended)
  return ended
}

function ownSignIns(ports: IdentityPorts): Pick<Handlers, 'listSignIns' | 'endSignIn'> {
  return {
    async listSignIns({ caller, query }) {
      return { body: await tokenPage(ports, caller, query, { kind: 'sign-in', agentId: agentOf(caller) }) }
    },
    async endSignIn({ caller, params }) {
      const { org } = caller
      const agentId = agentOf(caller)
      const ended = await ports.database.withOrganization(org, async (tx) => {
        const own = { kind: 'sign-in', agentId, after: null, limit: 1000, nowMs: ports.nowMs() } as const
        const rows = await listTokenRows(tx, org, own)
        const isOwn = rows.some(({ token_id }) => token_id === params.tokenId)
        return isOwn ? endTokens(tx, org, { tokenId: params.tokenId }, ports.nowMs()) : []
      })
      if (ended.length === 0) throw new Refused('not_found')
      ports.tokens.forget(org, ended)
      return {}
    },
  }
}

function ownSecrets(
  ports: IdentityPorts,
): Pick<Handlers, 'changePassword' | 'startTotp' | 'confirmTotp' | 'removeTotp'> {
  const { database, box } = ports
  return {
    async changePassword({ caller, body, ip }) {
      const { org, tokenId } = caller
      await changePassword(ports, { org, agentId: agentOf(caller), tokenId, ip }, body)
      await tell(ports, caller, 'password-set')
      return {}
    },
    async startTotp({ caller }) {
      const { org } = caller
      const agentId = agentOf(caller)
      const { totp } = await ownCredential(ports, org, agentId)
      if (totp?.isConfirmed) throw new Refused('not_permitted', { detail: 'Remove the present codes first.' })
      const made = newTotp(ports.randomBytes, agentId)
      const fresh = { secret: made.secret, isConfirmed: false, usedStep: null }
      await database.withOrganization(org, (tx) => writeTotp(tx, box, org, agentId, fresh))
      return { body: made }
    },
    async confirmTotp({ caller, body, ip }) {
      const { org } = caller
      const agentId = agentOf(caller)
      const account = `${org}/${agentId}`
      await ports.limits.begin(account, ip)
      const { totp } = await ownCredential(ports, org, agentId)
      const usedStep = totp === null ? null : matchingStep(totp.secret, body.code, ports.nowMs(), totp.usedStep)
      if (totp === null || usedStep === null) throw new Refused('sign_in_refused')
      await database.withOrganization(org, (tx) =>
        writeTotp(tx, box, org, agentId, { ...totp, isConfirmed: true, usedStep }),
      )
      await ports.limits.succeeded(account, ip)
      await tell(ports, caller, 'totp-added')
      return {}
    },
    async removeTotp({ caller, body, ip }) {
      const { org } = caller
      const agentId = agentOf(caller)
      await proveOwn(ports, { org, agentId, ip }, await ownCredential(ports, org, agentId), body.password)
      await database.withOrganization(org, (tx) => writeTotp(tx, box, org, agentId, null))
      await tell(ports, caller, 'totp-removed')
      return {}
    },
  }
}

/** The log says that an agent's way of signing in changed, never to what. */
async function tell(ports: IdentityPorts, caller: Caller, change: Facts<'agent.secured'>['change']): Promise<void> {
  await submitFor(ports.log, caller, { type: 'agent.secure', actor: actorOf(caller), agentId: agentOf(caller), change })
}

function tokenHandlers(ports: IdentityPorts): Pick<Handlers, 'listTokens' | 'createToken' | 'endToken'> {
  const createToken: Handler<'createToken'> = async ({ caller, body }) => {
    const made = await createTokenFor(ports, {
      org: caller.org,
      holder: body.holder,
      scopes: body.scopes,
      lastsMs: body.expiresInMs ?? null,
      label: body.label ?? '',
      giver: caller.scopes,
    })
    return { body: made }
  }
  return {
    async listTokens({ caller, query }) {
      return { body: await tokenPage(ports, caller, query, {}) }
    },
    createToken,
    async endToken({ caller, params }) {
      const ended = await end(ports, caller.org, { tokenId: params.tokenId })
      if (ended.length === 0) throw new Refused('not_found')
      return {}
    },
  }
}

async function tokenPage(
  ports: IdentityPorts,
  caller: Caller,
  query: { readonly limit?: number; readonly after?: string },
  only: { readonly kind?: 'sign-in'; readonly agentId?: string },
) {
  const limit = query.limit ?? defaultLimit
  const filter = { ...only, after: readKeyset(query.after), limit: limit + 1, nowMs: ports.nowMs() }
  const rows = await ports.reads.read(caller.org, (tx) => listTokenRows(tx, caller.org, filter))
  return pageOf(
    rows,
    limit,
    (row) => infoOf(row, caller.tokenId),
    (row) => ({ at: row.created_at, id: row.token_id }),
  )
}
