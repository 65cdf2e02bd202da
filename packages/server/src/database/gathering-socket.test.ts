import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { gatherWrites } from './gathering-socket.ts'

/** A connection that remembers what was handed to the system at once. */
function recorded() {
  const handed: string[] = []
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      handed.push(String(chunk))
      done()
    },
    writev(chunks, done) {
      handed.push(chunks.map(({ chunk }) => String(chunk)).join('+'))
      done()
    },
  })
  gatherWrites(socket)
  return { socket, handed }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

test('what is written in one turn is handed over at once and in order, however the writers cork', async () => {
  const { socket, handed } = recorded()
  for (const part of ['a', 'b']) {
    socket.cork()
    socket.write(part)
    socket.write(part.toUpperCase())
    socket.uncork()
  }
  assert.deepEqual(handed, [])
  await turn()
  socket.write('c')
  await turn()
  assert.deepEqual(handed, ['a+A+b+B', 'c'])
})

test('whoever ends the connection in the same turn loses nothing', async () => {
  const { socket, handed } = recorded()
  socket.write('a')
  socket.end('b')
  await turn()
  assert.deepEqual(handed.join('+'), 'a+b')
})
