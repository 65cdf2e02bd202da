import { existsSync } from 'node:fs'
import { type Browser, type LaunchOptions, chromium as playwright } from 'playwright-core'

/** Where Linux distributions, macOS and Windows put Chrome and Chromium. */
const installedPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A real browser: the one that DUOKE_CHROMIUM names, an installed one, or the Chromium that comes with the npm package
 * `@sparticuz/chromium` (Linux), which needs neither root nor a download beside npm.
 */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env['DUOKE_CHROMIUM']
  const installed = named ?? installedPaths.find((path) => existsSync(path))
  if (installed !== undefined) return launched({ executablePath: installed, args: ['--no-sandbox'] })
  const { default: packed } = await import('@sparticuz/chromium')
  // Its defaults are made for functions that render one page; a console needs ordinary windows and several pages.
  const unwanted = new Set(['--single-process', '--no-zygote', "--headless='shell'", '--headless=shell'])
  const args = packed.args.filter((argument) => !unwanted.has(argument))
  return launched({ executablePath: await packed.executablePath(), args })
}

/** Now and then a Chromium dies while it starts, before any test of ours has begun: then another is started. */
async function launched(options: LaunchOptions): Promise<Browser> {
  try {
    return await playwright.launch(options)
  } catch (error) {
    console.warn(`The browser died while it started, and is started once more: ${error}`)
    return playwright.launch(options)
  }
}
