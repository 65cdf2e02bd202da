// A TCP line to a server that can be cut, stay away for a while, and come back on the same port.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type CuttableLine = AsyncDisposable & {
  readonly port: number
  /** Cuts what is open; new connections get through. */
  cut(): void
  /** Cuts, and nobody listens any more. */
  stop(): Promise<void>
  resume(): Promise<void>
}

export async function cuttableLine(host: string, port: number): Promise<CuttableLine> {
  const sockets = new Set<Socket>()
  const open = async (at: number): Promise<Server> => {
    const server = createServer((near) => {
      const far = connect(port, host)
      for (const socket of [near, far]) {
        sockets.add(socket)
        // Cutting lines is what this is for.
        socket.on('error', () => {})
      }
      near.pipe(far).pipe(near)
    })
    server.listen(at, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server: Server | null = await open(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A TCP listener has a port.')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const stop = async () => {
    const closed = server === null ? null : once(server, 'close')
    server?.close()
    server = null
    cut()
    await closed
  }
  return {
    port: address.port,
    cut,
    stop,
    async resume() {
      server ??= await open(address.port)
    },
    [Symbol.asyncDispose]: stop,
  }
}
