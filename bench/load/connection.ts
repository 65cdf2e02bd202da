// One HTTP/1.1 connection that is kept: it writes prepared bytes and reads a status and a body. The generator shares the machine
// with what it measures, so it does no more than that.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Answer = { readonly status: number; readonly body: Buffer }

export type Connection = Disposable & {
  /** One request at a time. Resolves when the whole answer is there. */
  send(request: Buffer): Promise<Answer>
}

export async function openConnection(port: number): Promise<Connection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  let waiting: { done: (answer: Answer) => void; failed: (error: Error) => void } | undefined

  const end = (error: Error) => {
    waiting?.failed(error)
    waiting = undefined
  }
  socket.on('error', end)
  socket.on('close', () => end(new Error('The server closed the connection.')))
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = readAnswer(received)
    if (answer === undefined || waiting === undefined) return
    received = received.subarray(answer.endsAt)
    const { done } = waiting
    waiting = undefined
    done(answer)
  })
  return {
    send(request) {
      return new Promise((done, failed) => {
        waiting = { done, failed }
        socket.write(request)
      })
    },
    [Symbol.dispose]() {
      socket.destroy()
    },
  }
}

function readAnswer(bytes: Buffer): (Answer & { readonly endsAt: number }) | undefined {
  const endOfHead = bytes.indexOf('\r\n\r\n')
  if (endOfHead === -1) return undefined
  const head = bytes.toString('latin1', 0, endOfHead)
  const body = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (body === undefined) throw new Error(`An answer without a length:\n${head}`)
  const endsAt = endOfHead + 4 + Number(body)
  if (bytes.length < endsAt) return undefined
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(endOfHead + 4, endsAt), endsAt }
}
