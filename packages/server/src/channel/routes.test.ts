import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { openReply, type PushMode, sealPush, signature } from '@duoke/wechat'
import { fastify } from 'fastify'
import { pino } from 'pino'
import { noFailpoint } from '../events/failpoint.ts'
import { CommandParked, LogUnavailable, type Outcome } from '../events/outcome.ts'
import { createHttpServer } from '../http/server.ts'
import type { AccountDirectory, ChannelAccount } from './account-directory.ts'
import { credentialsOf } from './account-secrets.ts'
import { createReceiver, type PushOutcome, type ReceivePorts } from './receive.ts'
import { type PushRoutePorts, pushRoutes } from './routes.ts'
import { channelAccount } from './testing/account.ts'
import { createFakeLog } from './testing/fake-log.ts'

const startMs = 1_700_000_000_000
const textPush = (content: string, msgId = '1') =>
  `<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName><CreateTime>1700000000</CreateTime><MsgType>text</MsgType><Content><![CDATA[${content}]]></Content><MsgId>${msgId}</MsgId></xml>`

type Options = { account?: ChannelAccount | null; log?: ReturnType<typeof createFakeLog> } & Partial<ReceivePorts> &
  Partial<Pick<PushRoutePorts, 'bodyWithinMs'>>

async function open(t: TestContext, options: Options = {}) {
  const clock = { now: startMs }
  const current = { account: options.account === undefined ? channelAccount() : options.account }
  const outcomes: PushOutcome[] = []
  const log = options.log ?? createFakeLog()
  const find = async (id: string) => (id === 'acme-oa' ? current.account : null)
  const directory: AccountDirectory = {
    find,
    findAgain: find,
    credentials: ({ secrets, settings }) => credentialsOf(secrets, settings, clock.now),
    forget: () => {},
  }
  const receiver = createReceiver({
    directory,
    log,
    nowMs: () => clock.now,
    drawMediaId: () => 'md1',
    randomBytes,
    failpoint: noFailpoint,
    // No app is attached: nobody is asked.
    arbitration: { choose: async () => undefined, chosen: async () => undefined },
    onPush: (outcome) => outcomes.push(outcome),
    onError: () => {},
    ...options,
  })
  const app = fastify()
  const onPush = (outcome: PushOutcome) => outcomes.push(outcome)
  await app.register(pushRoutes({ receiver, failpoint: noFailpoint, onPush, bodyWithinMs: options.bodyWithinMs }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const address = app.server.address()
  assert.ok(address !== null && typeof address === 'object')
  const port = address.port

  async function push(document: string, changes: PushChanges = {}) {
    const { mode = 'safe', timestamp = clock.now / 1000, nonce = 'n', format = 'xml' } = changes
    const target = { token: 'AAAAA', encodingAesKey: 'A'.repeat(43), appId: 'wxba5fad812f8e6fb9', mode, ...changes }
    const sealed = sealPush(target, {
      document,
      format,
      toUser: 'gh_1',
      openid: 'oA',
      timestamp,
      nonce,
      random16: randomBytes(16),
    })
    const query = new URLSearchParams(sealed.query)
    const response = await fetch(`http://127.0.0.1:${port}/wechat/${changes.accountId ?? 'acme-oa'}?${query}`, {
      method: 'POST',
      body: changes.body?.(sealed.body) ?? sealed.body,
      headers: changes.contentType === undefined ? {} : { 'content-type': changes.contentType },
    })
    const { status, headers } = response
    return { status, body: await response.text(), type: headers.get('content-type'), retry: headers.get('retry-after') }
  }
  return { push, log, outcomes, clock, current, port }
}

type PushChanges = {
  mode?: PushMode
  token?: string
  encodingAesKey?: string
  appId?: string
  timestamp?: number
  nonce?: string
  format?: 'xml' | 'json'
  accountId?: string
  contentType?: string
  body?: (body: string) => string
}

test('WeChat’s check of the address is answered with exactly its echo', async (t) => {
  const { port, outcomes } = await open(t)
  const query = `timestamp=1700000000&nonce=n&echostr=4375120948345356249`
  const signed = signature('AAAAA', '1700000000', 'n')
  const right = await fetch(`http://127.0.0.1:${port}/wechat/acme-oa?signature=${signed}&${query}`)
  assert.equal(right.status, 200)
  assert.equal(await right.text(), '4375120948345356249')
  const wrong = await fetch(`http://127.0.0.1:${port}/wechat/acme-oa?signature=${'0'.repeat(40)}&${query}`)
  assert.equal(wrong.status, 403)
  assert.deepEqual(outcomes, ['verified', 'refused:wrong-signature'])
})

test('a genuine push is given to the log once and acknowledged in clear', async (t) => {
  const { push, log, outcomes } = await open(t)
  const answer = await push(textPush('你好'))
  assert.deepEqual([answer.status, answer.body], [200, 'success'])
  const [submitted] = log.submitted
  assert.equal(submitted?.organizationId, 'acme')
  assert.equal(submitted?.options.lane, 'pushes')
  assert.ok(submitted?.command.type === 'customer.act')
  assert.deepEqual(submitted.command.content, { type: 'text', text: '你好' })
  assert.deepEqual(outcomes, ['taken'])
})

test('the bytes count, whatever the content type says', async (t) => {
  const { push } = await open(t)
  const types = [
    'application/json',
    'text/xml; charset=GBK',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
  ]
  for (const contentType of types) assert.equal((await push(textPush('x', contentType), { contentType })).status, 200)
})

test('an automatic reply goes out sealed in the account’s mode and format', async (t) => {
  const log = createFakeLog(() => ({ passiveReply: { messageId: 'ms1', content: { type: 'text', text: '欢迎' } } }))
  const { push, current } = await open(t, { log })
  const credentials = { tokens: ['AAAAA'], encodingAesKeys: ['A'.repeat(43)], appId: 'wxba5fad812f8e6fb9' }
  const sealed = await push(textPush('hi', '1'))
  assert.match(sealed.body, /<Encrypt>/)
  assert.equal(sealed.type, 'text/xml; charset=utf-8')
  const opened = openReply({ ...credentials, mode: 'safe' }, { body: sealed.body, format: 'xml' })
  assert.ok(opened.kind === 'reply' && opened.reply.type === 'text')
  assert.equal(opened.reply.content, '欢迎')
  assert.equal(opened.toUser, 'oA')
  current.account = channelAccount({ mode: 'plain' })
  const clear = await push(textPush('hi', '2'), { mode: 'plain' })
  assert.match(clear.body, /<Content><!\[CDATA\[欢迎\]\]><\/Content>/)
})

test('an account set to JSON gets its reply as JSON', async (t) => {
  const log = createFakeLog(() => ({ passiveReply: { messageId: 'ms1', content: { type: 'text', text: '欢迎' } } }))
  const { push } = await open(t, { log })
  const document = JSON.stringify({
    ToUserName: 'gh_1',
    FromUserName: 'oA',
    CreateTime: 1_700_000_000,
    MsgType: 'text',
    Content: 'hi',
    MsgId: 9,
  })
  const answer = await push(document, { format: 'json' })
  assert.equal(answer.type, 'application/json; charset=utf-8')
  assert.equal(typeof JSON.parse(answer.body).Encrypt, 'string')
})

test('F26: the same push again is one message, and each gets the same reply', async (t) => {
  const log = createFakeLog(() => ({ passiveReply: { messageId: 'ms1', content: { type: 'text', text: '欢迎' } } }))
  const { push, outcomes, current } = await open(t, { log })
  current.account = channelAccount({ mode: 'plain' })
  const bodies = [
    await push(textPush('hi'), { mode: 'plain' }),
    await push(textPush('hi'), { mode: 'plain', nonce: 'o' }),
  ]
  assert.equal(bodies[0]?.body, bodies[1]?.body)
  assert.equal(log.submitted.length, 1)
  assert.deepEqual(outcomes, ['taken', 'repeated'])
})

test('F27: a second push while the first is still being taken waits for its outcome', async (t) => {
  const first = Promise.withResolvers<Outcome>()
  const log = createFakeLog(() => first.promise)
  const { push, outcomes } = await open(t, { log })
  const answers = [push(textPush('hi')), push(textPush('hi')), push(textPush('hi'))]
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.deepEqual(outcomes, [])
  first.resolve({ accepted: true, repeated: false, position: 1, result: {}, events: [] })
  for (const answer of await Promise.all(answers)) assert.equal(answer.body, 'success')
  assert.equal(log.submitted.length, 1)
  assert.deepEqual(outcomes.toSorted(), ['repeated', 'repeated', 'taken'])
})

test('F39: every push that is not genuine is refused in the same words before it is parsed', async (t) => {
  const { push, log, outcomes } = await open(t)
  const answers = [
    await push(textPush('x'), { token: 'BBBBB' }),
    await push(textPush('x'), { encodingAesKey: 'B'.repeat(43) }),
    await push(textPush('x'), { appId: 'wx0000000000000000' }),
    await push(textPush('x'), { mode: 'plain' }),
    await push(textPush('x'), { timestamp: startMs / 1000 - 3_600 }),
    await push(textPush('x'), { body: () => '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><xml>&b;</xml>' }),
    await push(textPush('x'), {
      body: (body) => body.replace('<Encrypt>', '<Encrypt><![CDATA[AAAA]]></Encrypt><Encrypt>'),
    }),
    await push('<!DOCTYPE x []><xml><MsgType>text</MsgType></xml>'),
    await push('no document'),
  ]
  const different = new Set(answers.slice(0, 6).map((answer) => JSON.stringify(answer)))
  assert.equal(different.size, 1)
  assert.equal(answers[0]?.status, 403)
  assert.equal(answers[7]?.status, 403)
  assert.equal(answers[8]?.status, 403)
  assert.ok(log.submitted.length <= 1)
  assert.ok(outcomes.every((outcome) => outcome === 'taken' || outcome.startsWith('refused:')))
})

test('F39: an account that does not exist is refused in the same shape as a wrong signature', async (t) => {
  const { push, outcomes } = await open(t)
  const unknown = await push(textPush('x'), { accountId: 'nobody' })
  const wrong = await push(textPush('x'), { token: 'BBBBB' })
  assert.equal(unknown.status, 404)
  assert.deepEqual({ ...unknown, status: 0 }, { ...wrong, status: 0 })
  assert.deepEqual(outcomes, ['unknown-account', 'refused:wrong-signature'])
})

test('F40: a replayed push gets the same answer at first and is refused and counted after ten minutes', async (t) => {
  const { push, log, clock, outcomes } = await open(t)
  const timestamp = startMs / 1000
  assert.equal((await push(textPush('x'), { timestamp })).status, 200)
  clock.now += 9 * 60_000
  assert.equal((await push(textPush('x'), { timestamp })).status, 200)
  clock.now += 2 * 60_000
  assert.equal((await push(textPush('x'), { timestamp })).status, 403)
  assert.equal(log.submitted.length, 1)
  assert.deepEqual(outcomes, ['taken', 'repeated', 'refused:stale'])
})

test('F41: in compatible mode only the encrypted half is believed', async (t) => {
  const { push, log, current } = await open(t)
  current.account = channelAccount({ mode: 'compatible' })
  await push(textPush('B'), {
    mode: 'compatible',
    body: (body) => body.replace('<Content><![CDATA[B', '<Content><![CDATA[A'),
  })
  const [submitted] = log.submitted
  assert.ok(submitted?.command.type === 'customer.act')
  assert.deepEqual(submitted.command.content, { type: 'text', text: 'B' })
})

test('F42: a push signed with what another server just stored is taken', async (t) => {
  const stale = channelAccount()
  const rotated = { ...stale, secrets: { ...stale.secrets, token: 'BBBBB', encodingAesKey: 'B'.repeat(43) } }
  let reads = 0
  const directory: AccountDirectory = {
    find: async () => stale,
    findAgain: async () => {
      reads += 1
      return rotated
    },
    credentials: ({ secrets, settings }) => credentialsOf(secrets, settings, startMs),
    forget: () => {},
  }
  const { push } = await open(t, { directory })
  assert.equal((await push(textPush('x'), { token: 'BBBBB', encodingAesKey: 'B'.repeat(43) })).status, 200)
  assert.equal((await push(textPush('y', '2'))).status, 200)
  assert.equal(reads, 1)
})

test('F43: an unknown kind of push is taken, never an error', async (t) => {
  const { push, log } = await open(t)
  const answer = await push(textPush('x').replace('<MsgType>text', '<MsgType>hologram'))
  assert.equal(answer.status, 200)
  assert.equal(log.submitted.length, 1)
})

test('F10: when the log cannot take it WeChat is told to come again, in time', async (t) => {
  const failures: [unknown, number][] = [
    [new LogUnavailable('database_unavailable'), 503],
    [new LogUnavailable('overloaded'), 503],
    [new CommandParked(new Error('poison')), 503],
  ]
  for (const [error, status] of failures) {
    const { push } = await open(t, { log: createFakeLog(() => Promise.reject(error)) })
    const answer = await push(textPush('x'))
    assert.equal(answer.status, status)
    assert.match(answer.retry ?? '', /^\d+$/)
  }
})

test('F10: a log that does not answer in time costs WeChat less than its patience', async (t) => {
  const { push, outcomes } = await open(t, {
    log: createFakeLog(() => new Promise<Outcome>(() => {})),
    answerWithinMs: 50,
  })
  const answer = await push(textPush('x'))
  assert.equal(answer.status, 503)
  assert.deepEqual(outcomes, ['too-slow'])
})

test('F10: secrets that cannot be read now are no reason to refuse a push for good', async (t) => {
  const fails = () => Promise.reject(new Error('the database does not answer'))
  const directory: AccountDirectory = {
    find: fails,
    findAgain: fails,
    credentials: ({ secrets, settings }) => credentialsOf(secrets, settings, startMs),
    forget: () => {},
  }
  const { push, outcomes } = await open(t, { directory })
  const answer = await push(textPush('x'))
  assert.equal(answer.status, 503)
  assert.equal(answer.retry, '3')
  assert.deepEqual(outcomes, ['unavailable'])
})

test('F31: a body beyond the limit is cut off with 413, declared or not', async (t) => {
  const { push, port, outcomes } = await open(t)
  const long = await push(textPush('x'), { body: (body) => body + ' '.repeat(300_000) })
  assert.equal(long.status, 413)
  const plain = await push(textPush('x'.repeat(70_000)), { mode: 'plain' })
  assert.equal(plain.status, 413)
  const answer = await raw(port, (socket) => {
    socket.write('POST /wechat/acme-oa?encrypt_type=aes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = 'x'.repeat(65_536)
    for (let i = 0; i < 8; i += 1) socket.write(`10000\r\n${chunk}\r\n`)
  })
  assert.match(answer, /^HTTP\/1\.1 413 /)
  assert.equal(outcomes.filter((outcome) => outcome === 'refused:too-large').length, 3)
})

test('F31: a body that trickles in is cut off with 408', async (t) => {
  const { port, outcomes } = await open(t, { bodyWithinMs: 100 })
  const started = performance.now()
  const answer = await raw(port, (socket) => {
    socket.write('POST /wechat/acme-oa HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n')
    const drip = setInterval(() => socket.write('x'), 20)
    socket.once('close', () => clearInterval(drip))
  })
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assert.ok(performance.now() - started < 2_000)
  assert.deepEqual(outcomes, ['too-slow'])
})

function raw(port: number, act: (socket: import('node:net').Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => act(socket))
    socket.on('data', (data) => {
      received += data.toString()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
  })
}

test('F31: headers that trickle in are cut off with 408', async (t) => {
  const app = createHttpServer({ trustProxy: [], isHttps: false, log: pino({ level: 'silent' }) })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  const address = app.server.address()
  assert.ok(address !== null && typeof address === 'object')
  const started = performance.now()
  const answer = await raw(address.port, (socket) => {
    socket.write('POST /wechat/acme-oa HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => socket.write('x'), 50)
    socket.once('close', () => clearInterval(drip))
  })
  assert.match(answer, /^HTTP\/1\.1 408 /)
  assert.ok(performance.now() - started < 5_000)
})

test('a push that belongs to no conversation is acknowledged and not logged', async (t) => {
  const { push, log, outcomes } = await open(t)
  assert.equal((await push('<xml><action>CheckContainerPath</action></xml>')).body, 'success')
  assert.equal(log.submitted.length, 0)
  assert.deepEqual(outcomes, ['nobody'])
})
