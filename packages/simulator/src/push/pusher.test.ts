import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SERVICE_FAILED_TEXT } from '../model/chat.ts'
import { setStage, until } from '../testing/fixtures.ts'

const HELLO = { type: 'text', text: '你好 <b>&amp;</b> ]]> 😀' } as const

function acted(result: ReturnType<Awaited<ReturnType<typeof setStage>>['simulator']['act']>) {
  assert.equal(result.kind, 'acted')
  if (result.kind !== 'acted') throw new Error('refused')
  return result
}

for (const mode of ['plain', 'compatible', 'safe'] as const) {
  for (const format of ['xml', 'json'] as const) {
    test(`a text reaches the server in ${mode} mode as ${format}, and its reply the phone`, async () => {
      await using stage = await setStage({ mode, format })
      stage.developer.behave = () => ({ kind: 'reply', reply: { type: 'text', content: '在的，请讲' } })
      const { done, entries } = acted(stage.simulator.act('shop', 'wang', HELLO))
      const [push] = await done
      assert.deepEqual(stage.developer.refusals, [])
      const [received] = stage.developer.pushes
      assert.ok(received?.kind === 'text')
      assert.equal(received.content, HELLO.text)
      assert.equal(received.msgId, push?.msgId)
      assert.ok(BigInt(received.msgId) > BigInt(Number.MAX_SAFE_INTEGER))
      assert.equal(entries[0]?.msgId, received.msgId)
      assert.equal(push?.state, 'delivered')
      const follower = stage.simulator.world.follower('shop', 'wang')
      assert.ok(follower)
      const shown = stage.simulator.world.chat(follower).at(-1)
      assert.deepEqual(
        [shown?.from, shown?.via, shown?.content],
        ['account', 'passive', { kind: 'text', text: '在的，请讲' }],
      )
    })
  }
}

test('a server that never answers is asked three times, five seconds apart, with the same MsgId', async () => {
  await using stage = await setStage()
  stage.developer.behave = () => ({ kind: 'hang' })
  const { done } = acted(stage.simulator.act('shop', 'wang', HELLO))
  for (let count = 1; count <= 3; count++) {
    await until(() => stage.developer.pushes.length === count, `push ${count}`)
    await stage.clock.advance(5_000)
  }
  const [push] = await done
  assert.equal(push?.state, 'failed')
  assert.deepEqual(
    push.attempts.map((attempt) => attempt.outcome.kind),
    ['timeout', 'timeout', 'timeout'],
  )
  const firstMs = push.attempts[0]?.startedAtMs ?? 0
  assert.deepEqual(
    push.attempts.map((attempt) => attempt.startedAtMs - firstMs),
    [0, 5_000, 10_000],
  )
  const ids = stage.developer.pushes.map((received) => ('msgId' in received ? received.msgId : ''))
  assert.equal(new Set(ids).size, 1)
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok(follower)
  assert.deepEqual(stage.simulator.world.chat(follower).at(-1)?.content, {
    kind: 'notice',
    notice: { code: 'service-failed' },
  })
  assert.match(SERVICE_FAILED_TEXT, /故障/)
})

test('a push refused with 503 is repeated until it is taken, and shows nothing on the phone', async () => {
  await using stage = await setStage()
  stage.developer.behave = (_push, count) =>
    count < 3 ? { kind: 'body', body: 'busy', status: 503 } : { kind: 'acknowledge' }
  const { done, pushes } = acted(stage.simulator.act('shop', 'wang', HELLO))
  for (let count = 1; count <= 2; count++) {
    await until(() => pushes[0]?.attempts.length === count, `answer ${count}`)
    await stage.clock.advance(5_000)
  }
  const [push] = await done
  assert.deepEqual(
    push?.attempts.map((attempt) => attempt.outcome.kind),
    ['status', 'status', 'acknowledged'],
  )
})

const MALFORMED: [string, Parameters<typeof bodyOf>[0]][] = [
  ['JSON where XML is expected', { body: '{"MsgType":"text","Content":"x"}' }],
  ['a page', { body: '<html><body>oops</body></html>' }],
  ['an unencrypted reply in safe mode', { inClear: true }],
  ['a reply to somebody else', { toUser: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
]

function bodyOf(given: { body?: string; inClear?: boolean; toUser?: string }) {
  if (given.body !== undefined) return { kind: 'body', body: given.body } as const
  return { kind: 'reply', reply: { type: 'text', content: 'x' }, ...given } as const
}

for (const [name, given] of MALFORMED) {
  test(`${name} shows the service-failed text and is not asked for again`, async () => {
    await using stage = await setStage()
    stage.developer.behave = () => bodyOf(given)
    const [push] = await acted(stage.simulator.act('shop', 'wang', HELLO)).done
    assert.equal(push?.state, 'failed')
    assert.deepEqual(
      push.attempts.map((attempt) => attempt.outcome.kind),
      ['malformed'],
    )
    const follower = stage.simulator.world.follower('shop', 'wang')
    assert.ok(follower)
    const content = stage.simulator.world.chat(follower).at(-1)?.content
    assert.deepEqual(content, { kind: 'notice', notice: { code: 'service-failed' } })
  })
}

test('a duplicate overlaps the push it repeats and its reply is not shown twice', async () => {
  await using stage = await setStage()
  stage.simulator.world.faults.add({ target: 'push', times: 1, fault: { kind: 'duplicate', copies: 2, gapMs: 50 } })
  stage.developer.behave = () => ({ kind: 'reply', reply: { type: 'text', content: '一次' } })
  await acted(stage.simulator.act('shop', 'wang', HELLO)).done
  await stage.clock.advance(100)
  await stage.simulator.idle()
  assert.equal(stage.developer.pushes.length, 3)
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok(follower)
  const replies = stage.simulator.world.chat(follower).filter((entry) => entry.from === 'account')
  assert.equal(replies.length, 1)
})

test('a held push arrives after the one that was sent later', async () => {
  await using stage = await setStage()
  stage.simulator.world.faults.add({ target: 'push', times: 1, fault: { kind: 'reorder' } })
  const first = acted(stage.simulator.act('shop', 'wang', { type: 'text', text: '一' }))
  const second = acted(stage.simulator.act('shop', 'wang', { type: 'text', text: '二' }))
  await Promise.all([first.done, second.done])
  const texts = stage.developer.pushes.map((push) => (push.kind === 'text' ? push.content : ''))
  assert.deepEqual(texts, ['二', '一'])
})

test('a cut answer makes WeChat push again though the server has answered', async () => {
  await using stage = await setStage()
  stage.simulator.world.faults.add({ target: 'push', times: 1, fault: { kind: 'cut' } })
  const { done, pushes } = acted(stage.simulator.act('shop', 'wang', HELLO))
  await until(() => pushes[0]?.attempts.length === 1, 'the cut')
  await stage.clock.advance(5_000)
  const [push] = await done
  assert.deepEqual(
    push?.attempts.map((attempt) => attempt.outcome.kind),
    ['cut', 'acknowledged'],
  )
  assert.equal(stage.developer.pushes.length, 2)
})

test('the server address is verified with echostr in clear, in every mode', async () => {
  await using stage = await setStage()
  const url = `${stage.simulator.url}/sim/accounts/shop/verify`
  assert.deepEqual(await (await fetch(url, { method: 'POST' })).json(), { ok: true })
  await fetch(`${stage.simulator.url}/sim/accounts/shop`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: 'anotherToken' }),
  })
  const refused = await (await fetch(url, { method: 'POST' })).json()
  assert.equal(refused.ok, false)
  assert.equal(refused.status, 403)
})

test('following, scanning, menus and unfollowing are told as events with their keys', async () => {
  await using stage = await setStage({
    menu: [
      {
        name: '服务',
        children: [
          { name: '人工', type: 'click', key: 'HUMAN' },
          { name: '商城', type: 'view', url: 'https://example.com/' },
        ],
      },
    ],
  })
  const { act } = stage.simulator
  await acted(act('shop', 'wang', { type: 'scan', scene: 'agent:7' })).done
  await acted(act('shop', 'wang', { type: 'menu', path: [0, 0] })).done
  await acted(act('shop', 'wang', { type: 'menu', path: [0, 1] })).done
  await acted(act('shop', 'wang', { type: 'report-location', latitude: 31.2, longitude: 121.5, precision: 60 })).done
  await acted(act('shop', 'wang', { type: 'unfollow' })).done
  assert.deepEqual(act('shop', 'wang', HELLO), { kind: 'refused', reason: 'not-following' })
  await acted(act('shop', 'wang', { type: 'scan', scene: 'agent:7' })).done
  assert.deepEqual(act('shop', 'wang', { type: 'menu', path: [0] }), { kind: 'refused', reason: 'no-such-button' })
  const seen = stage.developer.pushes.map((push) => {
    assert.ok(push.kind === 'event')
    return [push.event, 'eventKey' in push ? push.eventKey : undefined]
  })
  assert.deepEqual(seen, [
    ['SCAN', 'agent:7'],
    ['CLICK', 'HUMAN'],
    ['VIEW', 'https://example.com/'],
    ['LOCATION', undefined],
    ['unsubscribe', undefined],
    ['subscribe', 'qrscene_agent:7'],
  ])
})

test('a click on a menu message is a text with the item as bizmsgmenuid', async () => {
  await using stage = await setStage()
  await acted(stage.simulator.act('shop', 'wang', { type: 'menu-choice', id: '101', content: '满意' })).done
  const [push] = stage.developer.pushes
  assert.ok(push?.kind === 'text')
  assert.deepEqual([push.content, push.menuItemId], ['满意', '101'])
})

test('any other push can be made field by field', async () => {
  await using stage = await setStage()
  const fields = { MsgType: 'hologram', Depth: { Unit: 'cm', Value: '12' } }
  await acted(stage.simulator.act('shop', 'wang', { type: 'raw', fields })).done
  const [push] = stage.developer.pushes
  assert.ok(push?.kind === 'unknown')
  assert.equal(push.msgType, 'hologram')
})

test('a message is answered with one article and an event with at most eight', async () => {
  await using stage = await setStage()
  const articles = Array.from({ length: 9 }, (_, at) => ({ title: `${at}`, description: '', picUrl: '', url: '' }))
  stage.developer.behave = () => ({ kind: 'reply', reply: { type: 'news', articles } })
  const shownArticles = () => {
    const follower = stage.simulator.world.follower('shop', 'wang')
    const content = follower && stage.simulator.world.chat(follower).at(-1)?.content
    return content?.kind === 'news' ? content.articles.length : 0
  }
  await acted(stage.simulator.act('shop', 'wang', HELLO)).done
  assert.equal(shownArticles(), 1)
  await acted(stage.simulator.act('shop', 'wang', { type: 'scan', scene: '1' })).done
  assert.equal(shownArticles(), 8)
})
