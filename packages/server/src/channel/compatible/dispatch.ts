import { errorMessage } from '@duoke/wechat'
import { LogUnavailable } from '../../events/outcome.ts'
import type { AccountDirectory } from '../account-directory.ts'
import type { AttachmentDirectory } from '../attachment-directory.ts'
import { addressRefusal, isAllowedAddress } from './address-list.ts'
import { CallRefused, type CompatibleAnswer, refusal } from './answer.ts'
import type { AppTokens } from './app-tokens.ts'
import type { Call, Caller } from './call.ts'
import type { CallCounts } from './call-counts.ts'
import type { CallLimits } from './call-limits.ts'
import type { Endpoint, TokenEndpoint } from './endpoint.ts'
import { ConnectionLost, type PassPorts, passThrough } from './pass-through.ts'
import { scopesOfPath } from './permission-sets.ts'

export type DispatchPorts = {
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly attachments: AttachmentDirectory
  readonly accounts: AccountDirectory
  readonly tokens: AppTokens
  readonly counts: CallCounts
  readonly limits: CallLimits
  readonly upstream: PassPorts
  readonly onError: (error: unknown) => void
}

/** What is known before the body is read: nobody who may not call gets as far as sending ten megabytes. */
export type Admission =
  | { readonly kind: 'refused'; readonly answer: CompatibleAnswer; readonly caller: Caller | null }
  | {
      readonly kind: 'admitted'
      readonly endpoint: Endpoint
      readonly caller: Caller | null
      readonly bodyLimitBytes: number
      readonly leave: () => void
    }

export type CallHead = Omit<Call, 'body'> & {
  /** What the client says that the body has; infinity when it does not say. */
  readonly declaredBytes: number
}

/** What a call without a file may have. */
const bodyLimitBytes = 1024 * 1024
/** The largest file that any call of WeChat's takes is a video of ten megabytes, in its envelope. */
export const largestBodyBytes = 12 * 1024 * 1024

export type Dispatcher = {
  admit(head: CallHead): Promise<Admission>
  run(endpoint: Endpoint, call: Call, caller: Caller | null): Promise<CompatibleAnswer>
}

export function createDispatcher(ports: DispatchPorts): Dispatcher {
  async function admit(head: CallHead): Promise<Admission> {
    const endpoint = ports.endpoints.get(head.path) ?? passedOn(ports, head)
    const refused = (answer: CompatibleAnswer, caller: Caller | null = null): Admission => ({
      kind: 'refused',
      answer,
      caller,
    })
    if (endpoint.auth === 'none') {
      const limitBytes = endpoint.bodyLimitBytes ?? bodyLimitBytes
      if (!fitsMethod(endpoint, head.method)) return refused(wrongMethod(endpoint))
      return { kind: 'admitted', endpoint, caller: null, bodyLimitBytes: limitBytes, leave: () => {} }
    }
    const caller = await findCaller(ports, head)
    if (typeof caller === 'number') return refused(refusal(caller))
    if (!isAllowedAddress(caller.attached.app.allowedAddresses, head.ip))
      return refused(refusal(40164, addressRefusal(head.ip)), caller)
    const isClosed = !ports.endpoints.has(head.path) && endpoint.scopes.length === 0
    if (isClosed || !mayCall(endpoint, caller)) return refused(refusal(48001), caller)
    if (!fitsMethod(endpoint, head.method)) return refused(wrongMethod(endpoint), caller)
    const leave = ports.limits.enter(caller, head.declaredBytes > bodyLimitBytes)
    if (leave === null) return refused(refusal(45011), caller)
    const counted = { organizationId: caller.organizationId, wechatAppId: caller.attached.attachment.wechatAppId }
    if (!(await ports.counts.count(counted, head.path))) {
      leave()
      return refused(refusal(45009), caller)
    }
    return { kind: 'admitted', endpoint, caller, bodyLimitBytes: endpoint.bodyLimitBytes ?? bodyLimitBytes, leave }
  }

  return {
    async admit(head) {
      try {
        return await admit(head)
      } catch (error) {
        return { kind: 'refused', answer: answerOf(error, ports.onError), caller: null }
      }
    },
    async run(endpoint, call, caller) {
      try {
        if (endpoint.auth === 'none') return await endpoint.run(call)
        if (caller === null) throw new CallRefused(41001)
        return await endpoint.run(call, caller)
      } catch (error) {
        return answerOf(error, ports.onError)
      }
    },
  }
}

/** Whoever the token names, or the code that says why it names nobody. */
async function findCaller(ports: DispatchPorts, { query }: CallHead): Promise<Caller | number> {
  const given = query['access_token']
  if (given === undefined || given === '') return 41001
  if (given.length > 512) return 40014
  const found = await ports.tokens.stateOf(given)
  switch (found.state) {
    case 'valid':
      break
    case 'replaced':
      return 40001
    case 'expired':
      return 42001
    case 'unknown':
      return 40014
    default:
      return found satisfies never
  }
  const attached = await ports.attachments.byWechatAppId(found.wechatAppId)
  // Gone from the account since, or somebody else's by now: the token was never the other one's.
  const isSame = attached?.organizationId === found.organizationId && attached.app.appId === found.appId
  if (attached === null || !isSame) return 40014
  const account = await ports.accounts.find(attached.attachment.accountId)
  if (account === null || account.organizationId !== found.organizationId) return -1
  const scopes = new Set(attached.app.scopes)
  return { organizationId: found.organizationId, appId: found.appId, scopes, attached, account }
}

function mayCall({ scopes }: TokenEndpoint, caller: Caller): boolean {
  return scopes.length === 0 || scopes.some((scope) => caller.scopes.has(scope))
}

function fitsMethod({ method }: Endpoint, given: string): boolean {
  return method === 'either' ? given === 'GET' || given === 'POST' : method === given
}

function wrongMethod({ method }: Endpoint): CompatibleAnswer {
  return refusal(method === 'GET' ? 43001 : 43002)
}

/** Every other path of WeChat's API; for one in no permission set no scope suffices. */
function passedOn(ports: DispatchPorts, { path }: CallHead): TokenEndpoint {
  const scopes = scopesOfPath(path)
  return {
    path,
    method: 'either',
    auth: 'token',
    scopes,
    bodyLimitBytes: largestBodyBytes,
    run: (call, caller) => passThrough(ports.upstream, caller.account, call),
  }
}

/** An error of ours looks like one of WeChat's; what nobody foresaw is told to the operator. */
function answerOf(error: unknown, onError: (error: unknown) => void): CompatibleAnswer {
  if (error instanceof CallRefused) return refusal(error.errcode, error.text)
  if (error instanceof ConnectionLost) return { kind: 'hang-up' }
  // Surely not carried out, and the same call may succeed in a moment: exactly what 45011 says, and -1 does not.
  if (error instanceof LogUnavailable) return refusal(45011)
  onError(error)
  return refusal(-1, errorMessage(-1))
}
