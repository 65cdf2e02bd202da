import type { Browser } from 'playwright-core'
import { buildConsole } from './built-console.ts'
import { ConsolePage, type OpenOptions } from './console-page.ts'
import { exampleDay } from './example-day.ts'
import { FakeServer } from './fake-server.ts'
import type { FakeWorld } from './fake-world.ts'
import { launchRecordedBrowser } from './recorded-browser.ts'

/** One browser for a file of tests; each test has its own server, world and profile. */
export class Stage implements AsyncDisposable {
  readonly #browser: Browser

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async prepare(): Promise<Stage> {
    buildConsole()
    return new Stage(await launchRecordedBrowser())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }

  serve(world: FakeWorld = exampleDay()): Promise<FakeServer> {
    return new FakeServer(world).start()
  }

  open(server: FakeServer, options: OpenOptions = {}): Promise<ConsolePage> {
    return ConsolePage.open(this.#browser, server.url, options)
  }
}
