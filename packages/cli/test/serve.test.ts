// `duoke serve`: the server alone, its settings, its port and its end.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { acme } from './support/documents.ts'
import { duoke, duokeDone, type Served, serve } from './support/duoke.ts'
import { isReachable, processesOf, settled } from './support/processes.ts'

describe('duoke serve', () => {
  const stack = new AsyncDisposableStack()
  let data: string
  let server: Served

  before(async () => {
    data = join(stack.use(temporaryFolder()).path, 'data')
    server = stack.use(await serve(data))
  })
  after(() => stack.disposeAsync())

  test('is ready, and holds no example data: there is no organization at all', async () => {
    assert.equal((await fetch(new URL('/readyz', server.url))).status, 200)
    const { code, stderr } = await duoke(['token', 'create', '--admin', '--data', data])
    assert.equal(code, 3)
    assert.match(stderr, /no organization yet; "duoke apply FILE"/)
  })

  test('a data folder in use is told with who uses it and what to do, and ends with 3', async () => {
    const { code, stdout, stderr } = await duoke(['serve', '--port', '0', '--data', data])
    assert.deepEqual([code, stdout], [3, ''])
    assert.match(stderr, new RegExp(`in use by another Duoke \\(process ${server.process.pid}\\)`))
    assert.match(stderr, /Stop that one first, or name another folder with --data/)
    assert.ok(await isReachable(server.url))
  })

  for (const command of ['serve', 'start']) {
    test(`an unknown or malformed DUOKE_ variable stops duoke ${command} and is named, as JSON too`, async () => {
      const env = { DUOKE_DATABSE_URL: 'postgres://x', DUOKE_TRUST_PROXY: '1', DUOKE_METRICS_TOKEN: '' }
      const { code, stdout, stderr } = await duoke([command, '--json', '--data', data], { env })
      assert.deepEqual([code, stdout], [2, ''])
      const told = JSON.parse(stderr)
      assert.equal(told.exitCode, 2)
      assert.match(told.details[0], /DUOKE_DATABSE_URL is not a setting of Duoke/)
      assert.match(told.details[1], /DUOKE_TRUST_PROXY is "1"; it must be CIDRs/)
      assert.equal(told.details.length, 2)
    })
  }

  test('F24 SIGTERM lets a request that has begun finish, ends open streams, and ends with 0 and no process left', async () => {
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(acme) })
    const token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
    const headers = { Authorization: `Bearer ${token}`, Accept: 'text/event-stream' }
    const stream = await fetch(new URL('/v1/events', server.url), { headers })
    assert.match(stream.headers.get('content-type') ?? '', /^text\/event-stream/)

    const slow = request(new URL('/v1/sign-in', server.url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
    })
    slow.write('{"organization":"acme",')
    await sleep(100)
    const stopped = server.stop('SIGTERM')
    await settled(
      () => isReachable(server.url),
      (reachable) => !reachable,
    )
    slow.end('"agent":"lili","password":"wrong"}')
    const [answer] = await once(slow, 'response')
    assert.ok(answer.statusCode >= 400 && answer.statusCode < 500, String(answer.statusCode))
    answer.resume()
    await stream.text().catch(() => '') // Ended or cut: it does not hold the server.
    assert.equal(await stopped, 0)
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])
  })

  test('F24 one Ctrl-C that arrives twice, as under npm, is one wish: it drains and ends with 0', async () => {
    await using again = await serve(data)
    again.process.kill('SIGINT')
    again.process.kill('SIGINT')
    assert.equal(await again.stop('SIGINT'), 0)
    assert.doesNotMatch(again.stderr(), /"level":"(error|fatal)"/)
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])
  })

  test('a taken port is an error that says what to do: others rely on the number', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    assert.ok(typeof address === 'object' && address !== null)
    const { code, stderr } = await duoke(['serve', '--port', String(address.port), '--data', data])
    other.close()
    assert.equal(code, 3)
    assert.match(stderr, new RegExp(`Port ${address.port} on 127\\.0\\.0\\.1 is taken\\.\n.*--port`))
    assert.deepEqual(processesOf(data), [])
  })
})

const noneLeft = (processes: readonly string[]) => processes.length === 0
