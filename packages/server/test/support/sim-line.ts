// The line between a server and its database: it tells when nothing passes, and can be cut in one instant.
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import type { Connection } from '../../src/database/connection.ts'

export type Line = AsyncDisposable & {
  readonly connection: Connection
  /** When the last byte passed, by `performance.now()`. */
  readonly lastByteMs: () => number
  /** Not one byte more, in either direction; nobody is let in again. */
  cut(): void
}

export async function layLine(target: Connection): Promise<Line> {
  const sockets = new Set<Socket>()
  let lastByteMs = performance.now()
  let isCut = false
  const pass = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => {
      lastByteMs = performance.now()
      if (!isCut) to.write(chunk)
    })
  }
  const server = createServer((client) => {
    const upstream = target.host.startsWith('/')
      ? createConnection(`${target.host}/.s.PGSQL.${target.port}`)
      : createConnection(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {}) // Cutting the line is what this is for.
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
        sockets.delete(socket)
      })
    }
    if (isCut) client.destroy()
    pass(client, upstream)
    pass(upstream, client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port.')
  function cut() {
    if (isCut) return
    isCut = true
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return {
    connection: { ...target, host: '127.0.0.1', port: address.port },
    lastByteMs: () => lastByteMs,
    cut,
    async [Symbol.asyncDispose]() {
      const closed = server.listening ? once(server, 'close') : Promise.resolve()
      cut()
      await closed
    },
  }
}
