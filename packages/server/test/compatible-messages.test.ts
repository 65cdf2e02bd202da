import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { OutgoingContent } from '@duoke/contract'
import { ask, type Json } from './support/app.ts'
import { allAppScopes, type CompatibleStage, eventually, setCompatibleStage } from './support/compatible-stage.ts'

const send = '/cgi-bin/message/custom/send'
const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
let stage: CompatibleStage
afterEach(() => stage[Symbol.asyncDispose]())

const text = (content: string) => ({ touser: stage.openid, msgtype: 'text', text: { content } })
const withoutAny = allAppScopes.filter((scope) => scope !== 'messages:send:any')

/** The customer's messages and ours as the record shows them, oldest first. */
async function record(): Promise<Json[]> {
  const token = await stage.adminToken()
  const { body } = await ask(stage.test.url, '/v1/conversations', { token })
  const messages = await ask(stage.test.url, `/v1/conversations/${body.items[0].id}/messages`, { token })
  return messages.body.items.reverse()
}

function form(name: string, bytes: Uint8Array<ArrayBuffer>): FormData {
  const data = new FormData()
  data.set('media', new File([bytes], name))
  return data
}

test('a text goes out as the app, is answered as WeChat answered, and stands in the record', async () => {
  stage = await setCompatibleStage()
  await stage.write('在吗')
  assert.deepEqual(await stage.call(send, text('您好 \n"<a>"')), { errcode: 0, errmsg: 'ok' })
  assert.deepEqual(stage.phone(), ['您好 \n"<a>"'])
  const [, message] = await record()
  assert.deepEqual(message.sender, { kind: 'app', appId: 'crm' })
  assert.deepEqual(message.delivery, { state: 'accepted' })
})

test('the ledger answers 45015 and 45047 before WeChat is asked', async () => {
  stage = await setCompatibleStage()
  assert.equal((await stage.call(send, text('too early'))).errcode, 45015)
  await stage.write('hi')
  for (let count = 1; count <= 5; count += 1) assert.equal((await stage.call(send, text(`${count}`))).errcode, 0)
  const refused = await stage.call(send, text('6'))
  assert.equal(refused.errcode, 45047)
  assert.match(refused.errmsg, /^out of response count limit rid: /)
  assert.equal(stage.calls(send), 5)
})

test('what is no message is refused with the code for what is wrong, and reserves nothing', async () => {
  stage = await setCompatibleStage()
  await stage.write('hi')
  const { openid } = stage
  const cases: [unknown, number][] = [
    ['', 44002],
    ['{"touser":', 47001],
    [`{"touser":"${openid}","msgtype":"text","text":{"content":"a\u0000b"}}`, 47001],
    [{ touser: openid, msgtype: 'text', text: { content: 'a\u0000b' } }, 47001],
    [Buffer.from([0x7b, 0xff, 0x7d]), 47001],
    ['[]', 47001],
    [{ msgtype: 'text', text: { content: 'x' } }, 40003],
    [{ touser: 'o-nobody-at-all', msgtype: 'text', text: { content: 'x' } }, 40003],
    [{ touser: "o'; drop table event; --", msgtype: 'text', text: { content: 'x' } }, 40003],
    [{ touser: openid, msgtype: 'hologram' }, 40008],
    [{ touser: openid, msgtype: 'text', text: { content: '' } }, 44004],
    [{ touser: openid, msgtype: 'text', text: { content: '很'.repeat(683) } }, 45002],
    [{ touser: openid, msgtype: 'image', image: { media_id: '' } }, 40007],
    [{ touser: openid, msgtype: 'news', news: { articles: [{ title: 'a' }, { title: 'b' }] } }, 45008],
    [{ ...text('x'), customservice: { kf_account: 'nobody@acme' } }, 65401],
  ]
  for (const [body, code] of cases) assert.equal((await stage.call(send, body)).errcode, code, JSON.stringify(body))
  assert.equal(stage.calls(send), 0)
  for (let count = 1; count <= 5; count += 1) assert.equal((await stage.call(send, text(`${count}`))).errcode, 0)
})

test('an app that does not hold the conversation needs messages:send:any, else 65414', async () => {
  stage = await setCompatibleStage({
    apps: [{ id: 'crm', scopes: withoutAny }, { id: 'boss' }, { id: 'mute', scopes: ['media'] }],
  })
  await stage.setStatus('lili', 'online')
  await stage.write('hi')
  assert.equal((await stage.call(send, text('mine'))).errcode, 65414)
  assert.equal((await stage.call(send, text('mine'), { app: 'mute' })).errcode, 48001)
  assert.equal((await stage.call(send, text('allowed'), { app: 'boss' })).errcode, 0)
  assert.deepEqual(stage.phone(), ['allowed'])
})

test('every type that WeChat takes goes through the outbox and arrives', async () => {
  stage = await setCompatibleStage()
  const media = async (type: string, name: string, bytes: Uint8Array<ArrayBuffer>) => {
    const answer = await stage.call(`/cgi-bin/media/upload?type=${type}`, form(name, bytes))
    assert.ok(answer.media_id, JSON.stringify(answer))
    return String(answer.media_id)
  }
  const image = await media('image', 'a.jpg', jpeg)
  const thumb = await media('thumb', 't.jpg', jpeg)
  const voice = await media('voice', 'v.amr', Buffer.from('#!AMR\n\u0004'.padEnd(200, 'x')))
  const video = await media(
    'video',
    'v.mp4',
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypmp42'), Buffer.alloc(100)]),
  )
  const bodies = {
    image: { media_id: image },
    voice: { media_id: voice },
    video: { media_id: video, thumb_media_id: thumb, title: 't', description: 'd' },
    music: {
      title: 't',
      description: 'd',
      musicurl: 'https://a.example/m',
      hqmusicurl: 'https://a.example/h',
      thumb_media_id: thumb,
    },
    news: { articles: [{ title: 't', description: 'd', url: 'https://a.example', picurl: 'https://a.example/p' }] },
    mpnews: { media_id: 'permanent-news-id' },
    mpnewsarticle: { article_id: 'article-id' },
    msgmenu: { head_content: 'h', list: [{ id: '101', content: '满意' }], tail_content: 't' },
    wxcard: { card_id: 'card' },
    miniprogrampage: { title: 't', appid: 'wx1', pagepath: 'p', thumb_media_id: thumb },
  }
  let sent = 0
  for (const [msgtype, body] of Object.entries(bodies)) {
    if (sent++ % 5 === 0) {
      // WeChat tells the second only: an answer within it may count after the customer's message.
      await wait(1_100)
      await stage.write('more')
    }
    const answer = await stage.call(send, { touser: stage.openid, msgtype, [msgtype]: body })
    assert.deepEqual(answer, { errcode: 0, errmsg: 'ok' }, msgtype)
  }
  assert.deepEqual(stage.phone(), [
    'image',
    'voice',
    'video',
    'music',
    'news',
    'article',
    'article',
    'menu',
    'card',
    'mini-program',
  ])
  assert.equal(stage.calls('/cgi-bin/media/upload'), 4)
  // The record has the files themselves, under ids of ours.
  const token = await stage.adminToken()
  const [, first] = await record()
  await eventually(async () => {
    const file = await fetch(`${stage.test.url}/v1/media/${first.content.mediaId}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return file.status === 200 && Buffer.from(await file.arrayBuffer()).equals(jpeg) ? true : null
  })
  const kept = await fetch(`${stage.test.url}/cgi-bin/media/get?media_id=${image}&access_token=${await stage.token()}`)
  assert.match(kept.headers.get('content-disposition') ?? '', /^attachment; filename=/)
  assert.deepEqual(Buffer.from(await kept.arrayBuffer()), jpeg)
})

test('a file that WeChat lost in the meantime is brought there again', async () => {
  stage = await setCompatibleStage()
  await stage.write('hi')
  const { media_id: image, duoke_media_id: ours } = await stage.call(
    '/cgi-bin/media/upload?type=image',
    form('a.jpg', jpeg),
  )
  const token = await stage.adminToken()
  await eventually(async () => {
    const { status } = await fetch(`${stage.test.url}/v1/media/${ours}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    return status === 200 ? true : null
  })
  stage.simulator.world.media.expire('shop', image)
  assert.equal(
    (await stage.call(send, { touser: stage.openid, msgtype: 'image', image: { media_id: image } })).errcode,
    0,
  )
})

test("customservice.kf_account names the agent in the record, and goes to WeChat only as the app's owner says", async () => {
  stage = await setCompatibleStage({
    apps: [{ id: 'crm' }, { id: 'mapped', agentNames: 'map' }, { id: 'passing', agentNames: 'pass' }],
  })
  await stage.write('hi')
  const named = (content: string, kf_account: string) => ({ ...text(content), customservice: { kf_account } })
  assert.equal((await stage.call(send, named('omitted', 'lili@acme'))).errcode, 0)
  // The simulator's WeChat knows no such agent.
  assert.equal(
    (await stage.call(send, named('mapped', `lili@gh_${stage.accountId.slice(3)}`), { app: 'mapped' })).errcode,
    65401,
  )
  assert.equal((await stage.call(send, named('passed', 'stranger@acme'), { app: 'passing' })).errcode, 65401)
  assert.equal(stage.calls(send), 3)
  assert.deepEqual(stage.phone(), ['omitted'])
})

test('F46 an unknown outcome closes the connection, as a time-out of WeChat looks', async () => {
  stage = await setCompatibleStage()
  await stage.write('hi')
  stage.simulator.world.faults.add({ target: 'api', path: send, fault: { kind: 'cut', when: 'after' } })
  await assert.rejects(stage.call(send, text('lost')))
  const [, message] = await eventually(async () => {
    const all = await record()
    return all[1]?.delivery?.state === 'unknown' ? all : null
  })
  assert.equal(message.delivery.state, 'unknown')
})

test('F47 what nobody could send within the five seconds is withdrawn with -1 and never arrives later', async () => {
  stage = await setCompatibleStage()
  await stage.write('hi')
  await stage.call(send, text('first'))
  await stage.simulator.close()
  const startedMs = Date.now()
  const answer = await stage.call(send, text('late'))
  assert.equal(answer.errcode, -1)
  assert.ok(Date.now() - startedMs < 5_000)
  const messages = await record()
  assert.equal(messages.at(-1).delivery.state, 'not-sent')
})

test('typing needs an exchange in the last 30 s, is shown once at a time, and is refused like sending', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm' }, { id: 'weak', scopes: withoutAny }] })
  const typing = (command: string, options = {}) =>
    stage.call('/cgi-bin/message/custom/typing', { touser: stage.openid, command }, options)
  assert.equal((await typing('Typing')).errcode, 45080)
  await stage.write('hi')
  assert.equal((await typing('Dancing')).errcode, 45072)
  assert.equal((await typing('Typing', { app: 'weak' })).errcode, 65414)
  assert.deepEqual(await typing('Typing'), { errcode: 0, errmsg: 'ok' })
  assert.equal((await typing('Typing')).errcode, 45081)
  // The path of mini programs is understood too, and the account's own one is asked.
  const cancel = { touser: stage.openid, command: 'CancelTyping' }
  assert.deepEqual(await stage.call('/cgi-bin/message/custom/business/typing', cancel), { errcode: 0, errmsg: 'ok' })
  assert.deepEqual(await typing('Typing'), { errcode: 0, errmsg: 'ok' })
})

test("an agent's answer and an app's share one ledger and one order", async () => {
  stage = await setCompatibleStage()
  await stage.setStatus('lili', 'online')
  await stage.write('hi')
  const [first] = await record()
  const content: OutgoingContent = { type: 'text', text: 'from lili' }
  const outcome = await stage.test.app.ground.log.submit(
    stage.organizationId,
    {
      type: 'message.submit',
      actor: { kind: 'agent', agentId: 'lili' },
      conversationId: first.conversationId,
      content,
    },
    { lane: 'agents' },
  )
  assert.ok(outcome.accepted)
  for (let count = 2; count <= 5; count += 1) assert.equal((await stage.call(send, text(`${count}`))).errcode, 0)
  assert.equal((await stage.call(send, text('6'))).errcode, 45047)
  await wait(50)
  assert.deepEqual(stage.phone(), ['from lili', '2', '3', '4', '5'])
})
