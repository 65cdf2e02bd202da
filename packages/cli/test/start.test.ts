// `duoke start`: the example, the simulator beside it, and the end of both.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { temporaryFolder } from '../../../test/support/started-duoke.ts'
import { ask } from './support/ask.ts'
import { duoke, duokeDone, spawnDuoke } from './support/duoke.ts'
import { isReachable, processesOf, settled } from './support/processes.ts'

const noneLeft = (processes: readonly string[]) => processes.length === 0

describe('duoke start', () => {
  const stack = new AsyncDisposableStack()
  let data: string
  let takenPort: number

  before(async () => {
    data = join(stack.use(temporaryFolder()).path, 'data')
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    stack.defer(() => void other.close())
    const address = other.address()
    assert.ok(typeof address === 'object' && address !== null)
    takenPort = address.port
  })
  after(() => stack.disposeAsync())

  /** Starts and waits until its last line, or its first of JSON, is there. */
  async function start(args: readonly string[], isTold: (text: string) => boolean, env = {}) {
    const child = spawnDuoke(['start', '--no-open', '--data', data, ...args], { env })
    stack.defer(() => void child.kill('SIGKILL'))
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const gone = once(child, 'exit')
    while (!isTold(stdout)) {
      const told = child.stdout === null ? Promise.reject(new Error('no output')) : once(child.stdout, 'data')
      await Promise.race([told, gone.then(([code]) => assert.fail(`ended with ${code}: ${stderr}`))])
    }
    return { child, stdout, gone, stderr: () => stderr }
  }

  const ports = () => ['--port', String(takenPort), '--phone-port', String(takenPort)]

  test('a first start tells all in eight lines, a taken port plainly; beside it the folder is in use', async () => {
    const started = await start(ports(), (text) => /Ctrl-C/.test(text), { LC_ALL: 'en_US.UTF-8' })
    assert.equal(started.stderr(), '')
    const lines = started.stdout.trimEnd().split('\n')
    assert.ok(lines.length <= 8, started.stdout)
    assert.match(started.stdout, new RegExp(`port ${takenPort} is taken, so \\d+`))
    const [, port = ''] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(lines[1] ?? '') ?? []
    assert.ok(Number(port) > takenPort)
    for (const part of ['AppID wx', 'AppSecret ', 'Token ', 'EncodingAESKey ', 'duoke doctor --data'])
      assert.ok(started.stdout.includes(part), part)

    const second = await duoke(['start', '--no-open', '--data', data])
    assert.equal(second.code, 3)
    assert.match(second.stderr, /in use by another Duoke \(process \d+\)\.\n.*--data/)

    const examined = JSON.parse(await duokeDone(['doctor', '--json', '--data', data])).findings
    assert.ok(examined.some(({ what }: { what: string }) => what === 'account acme-oa'))
    // As npm and a terminal send it: twice.
    started.child.kill('SIGINT')
    started.child.kill('SIGINT')
    assert.deepEqual(await started.gone, [0, null])
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])
  })

  test('a second start keeps everything; a killed one takes simulator and database along, and the next works', async () => {
    const again = await start([...ports(), '--json'], (text) => text.includes('\n'))
    const { isFirst, phone, console: link, movedFrom, secrets, appId } = JSON.parse(again.stdout)
    assert.deepEqual([isFirst, movedFrom, appId], [false, takenPort, 'wxba5fad812f8e6fb9'])
    assert.equal(secrets.encodingAesKey.length, 43)
    const { origin } = new URL(link)
    const token = (await duokeDone(['token', 'create', '--admin', '--data', data])).trim()
    const { items } = JSON.parse((await ask(origin, token, '/v1/conversations')).text)
    assert.equal(items.length, 1)
    assert.ok(await isReachable(phone))
    const edited = { version: 1, organization: { id: 'acme', name: '艾克米' }, teams: [{ id: 'vip', name: '贵宾' }] }
    await duokeDone(['apply', '-', '--data', data], { input: JSON.stringify(edited) })

    again.child.kill('SIGKILL')
    await again.gone
    assert.equal(
      await settled(
        () => isReachable(phone),
        (reachable) => !reachable,
      ),
      false,
    )
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])

    const third = await start([...ports(), '--json'], (text) => text.includes('\n'))
    assert.equal(JSON.parse(third.stdout).isFirst, false)
    const next = new URL(JSON.parse(third.stdout).console).origin
    const configuration = JSON.parse((await ask(next, token, '/v1/configuration')).text)
    assert.deepEqual([configuration.organization.name, configuration.teams.length], ['艾克米', 3])
    assert.equal(configuration.accounts[0].apiBase, JSON.parse(third.stdout).phone)
    assert.equal(JSON.parse((await ask(next, token, '/v1/conversations')).text).items.length, 1)
    third.child.kill('SIGTERM')
    assert.deepEqual(await third.gone, [0, null])
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])
  })

  test('a wish to stop while it is starting is heard: it ends with 0 and leaves nothing running', async () => {
    const child = spawnDuoke(['start', '--no-open', '--data', data, '--port', '0', '--phone-port', '0'])
    await settled(
      () => processesOf(data),
      (processes) => processes.some((line) => line.includes('cluster_name=')),
    )
    child.kill('SIGTERM')
    assert.deepEqual(await once(child, 'exit'), [0, null])
    assert.deepEqual(await settled(() => processesOf(data), noneLeft), [])
  })
})
