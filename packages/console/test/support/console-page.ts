import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

/** axe as text: a bundle that the page is asked to run, so that no policy is loosened for it. */
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export type OpenOptions = {
  readonly path?: string
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
  readonly locale?: 'zh-CN' | 'en'
}

/** The console in a browser, by the names that a person sees. Whatever goes wrong in the page is kept for the end. */
export class ConsolePage implements AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** Uncaught errors and violations of the page's policy: a test ends with none. */
  readonly troubles: string[] = []
  #hasAxe = false

  private constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.on('pageerror', (error) => this.troubles.push(error.message))
    page.on('dialog', (dialog) => {
      this.troubles.push(`dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) this.troubles.push(message.text())
    })
  }

  static async open(browser: Browser, url: string, options: OpenOptions = {}): Promise<ConsolePage> {
    const { path = '#/', width = 1280, height = 720, theme = 'light', locale = 'zh-CN' } = options
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale })
    const opened = new ConsolePage(context, await context.newPage())
    await opened.page.goto(`${url}/${path}`)
    return opened
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close()
  }

  assertNoTroubles(): void {
    assert.deepEqual(this.troubles, [])
  }

  tab(name: RegExp): Locator {
    return this.page.getByRole('tab', { name })
  }

  row(customer: string): Locator {
    return this.page.getByRole('link', { name: new RegExp(customer) })
  }

  get composer(): Locator {
    return this.page.locator('[data-composer]')
  }

  get thread(): Locator {
    return this.page.getByRole('log')
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' })
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  async scrollsSideways(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  }

  /** What axe finds against WCAG 2.2 AA, in a line each. */
  async violations(): Promise<string[]> {
    // A function of the page's own world would be stopped by Trusted Types; the debugger's evaluation is not.
    if (!this.#hasAxe) await this.page.evaluate(axeSource)
    this.#hasAxe = true
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run: (...args: unknown[]) => Promise<AxeResults> } }
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
      const { violations } = await axe.run(document, { runOnly: tags, iframes: false })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`)
    })
  }
}

type AxeResults = { violations: { id: string; nodes: { html: string }[] }[] }
