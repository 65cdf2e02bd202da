import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { systemClock } from '../clock.ts'
import { ACCOUNT, type Stage, setStage, until } from '../testing/fixtures.ts'
import { CONTROL_OPERATIONS } from './description.ts'

async function call(stage: Stage, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: JSON.stringify(body) }
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(stage.simulator.url + path, { method, headers: { ...type, ...headers }, ...init })
  const answer: unknown = await response.json()
  // Control answers are JSON objects; a test that meets another shape fails on its fields.
  return { status: response.status, answer: answer as Record<string, unknown> }
}

const WANG = '/sim/accounts/shop/followers/wang'

test('every operation of the table exists, and no other', async () => {
  await using stage = await setStage()
  for (const { method, path } of CONTROL_OPERATIONS) {
    const filled = path
      .replace(':account', 'nobody')
      .replace(':follower', 'x')
      .replace(':media', 'x')
      .replace(':fault', '99')
    const { status, answer } = await call(
      stage,
      method,
      filled,
      method === 'GET' || method === 'DELETE' ? undefined : {},
    )
    assert.ok(!(status === 404 && answer['error'] === 'Not Found'), `${method} ${path}`)
  }
  assert.equal((await call(stage, 'GET', '/sim/other')).status, 404)
  const { answer } = await call(stage, 'GET', '/sim')
  assert.equal(Array.isArray(answer['operations']) && answer['operations'].length, CONTROL_OPERATIONS.length)
})

test('accounts are made, changed and shown without their secrets', async () => {
  await using stage = await setStage()
  const made = { ...ACCOUNT, id: 'second', appId: 'wx00000000000000aa', originalId: 'gh_00000000000a' }
  const { status, answer } = await call(stage, 'POST', '/sim/accounts', made)
  assert.equal(status, 201)
  assert.deepEqual([answer['appSecret'], answer['token'], answer['encodingAesKey']], [undefined, undefined, undefined])
  const taken = await call(stage, 'POST', '/sim/accounts', { ...made, id: 'third' })
  assert.deepEqual([taken.status, taken.answer['error']], [409, 'app-id-taken'])
  const changed = await call(stage, 'PATCH', '/sim/accounts/second', { mode: 'plain' })
  assert.equal(changed.answer['mode'], 'plain')
  assert.equal(stage.simulator.world.account('second')?.settings.appSecret, ACCOUNT.appSecret)
})

test('a follower is made, writes, and the chat and its pushes can be read', async () => {
  await using stage = await setStage()
  const made = await call(stage, 'POST', '/sim/accounts/shop/followers', { id: 'li', name: '李', follows: true })
  assert.equal(made.status, 201)
  assert.match(String(made.answer['openid']), /^o[A-Za-z0-9_-]{27}$/)
  assert.equal((await call(stage, 'POST', '/sim/accounts/shop/followers', { id: 'li', name: '李' })).status, 409)
  const path = '/sim/accounts/shop/followers/li'
  const acted = await call(stage, 'POST', `${path}/actions?wait=1`, { type: 'text', text: '你好' })
  assert.equal(acted.status, 202)
  const { answer: chat } = await call(stage, 'GET', `${path}/chat`)
  assert.equal(Array.isArray(chat['items']) && chat['items'].length, 1)
  assert.deepEqual((await call(stage, 'GET', `${path}/chat?after=1`)).answer['items'], [])
  const { answer: pushes } = await call(stage, 'GET', '/sim/accounts/shop/pushes')
  assert.equal(Array.isArray(pushes['items']) && pushes['items'][0].state, 'delivered')
  const { answer: follower } = await call(stage, 'GET', path)
  const closesAtMs = stage.clock.nowMs() + 48 * 3600_000
  assert.deepEqual(follower['quota'], [{ trigger: 'message', remaining: 5, closesAtMs }])
})

const HOSTILE: [string, unknown][] = [
  ['an unknown action', { type: 'fly' }],
  ['a field too many', { type: 'text', text: 'x', admin: true }],
  ['an empty text', { type: 'text', text: '' }],
  ['a text of the wrong type', { type: 'text', text: { $gt: '' } }],
  ['a place off the earth', { type: 'location', latitude: 91, longitude: 0, label: '' }],
  ['a list', [{ type: 'text', text: 'x' }]],
  ['null', null],
  ['a prototype', JSON.parse('{"__proto__":{"type":"text"},"type":"text","text":"x"}')],
]

for (const [name, body] of HOSTILE) {
  test(`${name} is refused with 400 and does nothing`, async () => {
    await using stage = await setStage()
    const { status } = await call(stage, 'POST', `${WANG}/actions`, body)
    assert.equal(status, 400)
    assert.equal(stage.simulator.world.journal.pushes('shop').length, 0)
    assert.equal(stage.developer.pushes.length, 0)
  })
}

test('markup, control characters and lone surrogates in a text reach the server or a marker, never an error', async () => {
  await using stage = await setStage()
  const texts = [
    '<script>alert(1)</script>',
    ']]><MsgType>event</MsgType>',
    'a\u0000b\u0007',
    '\ud83d',
    '0012',
    '\u202eabc',
  ]
  for (const text of texts) {
    const { status } = await call(stage, 'POST', `${WANG}/actions?wait=1`, { type: 'text', text })
    assert.equal(status, 202)
  }
  const got = stage.developer.pushes.map((push) => (push.kind === 'text' ? push.content : push.kind))
  assert.equal(got.length, texts.length)
  assert.deepEqual([got[0], got[1], got[4], got[5]], [texts[0], texts[1], texts[4], texts[5]])
  assert.deepEqual(stage.developer.refusals, [])
})

test('raw fields that cannot be an XML document are refused, not thrown', async () => {
  await using stage = await setStage()
  const shapes = [{ Content: 'x' }, { MsgType: 7 }, { MsgType: 'x', 'a b': 'y' }, { MsgType: 'x', Deep: { ok: 3 } }]
  for (const fields of shapes) {
    assert.equal((await call(stage, 'POST', `${WANG}/actions`, { type: 'raw', fields })).status, 409)
  }
  assert.equal(stage.simulator.world.journal.pushes('shop').length, 0)
})

test('another site’s page and a rebound name are turned away; a script without Origin is not', async () => {
  await using stage = await setStage()
  const { host } = new URL(stage.simulator.url)
  const foreign = await call(stage, 'POST', `${WANG}/actions`, { type: 'unfollow' }, { origin: 'https://evil.example' })
  assert.equal(foreign.status, 403)
  const own = await call(stage, 'GET', '/sim', undefined, { origin: `http://${host}` })
  assert.equal(own.status, 200)
  const rebound = await new Promise<number>((resolve, reject) => {
    const request = http.get(`${stage.simulator.url}/sim`, { headers: { host: 'evil.example:7400' } }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
  })
  assert.equal(rebound, 403)
})

test('the stream begins with a snapshot, tells every change of one phone, and refuses other sites', async () => {
  await using stage = await setStage()
  const address = `${stage.simulator.url.replace('http', 'ws')}/sim/stream`
  const socket = new WebSocket(`${address}?account=shop&follower=wang`)
  const frames: Record<string, unknown>[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  await until(() => frames.length === 1, 'the snapshot')
  assert.equal(frames[0]?.['type'], 'snapshot')
  const account = stage.simulator.world.account('shop')
  assert.ok(account)
  stage.simulator.world.addFollower(account, { id: 'zhao', name: '赵' })
  await call(stage, 'POST', `${WANG}/actions?wait=1`, { type: 'text', text: '你好' })
  await stage.send()
  await until(() => frames.filter((frame) => frame['type'] === 'entry').length === 2, 'both entries')
  assert.ok(!JSON.stringify(frames).includes('zhao'))
  assert.ok(!JSON.stringify(frames).includes(ACCOUNT.appSecret))
  socket.terminate()
  const foreign = new WebSocket(address, { origin: 'https://evil.example' })
  const refused = await new Promise<string>((resolve) => foreign.on('error', (error) => resolve(error.message)))
  assert.match(refused, /403/)
})

test('a manual clock is moved by hand; a real one refuses', async () => {
  await using stage = await setStage()
  const before = stage.clock.nowMs()
  const { answer } = await call(stage, 'POST', '/sim/clock/advance', { ms: 48 * 3600_000 })
  assert.equal(answer['nowMs'], before + 48 * 3600_000)
  await using real = await setStage({}, { clock: systemClock })
  assert.equal((await call(real, 'POST', '/sim/clock/advance', { ms: 1 })).status, 409)
})

test('a voice recorded as a wave is pushed as AMR and can be heard again', async () => {
  await using stage = await setStage()
  const samples = 8_000
  const wave = Buffer.alloc(44 + samples * 2)
  wave.write('RIFF', 0, 'latin1')
  wave.write('WAVEfmt ', 8, 'latin1')
  wave.writeUInt16LE(1, 22)
  wave.writeUInt32LE(8_000, 24)
  wave.writeUInt16LE(16, 34)
  const put = (bytes: Buffer) =>
    fetch(`${stage.simulator.url}${WANG}/media?type=voice`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(bytes),
    })
  const { mediaId, contentType } = await (await put(wave)).json()
  assert.equal(contentType, 'audio/amr')
  assert.equal((await put(Buffer.alloc(44 + 61 * 16_000, wave.subarray(0, 44)))).status, 400)
  await call(stage, 'POST', `${WANG}/actions?wait=1`, { type: 'voice', mediaId })
  const [push] = stage.developer.pushes
  assert.ok(push?.kind === 'voice')
  assert.deepEqual([push.mediaId, push.format], [mediaId, 'amr'])
  const sound = await fetch(`${stage.simulator.url}/sim/media/${mediaId}/sound`)
  assert.equal(sound.headers.get('content-type'), 'audio/wav')
  assert.ok((await sound.arrayBuffer()).byteLength > 15_000)
})

test('pages say who may frame them and load nothing from elsewhere', async () => {
  await using stage = await setStage({}, { frameAncestors: ['https://console.example'] })
  const response = await fetch(`${stage.simulator.url}/phone?embed=1`)
  const policy = response.headers.get('content-security-policy') ?? ''
  assert.match(policy, /frame-ancestors 'self' https:\/\/console\.example$/)
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
  const page = await response.text()
  assert.doesNotMatch(page, /https?:\/\/(?!www\.w3\.org)/)
  assert.doesNotMatch(page, /<script>|\sstyle="|\son\w+="/)
  const script = await fetch(`${stage.simulator.url}/phone/main.js`)
  assert.match(script.headers.get('content-type') ?? '', /javascript/)
  assert.equal((await fetch(`${stage.simulator.url}/phone/..%2fpackage.json`)).status >= 400, true)
})
