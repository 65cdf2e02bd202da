import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page, Request } from 'playwright-core'
import { launchBrowser } from '../../../../test/support/browser.ts'

/** A browser whose console pages leave a line for each kind of request in the folder CONSOLE_REQUESTS, if that is set. */
export async function launchRecordedBrowser(): Promise<Browser> {
  const browser = await launchBrowser()
  const folder = process.env['CONSOLE_REQUESTS']
  if (folder === undefined) return browser
  const record = recorderInto(join(folder, `${process.pid}.txt`))
  const newContext = browser.newContext.bind(browser)
  // `newPage` of a browser goes by the same road.
  browser.newContext = async (options) => {
    const context = await newContext(options)
    recordContext(context, record)
    return context
  }
  return browser
}

type Recorder = (method: string, url: string) => void

function recordContext(context: BrowserContext, record: Recorder): void {
  context.on('request', (request) => {
    if (isOfConsole(request)) record(request.method(), request.url())
  })
  context.on('page', (page: Page) =>
    page.on('websocket', (socket) => {
      if (new URL(socket.url()).host === new URL(page.url()).host) record('GET', socket.url())
    }),
  )
}

/** The phone in its frame has an origin of its own and speaks to the simulator; a worker has no frame and is the console's. */
function isOfConsole(request: Request): boolean {
  if (request.serviceWorker() !== null) return true
  return !request.isNavigationRequest() && request.frame().parentFrame() === null
}

/** Each request once: what is compared are kinds of requests, and a day in the browser has thousands. */
function recorderInto(file: string): Recorder {
  const known = new Set<string>()
  return (method, url) => {
    const { protocol, pathname } = new URL(url)
    const line = `${method} ${pathname}`
    if (protocol === 'blob:' || protocol === 'data:' || known.has(line)) return
    known.add(line)
    appendFileSync(file, `${line}\n`)
  }
}
