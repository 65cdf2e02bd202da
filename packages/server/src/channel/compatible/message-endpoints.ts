import type { ErrorCode, SendOptions } from '@duoke/contract'
import type { CommandOf } from '@duoke/domain'
import { errorMessage, parseCustomerMessage, parseTyping, typingLimits } from '@duoke/wechat'
import { mediaIdsOf } from '../../conversation/commands.ts'
import type { Database } from '../../database/client.ts'
import type { Log } from '../../events/log.ts'
import type { Outcome } from '../../events/outcome.ts'
import { readAgent } from '../../identity/organization-store.ts'
import type { Delivery } from '../deliver.ts'
import type { MediaIds } from '../media-ids.ts'
import { typingPath } from '../typing.ts'
import { callUpstream, type UpstreamPorts } from '../upstream-call.ts'
import { CallRefused, type CompatibleAnswer, done, refusal } from './answer.ts'
import { type Call, type Caller, ownerOf, readFields } from './call.ts'
import { findCustomer, type KnownCustomer } from './customers.ts'
import type { Endpoint } from './endpoint.ts'
import { agentIdOf, kfAccountOf } from './kf-account.ts'
import { ourContentOf } from './our-content.ts'
import type { Outcomes, SentMessage } from './outcomes.ts'
import { passThrough } from './pass-through.ts'

export type MessagePorts = UpstreamPorts & {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly delivery: Pick<Delivery, 'withdraw'>
  readonly outcomes: Outcomes
  readonly mediaIds: MediaIds
  readonly nowMs: () => number
}

/** WeChat's own patience with an answer; a client that waits longer for us than for WeChat is none. */
const answerWithinMs = 5_000
/** Before the end, so that taking a message back has its time too. */
const withdrawAfterMs = 4_000

/** Sending and typing (protocol reference, sections 5.8 to 5.10). */
export function messageEndpoints(ports: MessagePorts): readonly Endpoint[] {
  const typing = createTypingCalls(ports)
  const limited = { method: 'POST', auth: 'token', scopes: ['messages:send', 'messages:send:any'] } as const
  return [
    { ...limited, path: '/cgi-bin/message/custom/send', run: (call, caller) => send(ports, call, caller) },
    { ...limited, path: '/cgi-bin/message/custom/typing', run: typing },
    { ...limited, path: '/cgi-bin/message/custom/business/typing', run: typing },
  ]
}

/** The same command as everybody's: the ledger and the holder are asked under the log's lock, before WeChat is. */
async function send(ports: MessagePorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  readFields(call)
  const parsed = parseCustomerMessage(call.body)
  if (!parsed.ok) throw new CallRefused(parsed.errcode, parsed.errmsg)
  const customer = await findCustomer(ports.database, caller, parsed.openid)
  if (customer === null) throw new CallRefused(await codeForStranger(ports, caller, parsed.openid))
  const { inNameOf, kfAccount } = await namedAgent(ports, caller, parsed.kfAccount)
  const content = await ourContentOf(parsed.message, async (id, kind) => {
    const { ours } = await ports.mediaIds.namesOf(ownerOf(caller), id, kind)
    return ours
  })
  const mediaIds = mediaIdsOf(content)
  const options: SendOptions = {
    ...(kfAccount !== undefined && { kfAccount }),
    ...(parsed.aiMessage !== undefined && { isAi: parsed.aiMessage }),
    ...(parsed.businessId !== undefined && { businessId: parsed.businessId }),
  }
  const command: CommandOf<'message.submit'> = {
    type: 'message.submit',
    actor: { kind: 'app', appId: caller.appId },
    conversationId: customer.conversationId,
    content,
    ...(mediaIds.length > 0 && { mediaIds }),
    anyScope: caller.scopes.has('messages:send:any'),
    ...(inNameOf !== undefined && { inNameOf }),
    ...(Object.keys(options).length > 0 && { options }),
  }
  const outcome = await ports.log.submit(caller.organizationId, command, { lane: `app:${caller.appId}` })
  if (!outcome.accepted) throw refusedSend(outcome)
  const sent: SentMessage = {
    organizationId: caller.organizationId,
    conversationId: customer.conversationId,
    messageId: outcome.result.messageId ?? '',
    position: outcome.position,
  }
  return answerFor(ports, sent, call.receivedMs)
}

/** Waits for WeChat's word; what nobody has begun to send by then is taken back, so that it never arrives later. */
async function answerFor(ports: MessagePorts, sent: SentMessage, receivedMs: number): Promise<CompatibleAnswer> {
  const left = (untilMs: number) => receivedMs + untilMs - ports.nowMs()
  let settled = await ports.outcomes.wait(sent, left(withdrawAfterMs))
  if (settled === null) {
    if (await ports.delivery.withdraw(sent)) return refusal(-1)
    settled = await ports.outcomes.wait(sent, Math.min(left(answerWithinMs), answerWithinMs - withdrawAfterMs))
  }
  if (settled === null) return { kind: 'hang-up' }
  switch (settled.outcome) {
    case 'accepted':
      return done
    case 'refused':
      return refusal(settled.code ?? -1, settled.reason ?? errorMessage(settled.code ?? -1))
    case 'not-sent':
    case 'expired':
      return refusal(-1)
    case 'unknown':
      return { kind: 'hang-up' }
    default:
      return settled.outcome satisfies never
  }
}

const sendCodes: Partial<Record<ErrorCode, number>> = {
  held_by_another: 65414,
  not_held: 65414,
  window_closed: 45015,
  quota_used: 45047,
  customer_unreachable: 43004,
  content_refused: 45002,
  not_found: 40003,
}

function refusedSend({ code }: Extract<Outcome, { accepted: false }>): CallRefused {
  return new CallRefused(sendCodes[code] ?? -1)
}

/** Nobody of ours: WeChat says whether there is such a follower. One who never wrote to us has opened no window. */
async function codeForStranger(ports: MessagePorts, { account }: Caller, openid: string): Promise<number> {
  if (!/^[\w-]{6,64}$/.test(openid)) return 40003
  const answer = await callUpstream(ports, account, `/cgi-bin/user/info?openid=${openid}`, {
    method: 'GET',
    timeoutMs: 3_000,
    maxResponseBytes: 65_536,
  })
  if (answer.kind === 'refused') return answer.code === 48001 ? 45015 : answer.code
  if (answer.kind === 'failed') return -1
  return Number(answer.fields?.['subscribe']) === 0 ? 43004 : 45015
}

type Named = { readonly inNameOf?: string; readonly kfAccount?: string }

/** A local agent need not exist at WeChat: the attachment says whether the name is passed on, as given or as ours. */
async function namedAgent(ports: MessagePorts, caller: Caller, given: string | undefined): Promise<Named> {
  if (given === undefined) return {}
  const { organizationId, account, attached } = caller
  const policy = attached.attachment.agentNames
  const agentId = agentIdOf(given, account.settings)
  const agent =
    agentId === null
      ? null
      : await ports.database.withOrganization(organizationId, (tx) => readAgent(tx, organizationId, agentId))
  if (agent === null || agent.disabled) {
    if (policy === 'pass') return { kfAccount: given }
    throw new CallRefused(65401)
  }
  switch (policy) {
    case 'pass':
      return { inNameOf: agent.id, kfAccount: given }
    case 'map':
      return { inNameOf: agent.id, kfAccount: kfAccountOf(agent.id, account.settings) }
    case 'omit':
      return { inNameOf: agent.id }
    default:
      return policy satisfies never
  }
}

function createTypingCalls(ports: MessagePorts): (call: Call, caller: Caller) => Promise<CompatibleAnswer> {
  const shownUntil = new Map<string, number>()
  return async (call, caller) => {
    readFields(call)
    const parsed = parseTyping(call.body)
    if (!parsed.ok) throw new CallRefused(parsed.errcode, parsed.errmsg)
    const customer = await findCustomer(ports.database, caller, parsed.openid)
    if (customer === null) throw new CallRefused(await codeForStranger(ports, caller, parsed.openid).then(typingCode))
    requireRight(caller, customer)
    const key = `${caller.organizationId}\n${customer.conversationId}`
    const now = ports.nowMs()
    if (parsed.command === 'Typing') {
      if (!hasExchanged(customer, now)) throw new CallRefused(45080)
      if ((shownUntil.get(key) ?? 0) > now) throw new CallRefused(45081)
      shownUntil.set(key, now + typingLimits.indicatorSeconds * 1000)
    } else shownUntil.delete(key)
    for (const [known, untilMs] of shownUntil) if (untilMs <= now) shownUntil.delete(known)
    const answer = await passThrough(ports, caller.account, { ...call, path: typingPath(caller.account.settings) })
    if (parsed.command === 'Typing' && !isDone(answer)) shownUntil.delete(key)
    return answer
  }
}

/** A follower whom we never heard of had no exchange with us in the last seconds either. */
function typingCode(code: number): number {
  return code === 45015 || code === 43004 ? 45080 : code
}

function requireRight({ appId, scopes }: Caller, { state: { holder } }: KnownCustomer): void {
  const holds = holder.kind === 'app' && holder.appId === appId
  if (!holds && !scopes.has('messages:send:any')) throw new CallRefused(65414)
}

function hasExchanged({ state }: KnownCustomer, nowMs: number): boolean {
  const last = Math.max(state.lastCustomerAtMs ?? 0, state.lastAgentAtMs ?? 0)
  return nowMs - last <= typingLimits.exchangeWithinSeconds * 1000
}

function isDone(answer: CompatibleAnswer): boolean {
  return answer.kind === 'bytes' && /"errcode"\s*:\s*0\b/.test(Buffer.from(answer.body).toString('utf8'))
}
