// As fast as the program answers: a fixed number of pushes, each connection sending its next one when it has its answer.
import type { Agents, Frames } from './agents.ts'
import { openConnection } from './connection.ts'
import type { Sealed } from './seal.ts'

export type BurstResult = {
  readonly pushes: number
  readonly seconds: number
  /** Everything that was sent because of the pushes, also afterwards. */
  readonly frames: Frames
}

export async function burst(
  pushes: readonly Sealed[],
  where: { readonly port: number; readonly concurrency: number; readonly agents: Agents | null },
): Promise<BurstResult> {
  const { port, concurrency, agents } = where
  const connections = await Promise.all(Array.from({ length: concurrency }, () => openConnection(port)))
  const before = { ...(agents?.frames ?? { messages: 0, otherEvents: 0, lists: 0, bytes: 0 }) }
  let next = 0
  const startMs = performance.now()
  try {
    await Promise.all(
      connections.map(async (connection) => {
        for (let push = pushes[next++]; push !== undefined; push = pushes[next++]) {
          const { status } = await connection.send(push.request)
          if (status !== 200) throw new Error(`A push was answered with ${status}.`)
        }
      }),
    )
    // The work is done when the agents have seen what came for them, not when WeChat has its answer. Each push is an
    // event on one socket: the message, or the assignment when it began a session.
    const answeredMs = performance.now()
    const seenMs =
      agents === null
        ? answeredMs
        : await agents.eventsReach(before.messages + before.otherEvents + pushes.length, 10_000)
    await agents?.quiet()
    const after = agents?.frames ?? before
    return {
      pushes: pushes.length,
      seconds: (Math.max(answeredMs, seenMs) - startMs) / 1000,
      frames: {
        messages: after.messages - before.messages,
        otherEvents: after.otherEvents - before.otherEvents,
        lists: after.lists - before.lists,
        bytes: after.bytes - before.bytes,
      },
    }
  } finally {
    for (const connection of connections) connection[Symbol.dispose]()
  }
}
