// The console's goals that are times: section 3.3 of the ecosystem notes counts them, and so do these functions.
import { createClient } from '@duoke/sdk'
import { quantile } from '../measure/statistics.ts'
import { type Desk, heapBytes, throttle } from './desk.ts'
import type { Followers, Sent } from './followers.ts'
import { framesWhile } from './frames.ts'
import { paintedAfterKey } from './painted.ts'

export type Times = { readonly count: number; readonly p50: number; readonly p95: number; readonly p99: number }

export const timesOf = (values: readonly number[]): Times => ({
  count: values.length,
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  p99: quantile(values, 0.99),
})

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** What became of messages that had to be painted; one that never was counts as endless. */
export async function paintedTimes({ page }: Desk, sent: readonly Sent[]): Promise<Times> {
  const paintedAt = new Map(await page.evaluate(() => [...window.paintedAt]))
  return timesOf(sent.map(({ mark, at }) => (paintedAt.get(mark) ?? Number.POSITIVE_INFINITY) - at))
}

/** Goal 3: every tenth message is for the open conversation, all others for the rest, at a steady rate. */
export async function flood(
  desk: Desk,
  followers: Followers,
  { open, perSecond, seconds }: { open: string; perSecond: number; seconds: number },
): Promise<Times> {
  await throttle(desk, 4)
  const due = performance.now()
  const writes: Promise<Sent>[] = []
  const awaited: Promise<Sent>[] = []
  for (let sent = 0; sent < perSecond * seconds; sent += 1) {
    await pause(Math.max(0, due + (sent * 1_000) / perSecond - performance.now()))
    const isForOpen = sent % 10 === 0
    const written = followers.write(isForOpen ? open : (followers.names[sent % followers.names.length] ?? open))
    writes.push(written)
    if (isForOpen) awaited.push(written)
  }
  await Promise.all(writes)
  const expected = await Promise.all(awaited)
  const last = expected.at(-1)?.mark ?? ''
  await desk.page.getByRole('log').getByText(last).first().waitFor()
  await throttle(desk, 1)
  return paintedTimes(desk, expected)
}

/** Goal 7: the key for the next conversation until its messages are painted. */
export async function switching(desk: Desk, times: number): Promise<Times> {
  const { page } = desk
  const values: number[] = []
  for (let time = 0; time < times; time += 1) {
    // Names may be alike; marks are not.
    const [mark] = (await page.getByRole('log').innerText()).match(/#\d{6}/) ?? []
    values.push(await paintedAfterKey(page, 'Alt+ArrowDown', '[role=log]:has([data-index])', mark))
    await pause(150)
  }
  return timesOf(values)
}

export type Scrolled = { readonly framesPerSecond: number; readonly blankFrames: number; readonly frames: number }

/** Goal 7: back through a long thread at 800 pixels a frame. */
export async function scrollBack(desk: Desk, forMs: number): Promise<Scrolled> {
  const { page } = desk
  const log = page.getByRole('log')
  const counted = { blank: 0, frames: 0 }
  const framesPerSecond = await framesWhile(desk, async () => {
    const seen = await log.evaluate(
      (element, lengthMs) =>
        new Promise<{ blank: number; frames: number }>((resolve) => {
          const end = performance.now() + lengthMs
          const seenNow = { blank: 0, frames: 0 }
          const box = element.getBoundingClientRect()
          const rows = [0.2, 0.5, 0.8].map((share) => box.top + box.height * share)
          const look = () => {
            const isBlank = rows.every(
              (y) =>
                !document.elementsFromPoint(box.left + box.width / 2, y).some((hit) => hit.closest('[data-index]')),
            )
            seenNow.frames += 1
            if (isBlank) seenNow.blank += 1
            element.scrollTop -= 800
            if (performance.now() > end) resolve(seenNow)
            else requestAnimationFrame(look)
          }
          requestAnimationFrame(look)
        }),
      forMs,
    )
    counted.blank = seen.blank
    counted.frames = seen.frames
  })
  return { framesPerSecond, blankFrames: counted.blank, frames: counted.frames }
}

const dishes = ['退货地址', '营业时间', '发货时间', '物流查询', '会员积分', '优惠活动', '安装说明', '保修政策']

/** Goal 2: the key that completes `/` and two initials until the list is painted, among so many quick replies. */
export async function quickReplies(desk: Desk, count: number): Promise<Times> {
  const { page, duoke, token } = desk
  const client = createClient({ baseUrl: duoke.url, token })
  for (let made = 0; made < count; made += 200) {
    const items = Array.from({ length: Math.min(200, count - made) }, (_, index) => {
      const title = `${dishes[(made + index) % dishes.length]} ${made + index + 1}`
      return { title, group: '', parts: [{ type: 'text' as const, text: `${title}：请稍等，马上为您查询。` }] }
    })
    await client.quickReplies.import({ owner: { kind: 'organization' }, items })
  }
  await page.reload()
  const composer = page.locator('[data-composer]')
  await composer.waitFor()
  await composer.focus()
  await page.keyboard.type('/')
  await page.getByRole('listbox').getByRole('option').first().waitFor()
  const values: number[] = []
  for (let time = 0; time < 20; time += 1) {
    await composer.fill('')
    await pause(100)
    values.push(await paintedAfterKey(page, '/', '[role=listbox] [role=option]'))
    await page.keyboard.type(['th', 'yy', 'fh', 'wl'][time % 4] ?? 'th')
  }
  await composer.fill('')
  return timesOf(values)
}

/** Goal 4: the line is cut, so many messages come, the line is mended: seconds until the bar, and until all is there. */
export async function reconnect(
  desk: Desk,
  followers: Followers,
  { open, missed }: { open: string; missed: number },
): Promise<{ barMs: number; caughtUpMs: number }> {
  const { page, line } = desk
  const cutAt = performance.now()
  line.cut()
  await page.getByText('连接已断开').waitFor()
  const barMs = performance.now() - cutAt
  const sent: Sent[] = []
  for (let count = 0; count < missed; count += 50) {
    sent.push(...(await Promise.all(Array.from({ length: 50 }, () => followers.write(open)))))
  }
  const last = sent.at(-1)
  line.mend()
  await page.getByText('连接已断开').waitFor({ state: 'detached' })
  const connectedAt = performance.now()
  await page
    .getByRole('log')
    .getByText(last?.mark ?? '')
    .first()
    .waitFor()
  return { barMs, caughtUpMs: performance.now() - connectedAt }
}

/** Goal 5: navigation until the composer can be written in, at a quarter of the processor; the second load of a browser. */
export async function coldStart(desk: Desk, times: number): Promise<Times> {
  const { page } = desk
  await throttle(desk, 4)
  const values: number[] = []
  for (let time = 0; time < times; time += 1) {
    await page.reload({ waitUntil: 'commit' })
    await page.locator('[data-composer]').waitFor()
    values.push(await page.evaluate(() => performance.now()))
  }
  await throttle(desk, 1)
  return timesOf(values)
}

/** Goal 7: what the page holds when all of it was done. */
export async function heapMegabytes(desk: Desk): Promise<number> {
  return (await heapBytes(desk)) / 1024 ** 2
}
