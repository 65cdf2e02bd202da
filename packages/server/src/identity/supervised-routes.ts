import type { HolidayCalendar } from '@duoke/contract'
import type { Log } from '../events/log.ts'
import { actorOf, type Caller } from '../http/caller.ts'
import type { Handlers } from '../http/handler.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { submitFor } from '../http/submit.ts'
import { periodOf, readAttendance } from './attendance.ts'
import { readAgent } from './organization-store.ts'

export type SupervisedPorts = {
  readonly reads: Reads
  readonly log: Pick<Log, 'submit'>
  readonly nowMs: () => number
  readonly holidays: HolidayCalendar
}

/** What supervisors see of agents and set for them. */
export function supervisedHandlers(
  ports: SupervisedPorts,
): Pick<Handlers, 'setAgentStatus' | 'setAgentCapacity' | 'getAttendance'> {
  const { reads, log } = ports
  return {
    async setAgentStatus({ caller, params, body, retryKey }) {
      const { agentId } = params
      const command = { type: 'agent.set-status', actor: actorOf(caller), agentId, cause: 'supervisor' } as const
      await submitFor(log, caller, { ...command, ...body }, { key: retryKey })
      return { body: await oneAgent(reads, caller, agentId) }
    },
    async setAgentCapacity({ caller, params, body, retryKey }) {
      const { agentId } = params
      const command = { type: 'agent.set-capacity', actor: actorOf(caller), agentId, ...body } as const
      await submitFor(log, caller, command, { key: retryKey })
      return { body: await oneAgent(reads, caller, agentId) }
    },
    async getAttendance({ caller, params, query }) {
      const period = { ...periodOf(query, ports.nowMs()), holidays: ports.holidays }
      const read = await reads.read(caller.org, (tx) => readAttendance(tx, caller.org, params.agentId, period))
      if (read === null) throw new Refused('not_found')
      return { body: read }
    },
  }
}

export async function oneAgent(reads: Reads, caller: Caller, agentId: string) {
  const agent = await reads.read(caller.org, (tx) => readAgent(tx, caller.org, agentId))
  if (agent === null) throw new Refused('not_found')
  return agent
}
