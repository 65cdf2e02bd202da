// Takes a picture of every page: node packages/console/dev/look.ts FOLDER [page …]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../../../test/support/browser.ts'
import { exampleDay } from '../test/support/example-day.ts'
import { FakeServer } from '../test/support/fake-server.ts'
import { offerTo } from '../test/support/fake-session.ts'

const [folder = 'looks', ...wanted] = process.argv.slice(2)

type View = { name: string; path: string; prepare?: (page: Page, server: FakeServer) => Promise<void> }
const views: View[] = [
  {
    name: 'sign-in',
    path: '#/',
    prepare: async (page, server) => {
      server.signedIn = false
      await page.reload()
    },
  },
  { name: 'list', path: '#/' },
  { name: 'thread', path: '#/c/cv_1' },
  {
    name: 'waiting',
    path: '#/c/cv_5',
    prepare: async (page) => {
      await page.keyboard.press('1')
    },
  },
  {
    name: 'offered',
    path: '#/c/cv_5',
    prepare: async (page, server) => {
      offerTo(server.world, 'cv_5', 'lili')
      await page.waitForTimeout(500)
    },
  },
  {
    name: 'decline',
    path: '#/c/cv_1',
    prepare: async (page, server) => {
      const reasons = [{ code: 'busy', label: '正忙', for: ['decline' as const] }]
      server.world.sessions = { ...server.world.sessions, reasons }
      await page.reload()
      offerTo(server.world, 'cv_5', 'lili')
      await page.waitForTimeout(500)
      await page.keyboard.press('d')
    },
  },
  {
    name: 'park',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.keyboard.press('p')
    },
  },
  {
    name: 'close',
    path: '#/c/cv_1',
    prepare: async (page, server) => {
      const dispositions = [{ code: 'solved', label: '已解决' }]
      const reasons = [{ code: 'done', label: '办完', for: ['close' as const] }]
      server.world.sessions = { ...server.world.sessions, dispositions, dispositionNeeded: true, reasons }
      await page.reload()
      await page.waitForTimeout(500)
      await page.keyboard.press('e')
    },
  },
  {
    name: 'wrap-up',
    path: '#/c/cv_1',
    prepare: async (page, server) => {
      const dispositions = [{ code: 'solved', label: '已解决' }]
      server.world.sessions = { ...server.world.sessions, dispositions, wrapUpMs: 90_000 }
      await page.reload()
      await page.waitForTimeout(500)
      await page.keyboard.press('e')
    },
  },
  {
    name: 'transfer',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.keyboard.press('t')
    },
  },
  {
    name: 'decision',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.keyboard.press('w')
    },
  },
  {
    name: 'keys',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.keyboard.press('?')
    },
  },
  {
    name: 'palette',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.keyboard.press('Control+k')
    },
  },
  {
    name: 'quick-reply-menu',
    path: '#/c/cv_1',
    prepare: async (page) => {
      await page.locator('[data-composer]').fill('/')
    },
  },
  { name: 'quick-replies', path: '#/quick-replies' },
  {
    name: 'quick-reply-edit',
    path: '#/quick-replies',
    prepare: async (page) => {
      await page
        .getByRole('button', { name: /退货地址/ })
        .first()
        .click()
    },
  },
  { name: 'agents', path: '#/agents' },
  { name: 'accounts', path: '#/accounts' },
  { name: 'me', path: '#/me' },
  { name: 'start', path: '#/start' },
  { name: 'try', path: '#/try' },
]

mkdirSync(folder, { recursive: true })
const browser = await launchBrowser()
for (const locale of ['zh-CN', 'en']) {
  for (const theme of ['light', 'dark'] as const) {
    for (const size of [
      { width: 1280, height: 720 },
      { width: 390, height: 844 },
    ]) {
      for (const view of views) {
        const name = `${view.name}-${locale}-${theme}-${size.width}`
        if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue
        const world = exampleDay()
        await using server = await new FakeServer(world).start()
        world.example = view.name === 'try' || view.name === 'start'
        world.phoneUrl = `${server.url}/phone`
        const context = await browser.newContext({ viewport: size, locale, colorScheme: theme })
        const page = await context.newPage()
        page.on('pageerror', (error) => console.log(`${name}: ${error.message}`))
        page.on('console', (message) => {
          if (message.type() === 'error') console.log(`${name}: ${message.text()}`)
        })
        await page.goto(`${server.url}/${view.path}`)
        await page.waitForTimeout(400)
        await view.prepare?.(page, server)
        await page.waitForTimeout(500)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
        if (wide) console.log(`${name}: scrolls sideways`)
        await page.screenshot({ path: join(folder, `${name}.png`) })
        await context.close()
      }
    }
  }
}
await browser.close()
