import { createTurns } from '../../events/turns.ts'
import type { Caller } from './call.ts'
import type { Endpoint } from './endpoint.ts'

/** Calls of one app that are worked on side by side, of those that Duoke answers by itself; the others wait their turn. */
export const workedOnAtOnce = 2

type Turns = { readonly take: ReturnType<typeof createTurns>; inside: number }

/**
 * A burst that the minute's share allows is served as fast as before, one handful after the other, and the calls of other
 * apps come between (F64). Not for what waits for WeChat: there one slow answer would hold up the next.
 */
export function createAppTurns(): (endpoints: readonly Endpoint[]) => readonly Endpoint[] {
  const known = new Map<string, Turns>()

  async function inTurn<T>({ organizationId, appId }: Caller, work: () => Promise<T>): Promise<T> {
    const key = `${organizationId}\n${appId}`
    const turns = known.get(key) ?? { take: createTurns(workedOnAtOnce), inside: 0 }
    known.set(key, turns)
    turns.inside += 1
    try {
      return await turns.take(work)
    } finally {
      turns.inside -= 1
      if (turns.inside === 0) known.delete(key)
    }
  }

  return (endpoints) =>
    endpoints.map((endpoint) =>
      endpoint.auth === 'none'
        ? endpoint
        : { ...endpoint, run: (call, caller) => inTurn(caller, () => endpoint.run(call, caller)) },
    )
}
