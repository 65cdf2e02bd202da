import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mayTakeLong, takeItsTime } from './slow-body.ts'

type Look = (body: ReturnType<typeof takeItsTime>, isWatched: () => boolean) => Promise<string>

/** A server that answers what `look` makes of the body, and a request to it that is still open. */
async function open(look: Look, limitMs: number) {
  const server = createServer(async (incoming, answer) => {
    const { socket } = incoming
    const said = await look(takeItsTime(incoming, limitMs), () => mayTakeLong(socket)).catch(
      (error: Error) => error.message,
    )
    if (!answer.destroyed) answer.end(said)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // It listens on a port.
  const sending = request({ port, method: 'PUT' })
  const answered = once(sending, 'response').then(async ([answer]) => await text(answer))
  answered.catch(() => {})
  const close = async () => {
    sending.destroy()
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  return { sending, answered, [Symbol.asyncDispose]: close }
}

test('a body that moves on takes as long as it needs, and its connection is excused meanwhile', async () => {
  let during = false
  await using one = await open(async (body, isWatched) => {
    body.once('data', () => {
      during = isWatched()
    })
    const bytes = await buffer(body)
    return `${bytes} ${isWatched()}`
  }, 200)
  for (const part of ['a', 'b', 'c', 'd']) {
    one.sending.write(part)
    await sleep(80)
  }
  one.sending.end()
  assert.equal(await one.answered, 'abcd false')
  assert.equal(during, true)
})

test('a sender who falls silent is cut off', async () => {
  await using one = await open((body) => text(body), 50)
  one.sending.write('a')
  await assert.rejects(one.answered, { code: 'ECONNRESET' })
})

test('a reader may be slower than the limit', async () => {
  await using one = await open(async (body) => {
    let length = 0
    for await (const chunk of body) {
      await sleep(60)
      length += chunk.length
    }
    return String(length)
  }, 50)
  one.sending.end(Buffer.alloc(300_000))
  assert.equal(await one.answered, '300000')
})

test('whoever has seen enough answers at once, and the sender still reads it', async () => {
  await using one = await open(async (body) => {
    for await (const chunk of body) return `enough after ${chunk.length > 0}`
    return 'nothing came'
  }, 2000)
  one.sending.write(Buffer.alloc(1_000_000))
  assert.equal(await one.answered, 'enough after true')
  one.sending.end(Buffer.alloc(5_000_000))
  await once(one.sending, 'finish')
})
