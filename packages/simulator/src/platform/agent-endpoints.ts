import type { ServiceAgent } from '../model/account.ts'
import { type ApiAnswer, type ApiContext, type Endpoint, json, OK, readJson, refuse, textIn } from './api.ts'

const MOST_AGENTS = 100
const MOST_NICKNAME = 16
const ACCOUNT_NAME = /^[A-Za-z0-9_]{1,10}@[A-Za-z0-9_-]{1,30}$/

/** The customer-service accounts that `custom/send` may name (protocol reference, sections 5.1 to 5.3). */
export const agentEndpoints: Endpoint[] = [
  { method: 'POST', path: '/customservice/kfaccount/add', auth: 'token', run: addAgent },
  { method: 'POST', path: '/customservice/kfaccount/update', auth: 'token', run: renameAgent },
  { method: 'either', path: '/customservice/kfaccount/del', auth: 'token', run: removeAgent },
  { method: 'GET', path: '/cgi-bin/customservice/getkflist', auth: 'token', run: listAgents },
]

function addAgent({ world, call, account, settings }: ApiContext): ApiAnswer {
  const body = readJson(call)
  const name = textIn(body, 'kf_account') ?? ''
  const nickname = textIn(body, 'nickname') ?? ''
  if (!ACCOUNT_NAME.test(name)) return refuse(65404)
  if (!isNickname(nickname)) return refuse(65403)
  if (settings.agents.some((agent) => agent.account === name)) return refuse(65406)
  if (settings.agents.length >= MOST_AGENTS) return refuse(65405)
  const highest = Math.max(1000, ...settings.agents.map((agent) => Number(agent.id) || 0))
  const added: ServiceAgent = { account: name, nickname, id: String(highest + 1) }
  account.settings = { ...settings, agents: [...settings.agents, added] }
  world.emit({ type: 'account', account: settings.id })
  return OK
}

function renameAgent({ call, account, settings }: ApiContext): ApiAnswer {
  const body = readJson(call)
  const name = textIn(body, 'kf_account') ?? ''
  const nickname = textIn(body, 'nickname') ?? ''
  if (!settings.agents.some((agent) => agent.account === name)) return refuse(65401)
  if (!isNickname(nickname)) return refuse(65403)
  const agents = settings.agents.map((agent) => (agent.account === name ? { ...agent, nickname } : agent))
  account.settings = { ...settings, agents }
  return OK
}

/** Both forms are in use: a body by POST, a parameter by GET. */
function removeAgent({ call, account, settings }: ApiContext): ApiAnswer {
  const name = call.method === 'GET' ? call.query['kf_account'] : textIn(readJson(call), 'kf_account')
  if (!settings.agents.some((agent) => agent.account === name)) return refuse(65401)
  account.settings = { ...settings, agents: settings.agents.filter((agent) => agent.account !== name) }
  return OK
}

function listAgents({ settings }: ApiContext): ApiAnswer {
  const list = settings.agents.map((agent) => ({
    kf_account: agent.account,
    kf_headimgurl: '',
    kf_id: agent.id,
    kf_nick: agent.nickname,
    kf_wx: agent.account.split('@')[0],
  }))
  return json({ kf_list: list })
}

function isNickname(nickname: string): boolean {
  const length = [...nickname].length
  return length >= 1 && length <= MOST_NICKNAME
}
