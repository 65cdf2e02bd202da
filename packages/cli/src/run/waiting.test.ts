import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whileWaiting } from './waiting.ts'

const screen = (isTTY: boolean) => {
  const written: string[] = []
  return { isTTY, written, write: (text: string) => written.push(text) }
}

test('a terminal sees how long it takes, and nothing of it once it is over', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  const { written, ...terminal } = screen(true)
  const { promise, resolve } = Promise.withResolvers<number>()
  const waiting = whileWaiting(terminal, 'Reading the period', () => promise)
  context.mock.timers.tick(2_000)
  resolve(7)
  assert.equal(await waiting, 7)
  assert.deepEqual(written, ['\r\u001b[KReading the period … 1 s', '\r\u001b[KReading the period … 2 s', '\r\u001b[K'])
  context.mock.timers.tick(5_000)
  assert.equal(written.length, 3)
})

test('who fails at once, and who is no terminal, sees nothing', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  const { written, ...terminal } = screen(true)
  await assert.rejects(
    whileWaiting(terminal, 'x', () => Promise.reject(new Error('gone'))),
    /gone/,
  )
  const file = screen(false)
  const { promise, resolve } = Promise.withResolvers<number>()
  const waiting = whileWaiting(file, 'x', () => promise)
  context.mock.timers.tick(3_000)
  resolve(1)
  await waiting
  assert.deepEqual([written, file.written], [[], []])
})
