// A day in the life: many open conversations, a message a second, an agent who reads, answers and goes on to the next.
import { quantile } from '../measure/statistics.ts'
import type { Desk } from './desk.ts'
import type { Followers, Sent } from './followers.ts'
import { framesWhile } from './frames.ts'
import { heapMegabytes, paintedTimes, type Times } from './goals.ts'

export type Day = {
  readonly messages: number
  readonly answers: number
  readonly lost: number
  readonly duplicated: number
  /** From the follower's tap until it was painted in the open conversation, ms. */
  readonly painted: Times
  readonly framesPerSecond: { readonly median: number; readonly least: number }
  /** Megabytes behind each minute, after collecting garbage. */
  readonly heap: readonly number[]
}

const answerEveryMs = 5_000

export type Crowd = { readonly followers: Followers; readonly conversations: ReadonlyMap<string, string> }

export async function measureDay(
  desk: Desk,
  { followers, conversations }: Crowd,
  { minutes, say }: { minutes: number; say: (what: string) => void },
): Promise<Day> {
  const agent = new BusyAgent(desk, conversations)
  await agent.open(followers.names[0] ?? '')
  const before = followers.sent.length
  const frames: number[] = []
  const heap: number[] = []
  const seen: Sent[] = []
  for (let minute = 1; minute <= minutes; minute += 1) {
    say(`minute ${minute} of ${minutes}`)
    // Every second message is for the conversation that is open, so that it must be painted; the others for anybody.
    for (let second = 0; second < 60; second += 1) {
      const due = performance.now() + 1_000
      const isForOpen = second % 2 === 0
      const sent = await followers.write(isForOpen ? agent.current : pick(followers.names, minute * 60 + second))
      if (isForOpen) {
        await agent.sees(sent)
        seen.push(sent)
      }
      if ((second * 1_000) % answerEveryMs === 0) await agent.answer(followers)
      if (second % 20 === 19) frames.push(await framesWhile(desk, () => agent.scroll(1_500)))
      await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())))
    }
    heap.push(await heapMegabytes(desk))
  }
  say('counting every message in every conversation')
  const painted = await paintedTimes(desk, seen)
  return {
    messages: followers.sent.length - before,
    answers: agent.answers.length,
    ...(await countAll(desk, followers, { agent, before })),
    painted,
    framesPerSecond: { median: quantile(frames, 0.5), least: Math.min(...frames) },
    heap,
  }
}

/** Each follower in turn, by a stride that visits all. */
function pick(names: readonly string[], step: number): string {
  return names[(step * 67) % names.length] ?? ''
}

type Answer = { readonly mark: string; readonly follower: string }

export class BusyAgent {
  readonly #desk: Desk
  readonly #conversations: ReadonlyMap<string, string>
  readonly answers: Answer[] = []
  current = ''

  constructor(desk: Desk, conversations: ReadonlyMap<string, string>) {
    this.#desk = desk
    this.#conversations = conversations
  }

  async open(follower: string): Promise<void> {
    const { page } = this.#desk
    const id = this.#conversations.get(follower) ?? ''
    await page.evaluate((hash) => {
      location.hash = hash
    }, `#/c/${id}`)
    await page.getByRole('log').locator('[data-index]').first().waitFor()
    this.current = follower
  }

  async sees({ mark }: Sent): Promise<void> {
    await this.#desk.page.getByRole('log').getByText(mark).first().waitFor({ timeout: 30_000 })
  }

  /** One answer to who is open, and on to the next. */
  async answer(followers: Followers): Promise<void> {
    const mark = `@${String(this.answers.length + 1).padStart(6, '0')}`
    const composer = this.#desk.page.locator('[data-composer]')
    await composer.fill(`今天下午发货。${mark}`)
    await composer.press('Enter')
    this.answers.push({ mark, follower: this.current })
    await this.#desk.page.getByRole('log').getByText(mark).first().waitFor()
    await this.open(followers.names[(this.answers.length * 3) % followers.names.length] ?? '')
  }

  /** The wheel over the list, down and up again. */
  async scroll(forMs: number): Promise<void> {
    const { mouse } = this.#desk.page
    await mouse.move(200, 400)
    const end = performance.now() + forMs
    for (let step = 0; performance.now() < end; step += 1) {
      await mouse.wheel(0, step % 40 < 20 ? 120 : -120)
      await new Promise((done) => setTimeout(done, 16))
    }
  }
}

/** Every conversation is opened in a window high enough for all of it; answers are counted on the phones. */
async function countAll(
  { page }: Desk,
  followers: Followers,
  { agent, before }: { agent: BusyAgent; before: number },
): Promise<{ lost: number; duplicated: number }> {
  await page.setViewportSize({ width: 1280, height: 6_000 })
  let lost = 0
  let duplicated = 0
  const count = (text: string, mark: string) => {
    const times = text.split(mark).length - 1
    if (times === 0) lost += 1
    if (times > 1) duplicated += 1
  }
  for (const follower of followers.names) {
    const sent = followers.sent.filter((one, index) => index >= before && one.follower === follower)
    const answers = agent.answers.filter((one) => one.follower === follower)
    const known = sent.at(-1) ?? answers.at(-1)
    if (known === undefined) continue
    await agent.open(follower)
    // The lines of the conversation before are still there for a moment: a line of this one tells that it is this one.
    await page.getByRole('log').getByText(known.mark).first().waitFor()
    const thread = await page.getByRole('log').innerText()
    for (const { mark } of sent) count(thread, mark)
    const phone = answers.length === 0 ? '' : await followers.chat(follower)
    for (const { mark } of answers) {
      count(thread, mark)
      count(phone, mark)
    }
  }
  await page.setViewportSize({ width: 1280, height: 720 })
  return { lost, duplicated }
}
