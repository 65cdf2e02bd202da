// A proxy between the driver and PostgreSQL that can fall silent or cut the line, at a moment or at a word.
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'
import type { Connection } from '../../src/database/connection.ts'

export type CutProxy = AsyncDisposable & {
  readonly connection: Connection
  /** From now on nothing passes, in either direction. */
  fallSilent(): void
  /** Cuts the line behind the first message of the driver that contains the word; PostgreSQL still gets the message. */
  cutAfter(word: string): void
}

/** @param port where another proxy listened before; any free one by default */
export async function startCutProxy(target: Connection, port = 0): Promise<CutProxy> {
  const sockets = new Set<Socket>()
  let silent = false
  let word: string | undefined
  const server = createServer((client) => {
    const upstream = target.host.startsWith('/')
      ? createConnection(`${target.host}/.s.PGSQL.${target.port}`)
      : createConnection(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}) // Cutting lines is what this is for.
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (silent) return
      upstream.write(chunk)
      if (word === undefined || !chunk.includes(word)) return
      word = undefined
      client.destroy()
    })
    upstream.on('data', (chunk) => {
      if (!silent) client.write(chunk)
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port.')
  return {
    connection: { ...target, host: '127.0.0.1', port: address.port },
    fallSilent() {
      silent = true
    },
    cutAfter(next) {
      word = next
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
