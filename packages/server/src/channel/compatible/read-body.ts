import type { IncomingMessage } from 'node:http'

const readWithinMs = 20_000

/** The whole body, or why there is none: counted while it is read, so that a long one costs no more than its limit. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Uint8Array | 'too-large' | 'broken'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const end = (result: Uint8Array | 'too-large' | 'broken') => {
      clearTimeout(timer)
      request.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) return end('too-large')
      chunks.push(chunk)
    }
    const timer = setTimeout(() => end('broken'), readWithinMs)
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) return end('too-large')
    request.on('data', onData)
    request.once('end', () => end(Buffer.concat(chunks)))
    request.once('error', () => end('broken'))
    request.once('close', () => end('broken'))
  })
}

/**
 * Lets a body that nobody will look at arrive. Most clients write all of theirs before they read, so that an answer given
 * before its end is lost with the connection, and with it the code that would have told them to fetch a new token.
 */
export function discardBody(request: IncomingMessage, limitBytes: number): Promise<'whole' | 'cut'> {
  return new Promise((resolve) => {
    let size = 0
    const end = (result: 'whole' | 'cut') => {
      clearTimeout(timer)
      request.off('data', onData)
      resolve(result)
    }
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) end('cut')
    }
    const timer = setTimeout(() => end('cut'), readWithinMs)
    if (request.readableEnded) return end('whole')
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) return end('cut')
    request.on('data', onData)
    request.once('end', () => end('whole'))
    request.once('error', () => end('cut'))
    request.once('close', () => end('cut'))
  })
}
