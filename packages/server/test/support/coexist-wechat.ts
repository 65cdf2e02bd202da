// WeChat in a coexistence schedule: pushes with its time limit, its retries, and repetitions that nobody asked for.
import { openReply, sealPush } from '@duoke/wechat'
import type { CoexistStage } from './coexist-stage.ts'

const giveUpAfterMs = 5_000
const attemptsOfWechat = 3

export type Attempt = {
  readonly startedMs: number
  /** Null: it never came, or what came was no 200. */
  answeredMs: number | null
  /** What the customer would see of it. */
  reply: string | null
}
export type Pushed = {
  readonly msgId: string
  readonly openid: string
  readonly text: string
  readonly attempts: Attempt[]
}

export type PlayedWechat = { readonly pushes: Pushed[]; write(openid: string, text: string): void }

export function playWechat(stage: CoexistStage): PlayedWechat {
  const { clock, random, account } = stage
  const { settings, secrets } = account
  const pushes: Pushed[] = []

  async function attempt(pushed: Pushed, left: number): Promise<void> {
    const made: Attempt = { startedMs: clock.nowMs(), answeredMs: null, reply: null }
    pushed.attempts.push(made)
    let isOver = false
    clock.after(giveUpAfterMs, () => {
      isOver = true
      if (made.answeredMs === null && left > 1) void attempt(pushed, left - 1)
    })
    const { query, body } = sealed(pushed)
    const answer = await stage.server().receiver.receive(settings.accountId, query, Buffer.from(body))
    if (isOver || answer.status !== 200) return
    made.answeredMs = clock.nowMs()
    made.reply = shown(answer.body)
  }

  function sealed({ msgId, openid, text }: Pushed) {
    const timestamp = Math.floor(clock.nowMs() / 1000)
    const document =
      `<xml><ToUserName>${settings.originalId}</ToUserName><FromUserName>${openid}</FromUserName>` +
      `<CreateTime>${timestamp}</CreateTime><MsgType>text</MsgType><Content>${text}</Content><MsgId>${msgId}</MsgId></xml>`
    const target = { ...settings, token: secrets.token, encodingAesKey: secrets.encodingAesKey ?? '' }
    return sealPush(target, {
      ...{ document, format: 'xml', toUser: settings.originalId, openid },
      ...{ timestamp, nonce: String(random.below(1e9)), random16: Buffer.alloc(16, 'x') },
    })
  }

  function shown(body: string): string | null {
    const credentials = { appId: settings.appId, mode: settings.mode, tokens: [secrets.token] }
    const reading = openReply(
      { ...credentials, encodingAesKeys: [secrets.encodingAesKey ?? ''] },
      { body, format: 'xml' },
    )
    if (reading.kind === 'acknowledgement') return null
    if (reading.kind === 'reply' && reading.reply.type === 'text') return reading.reply.content
    throw new Error(`WeChat was answered what it cannot show: ${body}`)
  }

  return {
    pushes,
    write(openid, text) {
      const pushed: Pushed = { msgId: String(1000 + pushes.length), openid, text, attempts: [] }
      pushes.push(pushed)
      void attempt(pushed, attemptsOfWechat)
      const copies = random.chance(0.25) ? 1 + random.below(2) : 0
      for (let copy = 0; copy < copies; copy += 1) {
        clock.after(random.pick([0, 40, 700, 2_900, 4_500]) ?? 0, () => void attempt(pushed, 1))
      }
    },
  }
}
