import { createServer } from 'node:net'

/**
 * The first free port from `wanted` on; 0 asks for any. Rejects when the address itself cannot be listened on.
 * @param promised a port that is free still, and somebody else's soon
 */
export async function freePort(host: string, wanted: number, promised?: number): Promise<number> {
  for (let port = wanted; wanted > 0 && port < wanted + 50 && port < 65_536; port += 1) {
    const found = port === promised ? null : await tryPort(host, port)
    if (found !== null) return found
  }
  return (await tryPort(host, 0)) ?? 0
}

/** The port that was given, 0 for any; null when another program has it. */
function tryPort(host: string, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
    })
  })
}
