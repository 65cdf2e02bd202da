// The console's smoke road, walked with examples/tiny-console: what ours can do, anybody's program can.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { launchBrowser } from '../../../test/support/browser.ts'
import { type StartedDuoke, startDuoke, temporaryFolder } from '../../../test/support/started-duoke.ts'
import { writeOnPhone } from './support/write-on-phone.ts'

const root = join(import.meta.dirname, '../../..')
const example = join(root, 'examples/tiny-console')
const patient = { timeout: 20_000 }

async function tokenOf(agentId: string, data: string): Promise<string> {
  const command = join(root, 'packages/cli/bin/duoke.js')
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[command, 'token', 'create', '--agent', agentId, '--data', data],
  ])
  return stdout.trim()
}

/** The example as a process of its own, at the address that it prints. */
async function startTiny(server: string, token: string): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn(process.execPath, [join(example, 'tiny-console.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DUOKE_SERVER: server, DUOKE_TOKEN: token },
  })
  const ended = once(child, 'exit')
  const [url] = await once(createInterface(child.stdout), 'line')
  return {
    url: String(url),
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}

describe('the same road with a console of 200 lines', () => {
  const stack = new AsyncDisposableStack()
  const faults: string[] = []
  let browser: Browser
  let duoke: StartedDuoke
  let tiny: Page
  let phone: FrameLocator

  before(async () => {
    const folder = stack.use(temporaryFolder())
    duoke = stack.use(await startDuoke(folder.path))
    browser = await launchBrowser()
    stack.defer(() => browser.close())
    const visitor = await browser.newPage({ locale: 'zh-CN' })
    await visitor.goto(duoke.console)
    phone = visitor.frameLocator('iframe')
    const console = stack.use(await startTiny(duoke.url, await tokenOf('lili', folder.path)))
    tiny = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
    tiny.on('pageerror', (error) => faults.push(error.message))
    await tiny.goto(console.url)
  })
  after(() => stack.disposeAsync())

  test('it is as small as it says, and knows nothing of Duoke but the SDK', () => {
    const texts = readdirSync(example).map((name) => readFileSync(join(example, name), 'utf8'))
    const lines = texts.join('').split('\n').length
    assert.ok(lines <= 200, `${lines} lines`)
    const imports = texts.flatMap((text) => [...text.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? ''))
    assert.deepEqual(
      imports.filter((name) => !name.startsWith('node:')),
      ['@duoke/sdk'],
    )
  })

  test('who waits is accepted, answered and ended; who is online is given the next', async () => {
    const waiting = tiny.locator('#waiting button')
    await waiting.first().click(patient)
    await tiny.getByRole('log').getByText('什么时候发货').waitFor(patient)
    await tiny.getByRole('textbox', { name: '回复' }).fill('今天下午发货 <b>&amp;')
    await tiny.getByRole('button', { name: '发送' }).click()
    await phone.getByText('今天下午发货 <b>&amp;').waitFor(patient)
    await writeOnPhone(phone, '太好了')
    await tiny.getByRole('log').getByText('太好了').waitFor(patient)
    await tiny.getByRole('button', { name: '结束会话' }).click()
    await tiny.getByRole('textbox', { name: '回复' }).waitFor({ state: 'hidden', ...patient })
    assert.equal(await tiny.locator('#mine button').count(), 0)
    await writeOnPhone(phone, '还有一个问题')
    await tiny.locator('#mine button').first().click(patient)
    await tiny.getByRole('log').getByText('还有一个问题').waitFor(patient)
    assert.deepEqual(faults, [])
  })

  test('its server answers nobody but its own page', async () => {
    const { origin } = new URL(tiny.url())
    const foreign = await fetch(`${origin}/desk?seen=-1`, { headers: { origin: 'http://evil.example' } })
    assert.equal(foreign.status, 403)
    assert.equal((await fetch(`${origin}/nothing`)).status, 404)
  })
})
