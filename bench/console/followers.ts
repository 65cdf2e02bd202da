// Many followers on the simulator's control API.
import { markOf } from './probe.ts'

export type Sent = { readonly mark: string; readonly follower: string; readonly at: number }

export class Followers {
  readonly #base: string
  readonly sent: Sent[] = []
  readonly #names: string[] = []

  constructor(phoneUrl: string) {
    this.#base = `${phoneUrl}/sim/accounts/acme-oa/followers`
  }

  get names(): readonly string[] {
    return this.#names
  }

  async add(count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const id = `busy-${this.#names.length + 1}`
      await post(this.#base, { id, name: id, follows: true })
      this.#names.push(id)
    }
  }

  /** A line with a mark of its own; its clock starts before the simulator is asked to push. */
  async write(follower: string): Promise<Sent> {
    const sent = { mark: markOf(this.sent.length + 1), follower, at: performance.timeOrigin + performance.now() }
    this.sent.push(sent)
    await post(`${this.#base}/${follower}/actions`, { type: 'text', text: `请问什么时候发货？${sent.mark}` })
    return sent
  }

  /** Everything on the follower's phone, as text. */
  async chat(follower: string): Promise<string> {
    const answer = await fetch(`${this.#base}/${follower}/chat`)
    return await answer.text()
  }
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}
