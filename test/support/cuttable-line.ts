// A line between a browser and a server that can be cut and mended, as a network is.
import { once } from 'node:events'
import { createConnection, createServer, type Socket } from 'node:net'

export type CuttableLine = AsyncDisposable & {
  readonly url: string
  /** Ends every connection; new ones are refused until `mend`. */
  cut(): void
  mend(): void
}

/** @param targetPort asked at each connection: the server may start after the line */
export async function cuttableLine(targetPort: () => number): Promise<CuttableLine> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer((client) => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = createConnection(targetPort(), '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}) // Cutting is what this is for.
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port.')
  const endAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut() {
      isCut = true
      endAll()
    },
    mend() {
      isCut = false
    },
    async [Symbol.asyncDispose]() {
      endAll()
      server.close()
      await once(server, 'close')
    },
  }
}
