// Servers of apps, each at a port of its own: they take every push and have nothing to say. Nothing is decrypted, so that
// what they cost is the same, and little, for every program that pushes to them.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { answerCalls } from './calls.ts'
import { portOf } from './port-of.ts'
import { readUsage } from './usage.ts'

let pushes = 0

const handlers = {
  async start({ count }: { count: number }): Promise<{ ports: readonly number[] }> {
    const ports: number[] = []
    for (let index = 0; index < count; index += 1) {
      // Longer than a round: a connection that ends just as a request leaves would end the floor, which tries nothing again.
      const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
        if (request.method === 'GET') {
          response.end(new URL(request.url ?? '/', 'http://localhost').searchParams.get('echostr') ?? '')
          return
        }
        request.resume().once('end', () => {
          pushes += 1
          response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 7 }).end('success')
        })
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      ports.push(portOf(server))
    }
    return { ports }
  },
  /** Resolves when so many more than `from` have come, with how many came. */
  async reach({ from, count }: { from: number; count: number }): Promise<number> {
    const deadline = performance.now() + 60_000
    while (pushes - from < count) {
      if (performance.now() > deadline) throw new Error(`${count} pushes were to arrive: ${pushes - from}`)
      await new Promise((done) => setTimeout(done, 2))
    }
    return pushes - from
  },
  async count(): Promise<number> {
    return pushes
  },
  usage: readUsage,
}
export type ReceiversHandlers = typeof handlers
answerCalls(handlers)
