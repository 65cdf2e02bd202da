import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export function createGatheringSocket(): Socket {
  const socket = new Socket()
  // Not before: connecting gives every socket the plain `write`.
  socket.once('connect', () => gatherWrites(socket))
  return socket
}

/** From now on the socket hands to the system at once what was written in one turn: each write alone costs more than its bytes. */
export function gatherWrites(socket: Duplex): void {
  const write: (...what: never[]) => boolean = socket.write.bind(socket)
  let isGathering = false
  socket.write = (...what: never[]) => {
    if (!isGathering) {
      isGathering = true
      socket.cork()
      process.nextTick(() => {
        isGathering = false
        socket.uncork()
      })
    }
    return write(...what)
  }
}
