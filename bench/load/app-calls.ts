// Calls of WeChat's interface at an even rate, sent when they are due whatever became of the earlier ones.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, openConnection } from './connection.ts'
import { dueTimes } from './due-times.ts'

/** A path with its query, and the JSON body of a POST. */
export type AppCall = { readonly path: string; readonly body?: string }

export type CallsResult = {
  /** Milliseconds from due to the whole answer, of calls that were let in. */
  readonly answerMs: readonly number[]
  /** Calls that were told to be slower (45009 or 45011). */
  readonly refused: number
}

type Plan = {
  readonly port: number
  readonly perSecond: number
  readonly seed: number
  /** Whoever keeps to its share is never refused: that would end the run. */
  readonly mayBeRefused: boolean
}

export async function steadyCalls(calls: readonly AppCall[], plan: Plan): Promise<CallsResult> {
  const due = dueTimes(calls.length, plan)
  const requests = calls.map((call) => requestOf(call, plan.port))
  const idle: Connection[] = await Promise.all(Array.from({ length: 16 }, () => openConnection(plan.port)))
  const all = [...idle]
  const running = new Set<Promise<void>>()
  const answerMs: number[] = []
  let refused = 0

  async function send(request: Buffer, dueMs: number) {
    let connection = idle.shift()
    if (connection === undefined) {
      connection = await openConnection(plan.port)
      all.push(connection)
    }
    const { status, body } = await connection.send(request)
    idle.push(connection)
    const outcome = outcomeOf(status, body.toString())
    if (outcome === 'done') answerMs.push(performance.now() - dueMs)
    else if (plan.mayBeRefused && outcome === 'refused') refused += 1
    else throw new Error(`A call was answered with ${status}: ${body.toString()}`)
  }

  try {
    const startMs = performance.now() + 20
    for (const [index, request] of requests.entries()) {
      const dueMs = startMs + (due[index] ?? 0)
      const waitMs = dueMs - performance.now()
      if (waitMs > 0) await sleep(waitMs)
      const sending = send(request, dueMs).finally(() => running.delete(sending))
      running.add(sending)
    }
    await Promise.all(running)
    return { answerMs, refused }
  } finally {
    for (const connection of all) connection[Symbol.dispose]()
  }
}

function outcomeOf(status: number, body: string): 'done' | 'refused' | 'failed' {
  if (status !== 200) return 'failed'
  const code = /"errcode":(-?\d+)/.exec(body)?.[1] ?? '0'
  if (code === '0') return 'done'
  return code === '45009' || code === '45011' ? 'refused' : 'failed'
}

function requestOf({ path, body }: AppCall, port: number): Buffer {
  const bytes = Buffer.from(body ?? '')
  const method = body === undefined ? 'GET' : 'POST'
  const head =
    `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: */*\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${bytes.length}\r\nConnection: keep-alive\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes])
}
