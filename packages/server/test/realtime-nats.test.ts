import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNatsBus } from '../src/realtime/nats-bus.ts'
import { cuttableLine } from './support/cuttable-line.ts'

// Where the run has a NATS server; without one, what is left to show is that nothing waits for it.
const url = process.env.DUOKE_TEST_NATS_URL

const text = (value: string) => new TextEncoder().encode(value)
const open = (at: string) => createNatsBus({ url: at, name: 'test', onError: () => {} })

async function heard(list: string[], wanted: string, say: () => void, withinMs = 10_000): Promise<void> {
  const until = Date.now() + withinMs
  while (!list.includes(wanted)) {
    assert.ok(Date.now() < until, `${wanted} was not heard`)
    say()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('F13: with NATS away the bus is there at once and carries what is said on this server', async () => {
  const started = performance.now()
  await using bus = open('nats://127.0.0.1:9')
  const said: string[] = []
  const stop = bus.subscribe('duoke.test', (bytes) => said.push(new TextDecoder().decode(bytes)))
  bus.publish('duoke.test', text('one'))
  stop()
  bus.publish('duoke.test', text('two'))
  assert.deepEqual(said, ['one'])
  assert.ok(performance.now() - started < 1000)
})

if (url !== undefined) {
  test('what one server says the other hears, and itself once', async () => {
    await using left = open(url)
    await using right = open(url)
    const [here, there]: [string[], string[]] = [[], []]
    const subject = `duoke.test.${process.pid}`
    left.subscribe(subject, (bytes) => here.push(new TextDecoder().decode(bytes)))
    right.subscribe(subject, (bytes) => there.push(new TextDecoder().decode(bytes)))
    await heard(there, 'hello', () => left.publish(subject, text('hello')))
    here.length = 0
    left.publish(subject, text('last'))
    await heard(there, 'last', () => {})
    assert.deepEqual(here, ['last'])
  })

  test('F13: a connection that is lost is made again, and what was listened to is heard again', async () => {
    const { hostname, port } = new URL(url)
    await using line = await cuttableLine(hostname, Number(port))
    await using left = open(`nats://127.0.0.1:${line.port}`)
    await using right = open(url)
    const said: string[] = []
    const subject = `duoke.test.again.${process.pid}`
    left.subscribe(subject, (bytes) => said.push(new TextDecoder().decode(bytes)))
    await heard(said, 'before', () => right.publish(subject, text('before')))
    line.cut()
    left.publish(subject, text('alone'))
    assert.ok(said.includes('alone'), 'this server goes on')
    await heard(said, 'after', () => right.publish(subject, text('after')))
  })
}
