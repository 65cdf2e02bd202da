// The whole road with nothing replaced: `duoke start` from an empty folder, a browser, a follower's phone.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { type CuttableLine, cuttableLine } from '../../../test/support/cuttable-line.ts'
import { type StartedDuoke, startDuoke, temporaryFolder } from '../../../test/support/started-duoke.ts'
import { launchRecordedBrowser } from './support/recorded-browser.ts'
import { writeOnPhone } from './support/write-on-phone.ts'

const patient = { timeout: 20_000 }

describe('the whole road', () => {
  const stack = new AsyncDisposableStack()
  const faults: string[] = []
  let browser: Browser
  let duoke: StartedDuoke
  let line: CuttableLine
  let page: Page
  let phone: FrameLocator

  before(async () => {
    const folder = stack.use(temporaryFolder())
    line = stack.use(await cuttableLine(() => duoke.port))
    duoke = stack.use(await startDuoke(folder.path, { env: { DUOKE_PUBLIC_URL: line.url } }))
    browser = await launchRecordedBrowser()
    stack.defer(() => browser.close())
    page = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) faults.push(message.text())
    })
    phone = page.frameLocator('iframe')
  })
  after(() => stack.disposeAsync())

  test('a new user is signed in by the link, sees the phone beside the console, and a follower waits', async () => {
    await page.goto(duoke.console)
    await phone.getByText('什么时候发货').first().waitFor(patient)
    await page
      .getByRole('tab', { name: /待接入/ })
      .getByText('1')
      .waitFor(patient)
    assert.ok(!page.url().includes('welcome'), 'the code is no longer in the address')
  })

  test('one key accepts, a line answers, and the bubble arrives on the phone', async () => {
    await page.keyboard.press('Control+Enter')
    const composer = page.getByRole('textbox', { name: /回复/ })
    await composer.waitFor(patient)
    await composer.fill('你好，今天下午发货。😀 <b>&amp;')
    await composer.press('Enter')
    await phone.getByText('你好，今天下午发货。😀 <b>&amp;').waitFor(patient)
    await page.getByText(/还可发送 4 条/).waitFor(patient)
  })

  test('what the follower types on the phone appears in the console', async () => {
    await writeOnPhone(phone, '太好了，谢谢！')
    await page.getByRole('log').getByText('太好了，谢谢！').waitFor(patient)
  })

  test('F73 a cut network loses and repeats nothing: it is told, and everything is there again by itself', async () => {
    const thread = page.getByRole('log')
    line.cut()
    await page.getByText('连接已断开').waitFor(patient)
    for (const text of ['断网时的第一句', '断网时的第二句']) await writeOnPhone(phone, text)
    line.mend()
    await thread.getByText('断网时的第二句').waitFor(patient)
    assert.equal(await thread.getByText('断网时的第一句').count(), 1)
    assert.equal(await thread.getByText('断网时的第二句').count(), 1)
  })

  test('the page broke no policy and met no error', () => {
    assert.deepEqual(faults, [])
  })

  test('Ctrl-C stops both processes cleanly; a second start keeps the data and seeds nothing', async () => {
    await page.close()
    assert.equal(await duoke.stop(), 0)
    await using again = await startDuoke(duoke.data)
    assert.equal(again.isFirst, false)
    const next = await browser.newPage({ viewport: { width: 1280, height: 720 }, locale: 'zh-CN' })
    await next.goto(again.console)
    await next.getByRole('tab', { name: /全部/ }).click(patient)
    await next.getByText('断网时的第二句').first().waitFor(patient)
    await next.getByRole('tab', { name: /全部/ }).getByText('1').waitFor(patient)
    await next.close()
  })
})
