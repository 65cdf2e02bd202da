import type { ErrorCode } from '@duoke/contract'
import type { CommandOf } from '@duoke/domain'
import type { Log } from '../../events/log.ts'
import { Refused } from '../../http/refused.ts'
import type { MediaOrigin } from '../../platform/media-origin.ts'
import type { MediaPort } from '../../platform/media-port.ts'
import type { AgentNumbers, NumberedAgent } from './agent-numbers.ts'
import { CallRefused, type CompatibleAnswer, done, json } from './answer.ts'
import { type Call, type Caller, eitherFields, type Fields, readFields, textIn } from './call.ts'
import type { Endpoint } from './endpoint.ts'
import { agentIdOf, kfAccountOf } from './kf-account.ts'
import { fileIn } from './multipart.ts'

export type AgentPorts = {
  readonly log: Pick<Log, 'submit'>
  readonly numbers: AgentNumbers
  readonly media: Pick<MediaPort, 'upload'>
  readonly mediaOrigin: Pick<MediaOrigin, 'recordLink'>
  readonly nowMs: () => number
}

const mostAgents = 100
const mostNicknameCharacters = 16
const pictureLimitBytes = 5 * 1024 * 1024
/** No source says how long an invitation stands; ours do for a week. */
const invitationMs = 7 * 24 * 3_600_000

/** Agents as accounts of WeChat's customer service, both generations (protocol reference, sections 5.1 to 5.4). */
export function agentEndpoints(ports: AgentPorts): readonly Endpoint[] {
  const managed = { auth: 'token', scopes: ['agents:manage'] } as const
  const shown = { auth: 'token', method: 'GET', scopes: ['agents:read', 'agents:manage'] } as const
  const at = (name: string) => `/customservice/kfaccount/${name}`
  return [
    { ...managed, path: at('add'), method: 'POST', run: (call, caller) => add(ports, caller, readFields(call)) },
    { ...managed, path: at('update'), method: 'POST', run: (call, caller) => rename(ports, caller, readFields(call)) },
    { ...managed, path: at('del'), method: 'either', run: (call, caller) => remove(ports, caller, eitherFields(call)) },
    { ...managed, path: at('inviteworker'), method: 'POST', run: (call, caller) => invite(ports, call, caller) },
    {
      ...managed,
      path: at('uploadheadimg'),
      method: 'POST',
      bodyLimitBytes: pictureLimitBytes + 64 * 1024,
      run: (call, caller) => setPicture(ports, call, caller),
    },
    // Some clients leave `/cgi-bin` out, as all their other calls of customer service do.
    ...['/cgi-bin/customservice', '/customservice'].flatMap((base): Endpoint[] => [
      { ...shown, path: `${base}/getkflist`, run: (_call, caller) => listAll(ports, caller) },
      { ...shown, path: `${base}/getonlinekflist`, run: (_call, caller) => listOnline(ports, caller) },
    ]),
  ]
}

/** Clients of 2014 sent the password of the desktop program, and know the codes of their time. */
function isOldClient(fields: Fields): boolean {
  return textIn(fields, 'password') !== undefined
}

/** The agent's id in `kf_account`, or the code for what is wrong with the name. */
function newAgentId(fields: Fields, { account }: Caller): string {
  const given = textIn(fields, 'kf_account') ?? ''
  const id = given.includes('@') ? agentIdOf(given, account.settings) : null
  const isOld = isOldClient(fields)
  if (id === null) throw new CallRefused(isOld ? 61452 : 65404)
  if (id.length > 10) throw new CallRefused(isOld ? 61454 : 65404)
  if (!(isOld ? /^[A-Za-z0-9]+$/ : /^[A-Za-z0-9][A-Za-z0-9_]*$/).test(id)) throw new CallRefused(isOld ? 61455 : 65404)
  return id
}

function nicknameIn(fields: Fields): string {
  const nickname = textIn(fields, 'nickname')?.trim() ?? ''
  const isLegal = nickname !== '' && [...nickname].length <= mostNicknameCharacters && !/\p{Cc}/u.test(nickname)
  if (!isLegal) throw new CallRefused(isOldClient(fields) ? 61451 : 65403)
  return nickname
}

async function oneAgent(ports: AgentPorts, caller: Caller, kfAccount: string | undefined): Promise<NumberedAgent> {
  const id = agentIdOf(kfAccount ?? '', caller.account.settings)
  const agent = (await ports.numbers.list(caller)).find((one) => one.id === id)
  if (agent === undefined) throw new CallRefused(65401)
  return agent
}

async function change(
  { log }: AgentPorts,
  { organizationId, appId }: Caller,
  command: Pick<CommandOf<'agent.change'>, 'agentId' | 'fields' | 'create'>,
): Promise<ErrorCode | null> {
  const outcome = await log.submit(
    organizationId,
    { type: 'agent.change', actor: { kind: 'app', appId }, ...command },
    { lane: `app:${appId}` },
  )
  return outcome.accepted ? null : outcome.code
}

async function add(ports: AgentPorts, caller: Caller, fields: Fields): Promise<CompatibleAnswer> {
  const agentId = newAgentId(fields, caller)
  const nickname = nicknameIn(fields)
  const agents = await ports.numbers.list(caller)
  const isOld = isOldClient(fields)
  if (agents.some(({ id }) => id === agentId)) throw new CallRefused(isOld ? 61453 : 65406)
  if (agents.length >= mostAgents) throw new CallRefused(isOld ? 61456 : 65405)
  const team = caller.account.settings.teams[0]
  const given = { nickname, disabled: false, ...(team !== undefined && { teams: [team] }) }
  const code = await change(ports, caller, { agentId, fields: given, create: true })
  if (code === null) return done
  if (code !== 'taken') throw new CallRefused(isOld ? 61450 : -1)
  // One of that name was deleted before, or serves another account only.
  if (!(await ports.numbers.isDisabled(caller, agentId))) throw new CallRefused(isOld ? 61453 : 65406)
  if ((await change(ports, caller, { agentId, fields: given })) !== null) throw new CallRefused(isOld ? 61450 : -1)
  return done
}

async function rename(ports: AgentPorts, caller: Caller, fields: Fields): Promise<CompatibleAnswer> {
  const agent = await oneAgent(ports, caller, textIn(fields, 'kf_account')).catch((error: unknown) => {
    throw isOldClient(fields) && error instanceof CallRefused ? new CallRefused(61452) : error
  })
  if ((await change(ports, caller, { agentId: agent.id, fields: { nickname: nicknameIn(fields) } })) !== null)
    throw new CallRefused(-1)
  return done
}

/** The agent can no longer sign in or be given anything; what was written in the name stays. */
async function remove(ports: AgentPorts, caller: Caller, fields: Fields): Promise<CompatibleAnswer> {
  const agent = await oneAgent(ports, caller, textIn(fields, 'kf_account'))
  if ((await change(ports, caller, { agentId: agent.id, fields: { disabled: true } })) !== null)
    throw new CallRefused(-1)
  return done
}

async function invite(ports: AgentPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const fields = readFields(call)
  const agent = await oneAgent(ports, caller, textIn(fields, 'kf_account'))
  const wx = textIn(fields, 'invite_wx') ?? ''
  if (!/^[A-Za-z0-9+][\w-]{4,39}$/.test(wx)) throw new CallRefused(65409)
  if (agent.isBound) throw new CallRefused(65412)
  const nowMs = ports.nowMs()
  if (stands(agent, nowMs)) throw new CallRefused(agent.invitation?.wx === wx ? 65408 : 65411)
  const others = (await ports.numbers.list(caller)).filter(
    ({ id, invitation }) => id !== agent.id && invitation?.wx === wx,
  )
  if (others.some(({ isBound }) => isBound)) throw new CallRefused(65407)
  if (others.some((other) => stands(other, nowMs))) throw new CallRefused(65408)
  await ports.numbers.invite(caller, agent.id, wx, nowMs)
  return done
}

function stands({ invitation }: NumberedAgent, nowMs: number): boolean {
  return invitation !== null && nowMs - invitation.atMs < invitationMs
}

async function setPicture(ports: AgentPorts, call: Call, caller: Caller): Promise<CompatibleAnswer> {
  const agent = await oneAgent(ports, caller, call.query['kf_account'])
  const file = await fileIn(call)
  if (file === null || file.bytes.byteLength === 0) throw new CallRefused(41005)
  if (file.bytes.byteLength > pictureLimitBytes) throw new CallRefused(40009)
  // By what it is: JPEG begins so.
  if (file.bytes[0] !== 0xff || file.bytes[1] !== 0xd8) throw new CallRefused(40005)
  try {
    const { id } = await ports.media.upload(caller.organizationId, file)
    await ports.numbers.setPicture(caller, agent.id, id)
    return done
  } catch (error) {
    if (error instanceof Refused) throw new CallRefused(error.code === 'payload_too_large' ? 40009 : 40005)
    throw error
  }
}

async function listAll(ports: AgentPorts, caller: Caller): Promise<CompatibleAnswer> {
  const nowMs = ports.nowMs()
  const agents = await ports.numbers.list(caller)
  return json({ kf_list: agents.map((agent) => listed(ports, { caller, agent, nowMs })) })
}

type Listing = {
  readonly caller: Caller
  readonly agent: NumberedAgent
  readonly nowMs: number
}

function listed({ mediaOrigin }: AgentPorts, { caller, agent, nowMs }: Listing) {
  const { id, nickname, number, picture, invitation, isBound } = agent
  const headImage = picture === null ? '' : mediaOrigin.recordLink(caller.organizationId, picture).url
  return {
    kf_account: kfAccountOf(id, caller.account.settings),
    kf_headimgurl: headImage,
    kf_id: String(number),
    kf_nick: nickname,
    ...(isBound && { kf_wx: invitation?.wx ?? id }),
    ...(!isBound &&
      invitation !== null && {
        invite_wx: invitation.wx,
        invite_expire_time: Math.floor((invitation.atMs + invitationMs) / 1000),
        invite_status: stands(agent, nowMs) ? 'waiting' : 'expired',
      }),
  }
}

/** Who is away is there and takes nobody: what `auto_accept` 0 said in 2014. */
async function listOnline(ports: AgentPorts, caller: Caller): Promise<CompatibleAnswer> {
  const agents = (await ports.numbers.list(caller)).filter(({ status }) => status !== 'offline')
  return json({
    kf_online_list: agents.map((agent) => ({
      kf_account: kfAccountOf(agent.id, caller.account.settings),
      status: 1,
      kf_id: String(agent.number),
      auto_accept: agent.status === 'online' ? (agent.temporaryCapacity?.capacity ?? agent.capacity) : 0,
      accepted_case: agent.load,
    })),
  })
}
