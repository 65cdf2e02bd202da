import type { Client } from '@duoke/sdk'
import type { Finding } from '@duoke/server'
import { explainFailure } from './explain-failure.ts'

const skewLimitMs = 60_000
const patienceMs = 10_000

/** What can be told of a server from outside: it answers, its clock, and how WeChat answers its accounts. */
export async function examineServer(client: Client, url: string): Promise<Finding[]> {
  const reached = await askReady(url)
  if (reached.state === 'bad') return [reached.finding]
  return [reached.finding, clockFinding(reached.skewMs), ...(await examineAccounts(client))]
}

type Reached =
  | { readonly state: 'good'; readonly finding: Finding; readonly skewMs: number }
  | { readonly state: 'bad'; readonly finding: Finding }

async function askReady(url: string): Promise<Reached> {
  const bad = (sentence: string, whatToDo: string): Reached => ({
    state: 'bad',
    finding: { what: 'server', state: 'bad', sentence, whatToDo },
  })
  const before = Date.now()
  let ready: Response
  try {
    ready = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(patienceMs) })
  } catch (error) {
    const why = explainFailure(error)?.sentence ?? (error instanceof Error ? error.message : String(error))
    return bad(`${url} cannot be reached. ${why}`, 'Start it, or correct --server; look at a proxy in between.')
  }
  if (!ready.ok) return bad(`${url} answers ${ready.status}.`, 'Look at its log; its database may be unreachable.')
  const serverMs = Date.parse(ready.headers.get('date') ?? '')
  const skewMs = Number.isNaN(serverMs) ? 0 : Math.abs(serverMs - (before + Date.now()) / 2)
  return { state: 'good', finding: { what: 'server', state: 'good', sentence: `${url} is ready.` }, skewMs }
}

function clockFinding(skewMs: number): Finding {
  if (skewMs <= skewLimitMs) return { what: 'clock', state: 'good', sentence: 'Its clock agrees with this one.' }
  return {
    what: 'clock',
    state: 'bad',
    sentence: `Its clock differs by ${Math.round(skewMs / 1000)} s.`,
    whatToDo: 'Signatures carry times: let NTP set both clocks.',
  }
}

/** The server asks WeChat itself: only it knows the account's secret. */
async function examineAccounts(client: Client): Promise<Finding[]> {
  const { accountFindings } = await import('@duoke/server')
  const findings: Finding[] = []
  try {
    for await (const account of client.accounts.list())
      findings.push(...accountFindings(account, await client.accounts.check(account.id)))
  } catch (error) {
    const explained = explainFailure(error)
    if (explained === null) throw error
    return [{ what: 'token', state: 'bad', sentence: explained.sentence }]
  }
  if (findings.length > 0) return findings
  const whatToDo = 'Connect one with `duoke apply FILE`.'
  return [{ what: 'accounts', state: 'warning', sentence: 'No WeChat account is connected.', whatToDo }]
}
