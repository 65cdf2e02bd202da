// The pictures of the documents, taken from the product itself: npm run screenshots. Look at each before it is committed.
// Those of every page, which are only for looking at, stand in docs/images/pages, which git does not keep; `-- pages` takes them alone.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from './support/browser.ts'
import { takePages } from './support/page-screenshots.ts'
import { startDuoke, temporaryFolder } from './support/started-duoke.ts'

const folder = join(import.meta.dirname, '../docs/images')
const patient = { timeout: 20_000 }

type Look = { name: string; locale: string; colorScheme: 'light' | 'dark'; width: number; height: number }
const looks: Look[] = [
  { name: 'first-run', locale: 'zh-CN', colorScheme: 'light', width: 1280, height: 720 },
  { name: 'first-run-dark-en', locale: 'en-US', colorScheme: 'dark', width: 1280, height: 720 },
]

async function firstRun(browser: Browser, look: Look): Promise<void> {
  using data = temporaryFolder()
  await using duoke = await startDuoke(data.path)
  const page = await open(browser, look)
  await page.goto(duoke.console)
  const phone = page.frameLocator('iframe')
  await phone.getByText('什么时候发货').first().waitFor(patient)
  await page.keyboard.press('Control+Enter')
  const composer = page.getByRole('textbox', { name: /回复|reply/i })
  await composer.fill('您好，今天下午发货，明天就能收到。')
  await composer.press('Enter')
  await phone.getByText('明天就能收到').waitFor(patient)
  // The notice of the new session goes by itself; it would cover the name.
  await page.waitForTimeout(7000)
  await page.screenshot({ path: join(folder, `${look.name}.png`) })
  await page.context().close()
}

async function open(browser: Browser, { locale, colorScheme, width, height }: Look): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale, colorScheme })
  return context.newPage()
}

async function takeDocuments(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const browser = await launchBrowser()
  for (const look of looks) await firstRun(browser, look)
  await browser.close()
}

if (process.argv[2] !== 'pages') await takeDocuments()
await takePages(join(folder, 'pages'))
