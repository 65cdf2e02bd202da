import type { Handlers } from '../http/handler.ts'
import { defaultLimit } from '../http/keyset.ts'
import { Refused } from '../http/refused.ts'
import type { Reads } from '../http/snapshot.ts'
import { listDecisions, readDecision } from '../routing/queries.ts'
import { readWaiting } from '../routing/waiting.ts'

type DecisionPorts = { readonly reads: Reads; readonly nowMs: () => number }

export function decisionHandlers({
  reads,
  nowMs,
}: DecisionPorts): Pick<Handlers, 'getDecision' | 'listDecisions' | 'getWaiting'> {
  return {
    async getDecision({ caller: { org }, params }) {
      const record = await reads.read(org, (tx) => readDecision(tx, org, params.decisionId))
      if (record === null) throw new Refused('not_found')
      return { body: record }
    },
    async listDecisions({ caller: { org }, query }) {
      const { from, to, limit = defaultLimit, ...rest } = query
      const filter = { ...rest, limit, fromMs: msOf('from', from), toMs: msOf('to', to) }
      return { body: await reads.read(org, (tx) => listDecisions(tx, org, filter)) }
    },
    async getWaiting({ caller: { org }, params }) {
      const waiting = await reads.read(org, (tx) => readWaiting(tx, org, params.conversationId, nowMs()))
      if (waiting === null) throw new Refused('not_found', { detail: 'Nobody waits there.' })
      return { body: waiting }
    },
  }
}

function msOf(name: string, instant: string | undefined): number | null {
  if (instant === undefined) return null
  const ms = Date.parse(instant)
  if (Number.isFinite(ms)) return ms
  throw new Refused('invalid_request', { errors: [{ path: `/query/${name}`, message: 'is no RFC 3339 instant' }] })
}
