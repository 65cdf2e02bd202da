// An open loop: pushes are due at times drawn beforehand and are sent then, whatever became of the earlier ones. Every
// time is counted from the moment a push was due, so that a slow answer cannot hide those that had to wait behind it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Agents } from './agents.ts'
import { type Connection, openConnection } from './connection.ts'
import { dueTimes } from './due-times.ts'
import { orderIn, type Sealed } from './seal.ts'

export type SteadyResult = {
  /** Milliseconds from due to answered, one for each push; infinite for one that was refused. */
  readonly answerMs: readonly number[]
  /** Milliseconds from due to the event on its agent's socket; of a new session that is an assignment, and is left out. */
  readonly eventMs: readonly number[]
  /** Milliseconds from answered to the event on its agent's socket; not above zero when the event came first. */
  readonly eventAfterAnswerMs: readonly number[]
}

type Plan = { readonly port: number; readonly perSecond: number; readonly seed: number; readonly agents: Agents }

export async function steady(pushes: readonly Sealed[], plan: Plan): Promise<SteadyResult> {
  const { port, agents } = plan
  const due = dueTimes(pushes.length, plan)
  const answered: number[] = []
  const seen = new Map<string, number>()
  const idle: Connection[] = await Promise.all(Array.from({ length: 64 }, () => openConnection(port)))
  const all = [...idle]
  const running = new Set<Promise<void>>()
  const wanted = agents.frames.messages + agents.frames.otherEvents + pushes.length
  agents.watch((frame, atMs) => seen.set(orderIn(frame) ?? '', atMs))

  async function anotherConnection(): Promise<Connection> {
    const connection = await openConnection(port)
    all.push(connection)
    return connection
  }
  async function send(index: number, { request }: Sealed) {
    // In turn, so that no connection idles until the server ends it.
    const connection = idle.shift() ?? (await anotherConnection())
    const { status } = await connection.send(request)
    // WeChat would come again: for the one who waits, a refusal is an answer that never came.
    answered[index] = status === 200 ? performance.now() : Number.POSITIVE_INFINITY
    idle.push(connection)
  }

  try {
    const startMs = performance.now() + 20
    for (const [index, push] of pushes.entries()) {
      const waitMs = startMs + (due[index] ?? 0) - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const sending = send(index, push).finally(() => running.delete(sending))
      running.add(sending)
    }
    await Promise.all(running)
    await agents.eventsReach(wanted - answered.filter((atMs) => atMs === Number.POSITIVE_INFINITY).length, 10_000)
    const dueAt = (index: number) => startMs + (due[index] ?? 0)
    const seenAt = pushes.flatMap(({ order }, index) => {
      const atMs = seen.get(order)
      return atMs === undefined ? [] : [{ index, atMs }]
    })
    return {
      answerMs: answered.map((atMs, index) => atMs - dueAt(index)),
      eventMs: seenAt.map(({ atMs, index }) => atMs - dueAt(index)),
      eventAfterAnswerMs: seenAt.map(({ atMs, index }) => atMs - (answered[index] ?? 0)),
    }
  } finally {
    agents.watch(null)
    for (const connection of all) connection[Symbol.dispose]()
  }
}
