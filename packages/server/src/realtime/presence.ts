import type { AgentStatus } from '@duoke/contract'
import type { Database } from '../database/client.ts'
import type { Log } from '../events/log.ts'
import { createPresenceRows, type Gone, type PresenceRows, readGraceMs, readStatus } from './presence-rows.ts'

/**
 * Who has a stream open, kept in rows that each server renews: what a server knew when it died is not lost with it. When an
 * agent's last stream is gone for the organization's grace time, the agent goes offline and the sessions are given back.
 * A status that was set without any stream has no row and holds until it is changed.
 */
export type Presence = AsyncDisposable & {
  arrived(org: string, agentId: string): void
  left(org: string, agentId: string): void
  /** Before the agent's own choice of a status: an earlier stream that is gone no longer counts. */
  chose(org: string, agentId: string): Promise<void>
}

export type PresencePorts = {
  readonly database: Database
  readonly log: Pick<Log, 'submit'>
  readonly serverId: string
  readonly nowMs: () => number
  readonly onError: (error: unknown) => void
  readonly beatMs?: number
  /** A server that has not renewed its rows for this long is dead. */
  readonly deadAfterMs?: number
}

export function createPresence(ports: PresencePorts): Presence {
  const { database, nowMs, onError, beatMs = 2000, deadAfterMs = 15_000 } = ports
  const rows = createPresenceRows(database, ports.serverId, deadAfterMs)
  const returns = createReturns(ports)
  const here = createHere(rows)
  const startedMs = nowMs()
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function giveUp(gone: Gone): Promise<void> {
    const { org, agentId, silentMs, seenUs } = gone
    // While no server ran, nobody could come back: the grace begins when one does.
    const goneForMs = Math.min(silentMs - deadAfterMs, nowMs() - startedMs)
    if (goneForMs < (await readGraceMs(database, org)) || here.has(org, agentId)) return
    await rows.giveUp(gone, async () => {
      await returns.expect(org, agentId)
      await ports.log.submit(
        org,
        { type: 'agent.set-status', actor: { kind: 'system' }, agentId, status: 'offline', cause: 'vanished' },
        // Tried again after a failure in the middle, it happens once.
        { lane: 'timers', key: `vanished:${agentId}:${seenUs}` },
      )
    })
  }

  const beat = async () => {
    await here.renew()
    for (const gone of await rows.gone()) await giveUp(gone).catch(onError)
  }
  const schedule = () => {
    if (isStopped) return
    timer = setTimeout(() => {
      running = beat().catch(onError).finally(schedule)
    }, beatMs)
    timer.unref()
  }
  schedule()

  return {
    arrived(org, agentId) {
      if (here.add(org, agentId, 1) > 1) return
      void here
        .write(org, agentId)
        .then(() => returns.welcome(org, agentId))
        .catch(onError)
    },
    left(org, agentId) {
      if (here.add(org, agentId, -1) === 0 && !isStopped) void here.write(org, agentId).catch(onError)
    },
    async chose(org, agentId) {
      returns.forget(org, agentId)
      if (here.has(org, agentId)) return
      await here.write(org, agentId)
      await rows.removeOld(org, agentId)
    },
    async [Symbol.asyncDispose]() {
      // The rows stay: the next start, or another server, sees who was here and does not come back.
      isStopped = true
      clearTimeout(timer)
      await running
      // Streams that ended a moment ago are still being written; the database goes after us.
      await here.idle()
    },
  }
}

/** How many streams each agent has on this server, and its rows, written one after another so that the last word is true. */
function createHere(rows: PresenceRows) {
  const counts = new Map<string, Map<string, number>>()
  const countOf = (org: string, agentId: string) => counts.get(org)?.get(agentId) ?? 0
  let line: Promise<void> = Promise.resolve()
  const inLine = (work: () => Promise<void>): Promise<void> => {
    const done = line.then(work)
    line = done.catch(() => {})
    return done
  }
  return {
    has: (org: string, agentId: string) => countOf(org, agentId) > 0,
    add(org: string, agentId: string, by: 1 | -1): number {
      const agents = counts.get(org) ?? new Map<string, number>()
      counts.set(org, agents)
      const count = countOf(org, agentId) + by
      if (count > 0) agents.set(agentId, count)
      else agents.delete(agentId)
      return count
    },
    idle: () => line,
    /** Writes whether the agent is here, as it is when the turn comes. */
    write: (org: string, agentId: string) =>
      inLine(() => (countOf(org, agentId) > 0 ? rows.renew(org, [agentId]) : rows.age(org, agentId))),
    renew: () =>
      inLine(async () => {
        for (const [org, agents] of counts) if (agents.size > 0) await rows.renew(org, [...agents.keys()])
      }),
  }
}

/** Who comes back this soon goes on where the connection was lost; later it is for the agent to say. */
const returnWithinMs = 10 * 60_000

/** Agents that vanished, with the status they had. */
function createReturns({ database, log, nowMs }: PresencePorts) {
  const vanished = new Map<string, { readonly status: AgentStatus; readonly atMs: number }>()
  return {
    async expect(org: string, agentId: string): Promise<void> {
      const status = await readStatus(database, org, agentId)
      if (status !== null && status !== 'offline') vanished.set(`${org}/${agentId}`, { status, atMs: nowMs() })
    },
    forget: (org: string, agentId: string) => vanished.delete(`${org}/${agentId}`),
    async welcome(org: string, agentId: string): Promise<void> {
      const before = vanished.get(`${org}/${agentId}`)
      vanished.delete(`${org}/${agentId}`)
      if (before === undefined || nowMs() - before.atMs > returnWithinMs) return
      const change = { agentId, status: before.status, cause: 'returned' } as const
      await log.submit(org, { type: 'agent.set-status', actor: { kind: 'system' }, ...change }, { lane: 'agents' })
    },
  }
}
