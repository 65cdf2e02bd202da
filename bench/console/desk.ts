// The product as a new user starts it, with one agent in a real browser who may hold several hundred conversations.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { launchBrowser } from '../../test/support/browser.ts'
import { type CuttableLine, cuttableLine } from '../../test/support/cuttable-line.ts'
import { type StartedDuoke, startDuoke, temporaryFolder } from '../../test/support/started-duoke.ts'
import { installProbe } from './probe.ts'

const command = join(import.meta.dirname, '../../packages/cli/bin/duoke.js')
const run = promisify(execFile)

export type Desk = AsyncDisposable & {
  readonly duoke: StartedDuoke
  readonly browser: Browser
  readonly page: Page
  readonly debug: CDPSession
  /** Between the page and the server. */
  readonly line: CuttableLine
  /** An administrator's token for operations beside the page. */
  readonly token: string
}

/** The account of the example, with its agent of the first start at a capacity for `conversations`; the phone is left out. */
export async function openDesk(conversations: number): Promise<Desk> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder())
  const line = stack.use(await cuttableLine(() => duoke.port))
  const duoke: StartedDuoke = stack.use(await startDuoke(folder.path, { env: { DUOKE_PUBLIC_URL: line.url } }))
  const duokeCommand = async (...args: string[]) => {
    const { stdout } = await run(process.execPath, [command, ...args, '--data', folder.path])
    return stdout.trim()
  }
  const file = join(folder.path, 'busy.json')
  writeFileSync(file, JSON.stringify(busyDocument(conversations)))
  await duokeCommand('apply', file)
  const token = await duokeCommand('token', 'create', '--admin')
  const browser = await launchBrowser()
  stack.defer(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
  // The simulator's page beside the console is another program in the same process of the browser.
  await page.route(`${duoke.phone}/**`, (route) => route.abort())
  await page.addInitScript(installProbe)
  await page.goto(duoke.console)
  await page.getByRole('tab', { name: /我的/ }).waitFor()
  await page.getByRole('button', { name: '上线', exact: true }).click()
  const debug = await page.context().newCDPSession(page)
  const held = stack.move()
  return { duoke, browser, page, debug, line, token, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

/** Nobody is closed for idleness while it is measured. */
function busyDocument(conversations: number) {
  const capacity = Math.min(1000, conversations * 2)
  return {
    version: 1,
    organization: { id: 'acme', name: 'Acme', timeZone: 'Asia/Shanghai' },
    agents: [{ id: 'lili', nickname: '莉莉', role: 'admin', teams: ['presale', 'aftersale'], capacity }],
  }
}

export async function throttle(desk: Desk, rate: number): Promise<void> {
  await desk.debug.send('Emulation.setCPUThrottlingRate', { rate })
}

/** Bytes of the page's heap that are still needed. */
export async function heapBytes(desk: Desk): Promise<number> {
  await desk.debug.send('HeapProfiler.collectGarbage')
  const { usedSize } = await desk.debug.send('Runtime.getHeapUsage')
  return usedSize
}
