import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from './free-port.ts'

async function taken(): Promise<AsyncDisposable & { port: number }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      server.close()
      await once(server, 'close')
    },
  }
}

test('a free port is taken as it is', async () => {
  let wanted: number
  {
    await using briefly = await taken()
    wanted = briefly.port
  }
  assert.equal(await freePort('127.0.0.1', wanted), wanted)
})

test('a taken port means a later one', async () => {
  await using other = await taken()
  const found = await freePort('127.0.0.1', other.port)
  assert.ok(found > other.port && found < other.port + 50, `${other.port} → ${found}`)
})

test('a port that is promised already is passed over', async () => {
  await using other = await taken()
  const promised = await freePort('127.0.0.1', other.port)
  assert.ok((await freePort('127.0.0.1', other.port, promised)) > promised)
})

test('0 asks for any', async () => {
  assert.ok((await freePort('127.0.0.1', 0)) > 0)
})

test('an address that is not ours is told, and no port of it is tried after another', async () => {
  await assert.rejects(freePort('192.0.2.1', 7300), { code: 'EADDRNOTAVAIL' })
})
