// Whoever pushes without the account's secrets must not learn from the time which of its checks failed.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { sealPush } from '@duoke/wechat'
import { noFailpoint } from '../events/failpoint.ts'
import { credentialsOf } from './account-secrets.ts'
import { createReceiver, type PushAnswer } from './receive.ts'
import { channelAccount } from './testing/account.ts'
import { createFakeLog } from './testing/fake-log.ts'

const nowMs = 1_700_000_000_000
/** As long as texts are. */
const document = `<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content><![CDATA[${'你'.repeat(600)}]]></Content><MsgId>1</MsgId></xml>`
const right = { token: 'AAAAA', encodingAesKey: 'A'.repeat(43), appId: 'wxba5fad812f8e6fb9', mode: 'safe' } as const

/** The last three are what somebody could send who has learnt a part of the secrets. */
const wrongs = {
  'an account there is not': right,
  'a wrong token': { ...right, token: 'BBBBB' },
  'a wrong key': { ...right, encodingAesKey: 'B'.repeat(43) },
  'a wrong appid': { ...right, appId: 'wx0000000000000000' },
} as const
type Wrong = keyof typeof wrongs
const kinds = Object.keys(wrongs) as Wrong[] // the table's own keys

const rounds = 300
/** A look into the database, an entry in a file or a document read twice takes longer; the noise of a median does not. */
const mostApartMs = 0.5

function createAttacker(): (wrong: Wrong) => Promise<{ readonly tookMs: number; readonly answer: PushAnswer }> {
  const account = channelAccount()
  const find = async (id: string) => (id === 'acme-oa' ? account : null)
  const receiver = createReceiver({
    arbitration: { choose: async () => undefined, chosen: async () => undefined },
    directory: {
      find,
      findAgain: find,
      credentials: ({ secrets, settings }) => credentialsOf(secrets, settings, nowMs),
      forget: () => {},
    },
    log: createFakeLog(),
    nowMs: () => nowMs,
    drawMediaId: () => 'md1',
    randomBytes,
    failpoint: noFailpoint,
    onPush: () => {},
    onError: () => {},
  })
  const envelope = {
    document,
    format: 'xml',
    toUser: 'gh_1',
    openid: 'oA',
    timestamp: nowMs / 1000,
    nonce: 'n',
  } as const
  const sealed = new Map(
    kinds.map((kind) => [kind, sealPush(wrongs[kind], { ...envelope, random16: randomBytes(16) })]),
  )
  return async (wrong) => {
    const { query, body } = sealed.get(wrong) ?? assert.fail()
    const started = performance.now()
    const answer = await receiver.receive(wrong === kinds[0] ? 'nobody' : 'acme-oa', query, Buffer.from(body))
    return { answer, tookMs: performance.now() - started }
  }
}

const median = (values: readonly number[]) => values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0

test('F39: a refusal takes the same time whatever was wrong, and says the same', async (t) => {
  const attack = createAttacker()
  const took = new Map(kinds.map((kind) => [kind, [] as number[]]))
  const bodies = new Set<string>()
  for (let round = -10; round < rounds; round++) {
    // In another order each time: what one leaves behind (caches, garbage) falls to all of them alike.
    for (const kind of [...kinds.slice(round & 3), ...kinds.slice(0, round & 3)]) {
      const { answer, tookMs } = await attack(kind)
      bodies.add(`${answer.body} ${answer.contentType}`)
      if (round >= 0) took.get(kind)?.push(tookMs)
    }
  }
  assert.equal(bodies.size, 1)
  const medians = kinds.map((kind) => median(took.get(kind) ?? []))
  t.diagnostic(kinds.map((kind, at) => `${kind} ${medians[at]?.toFixed(3)} ms`).join(', '))
  assert.ok(Math.max(...medians) - Math.min(...medians) < mostApartMs, `${medians} ms`)
})
