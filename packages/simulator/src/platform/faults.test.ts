import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiFault } from '../model/faults.ts'
import { type Stage, setStage, until } from '../testing/fixtures.ts'

const SEND = '/cgi-bin/message/custom/send'

interface Answer {
  status: number
  type: string
  body: string
}

/** The answer's text, or in one word why there is none. */
async function rawSend(stage: Stage, signal?: AbortSignal): Promise<Answer | string> {
  const token = stage.simulator.world.account('shop')?.tokens.stable(false)
  const url = `${stage.simulator.url}${SEND}?access_token=${token?.kind === 'token' ? token.value : ''}`
  const body = JSON.stringify({ touser: stage.openid, msgtype: 'text', text: { content: '您好' } })
  try {
    const response = await fetch(url, { method: 'POST', body, ...(signal ? { signal } : {}) })
    const text = await response.text()
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: text }
  } catch (error) {
    return error instanceof Error ? error.name : 'failed'
  }
}

function arrived(stage: Stage): number {
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok(follower)
  return stage.simulator.world.chat(follower).filter((entry) => entry.via === 'custom').length
}

async function faultyStage(fault: ApiFault, times = 1): Promise<Stage> {
  const stage = await setStage()
  stage.simulator.act('shop', 'wang', { type: 'text', text: '在吗' })
  stage.simulator.world.faults.add({ target: 'api', path: SEND, fault, times })
  return stage
}

const NO_ANSWER: [string, ApiFault, number][] = [
  ['a cut after the message was taken', { kind: 'cut', when: 'after' }, 1],
  ['a cut inside the answer', { kind: 'cut', when: 'in-answer' }, 1],
  ['a cut before the message was taken', { kind: 'cut', when: 'before' }, 0],
]

test('hanging after the message was taken is silent for as long as the caller waits', async () => {
  await using stage = await faultyStage({ kind: 'hang' })
  const patience = new AbortController()
  const answer = rawSend(stage, patience.signal)
  await until(() => arrived(stage) === 1, 'the message')
  const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 100, 'silence'))])
  assert.equal(first, 'silence')
  patience.abort()
  assert.equal(await answer, 'AbortError')
  assert.equal(stage.simulator.world.journal.calls('shop')[0]?.fault, 'hang')
})

for (const [name, fault, messages] of NO_ANSWER) {
  test(`${name} leaves the caller without an answer and ${messages} message on the phone`, async () => {
    await using stage = await faultyStage(fault)
    assert.equal(await rawSend(stage), 'TypeError')
    assert.equal(arrived(stage), messages)
    const [call] = stage.simulator.world.journal.calls('shop')
    assert.deepEqual([call?.errcode, call?.recorded, call?.fault], [null, messages === 1, fault.kind])
    const next = await rawSend(stage)
    assert.ok(typeof next === 'object' && next.body.includes('"errcode":0'))
  })
}

for (const errcode of [-1, 40001, 45015, 45047]) {
  test(`errcode ${errcode} can be answered with or without the message being taken`, async () => {
    await using stage = await faultyStage({ kind: 'errcode', errcode })
    stage.simulator.world.faults.add({ target: 'api', path: SEND, fault: { kind: 'errcode', errcode, recorded: true } })
    for (const messages of [0, 1]) {
      const answer = await rawSend(stage)
      assert.ok(typeof answer === 'object' && JSON.parse(answer.body).errcode === errcode)
      assert.equal(arrived(stage), messages)
    }
  })
}

test('a gateway page, half a JSON and two JSONs are what they say', async () => {
  await using stage = await faultyStage({ kind: 'html' })
  const { faults } = stage.simulator.world
  const page = await rawSend(stage)
  assert.ok(typeof page === 'object' && page.status === 502 && page.type === 'text/html')
  assert.equal(arrived(stage), 0)
  faults.add({ target: 'api', fault: { kind: 'html', status: 200, recorded: true } })
  const quietPage = await rawSend(stage)
  assert.ok(typeof quietPage === 'object' && quietPage.status === 200 && quietPage.body.startsWith('<html>'))
  faults.add({ target: 'api', fault: { kind: 'truncated-json' } })
  const half = await rawSend(stage)
  assert.ok(typeof half === 'object' && half.body.startsWith('{'))
  assert.throws(() => JSON.parse(typeof half === 'object' ? half.body : '{}'))
  faults.add({ target: 'api', fault: { kind: 'doubled-json' } })
  const twice = await rawSend(stage)
  assert.ok(typeof twice === 'object' && twice.body === '{"errcode":0,"errmsg":"ok"}{"errcode":0,"errmsg":"ok"}')
  assert.equal(arrived(stage), 3)
})

test('a delayed answer comes when the clock says so', async () => {
  await using stage = await faultyStage({ kind: 'delay', ms: 4_000 })
  let answered = false
  const answer = rawSend(stage).finally(() => {
    answered = true
  })
  await until(() => stage.simulator.world.faults.list().length === 0, 'the call')
  await stage.clock.advance(3_999)
  assert.deepEqual([answered, arrived(stage)], [false, 0])
  await stage.clock.advance(1)
  const got = await answer
  assert.ok(typeof got === 'object' && got.body.includes('"errcode":0'))
})

test('a rule strikes its account, path and follower only, as often as it says', async () => {
  await using stage = await faultyStage({ kind: 'errcode', errcode: -1 }, 2)
  stage.simulator.world.faults.add({ target: 'api', account: 'other', fault: { kind: 'errcode', errcode: 40013 } })
  stage.simulator.world.faults.add({ target: 'api', openid: 'somebody', fault: { kind: 'errcode', errcode: 40003 } })
  assert.equal((await stage.api('/cgi-bin/user/get'))['errcode'], undefined)
  assert.deepEqual([await stage.send(), await stage.send(), await stage.send()], [-1, -1, 0])
  assert.equal(stage.simulator.world.faults.list().length, 2)
})

test('invalidated tokens answer 40001 until a new one is fetched', async () => {
  await using stage = await setStage()
  const tokens = stage.simulator.world.account('shop')?.tokens
  const before = tokens?.stable(false)
  await fetch(`${stage.simulator.url}/sim/accounts/shop/tokens/invalidate`, { method: 'POST' })
  const value = before?.kind === 'token' ? before.value : ''
  const answer = await (await fetch(`${stage.simulator.url}/cgi-bin/user/get?access_token=${value}`)).json()
  assert.equal(answer.errcode, 40001)
  assert.equal((await stage.api('/cgi-bin/user/get'))['errcode'], undefined)
})

test('media is fetched until it expires, after three days or by hand; a video is an address', async () => {
  await using stage = await setStage()
  const upload = async (type: string, bytes: Buffer, name: string, field = 'media') => {
    const form = new FormData()
    form.set(field, new Blob([Uint8Array.from(bytes)]), name)
    const token = stage.simulator.world.account('shop')?.tokens.stable(false)
    const query = `access_token=${token?.kind === 'token' ? token.value : ''}&type=${type}`
    const url = `${stage.simulator.url}/cgi-bin/media/upload?${query}`
    return (await fetch(url, { method: 'POST', body: form })).json()
  }
  const picture = Buffer.from('89504e470d0a1a0a00112233', 'hex')
  const film = Buffer.from('000000186674797069736f6d', 'hex')
  const { media_id: image, created_at: createdAt } = await upload('image', picture, 'a.png')
  assert.equal(createdAt, Math.floor(stage.clock.nowMs() / 1000))
  const { media_id: video } = await upload('video', film, 'a.mp4')
  assert.equal((await upload('film', film, 'a.mp4')).errcode, 40004)
  assert.equal((await upload('image', film, 'a.png')).errcode, 40005)
  assert.equal((await upload('image', picture, 'a.png', 'file')).errcode, 41005)
  const token = stage.simulator.world.account('shop')?.tokens.stable(false)
  const get = (id: string) => {
    const query = `access_token=${token?.kind === 'token' ? token.value : ''}&media_id=${id}`
    return fetch(`${stage.simulator.url}/cgi-bin/media/get?${query}`)
  }
  const file = await get(image)
  assert.equal(file.headers.get('content-disposition'), `attachment; filename="${image}.png"`)
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), picture)
  const { video_url: address } = await (await get(video)).json()
  assert.deepEqual(Buffer.from(await (await fetch(address)).arrayBuffer()), film)
  await fetch(`${stage.simulator.url}/sim/accounts/shop/media/${image}/expire`, { method: 'POST' })
  assert.equal((await (await get(image)).json()).errcode, 40007)
  assert.equal((await (await get('')).json()).errcode, 41006)
})

test('a script plans faults and actions at their distances', async () => {
  await using stage = await setStage()
  const steps = [
    { act: { type: 'text', text: '一' }, account: 'shop', follower: 'wang' },
    { afterMs: 60_000, fault: { target: 'push', fault: { kind: 'lose' } } },
    { act: { type: 'text', text: '二' }, account: 'shop', follower: 'wang' },
    { afterMs: 60_000, invalidateTokens: 'shop' },
    { act: { type: 'follow' }, account: 'shop', follower: 'wang' },
  ]
  const running = fetch(`${stage.simulator.url}/sim/script`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ steps }),
  })
  await until(() => stage.developer.pushes.length === 1, 'the first step')
  await stage.clock.advance(60_000)
  await stage.clock.advance(60_000)
  assert.deepEqual(await (await running).json(), { done: 4, problems: ['step 5: already-following'] })
  const states = stage.simulator.world.journal.pushes('shop').map((push) => push.state)
  assert.deepEqual(states, ['delivered', 'lost'])
})
