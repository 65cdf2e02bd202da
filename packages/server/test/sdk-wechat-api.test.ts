// The npm package `wechat-api` as it is, pointed here as its guide says.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Json } from './support/app.ts'
import { allAppScopes } from './support/compatible-stage.ts'
import { jpeg, type SdkStage, setSdkStage } from './support/sdk-stage.ts'

const ok = { errcode: 0, errmsg: 'ok' }
let stage: SdkStage
afterEach(() => stage[Symbol.asyncDispose]())

type Client = {
  call(method: string, ...args: unknown[]): Promise<Json>
  code(method: string, ...args: unknown[]): Promise<number>
}

/** Its methods take a callback at the end. */
function connect(app?: string): Client {
  const api = stage.client('wechat-api', app)
  const call = (method: string, ...args: unknown[]) =>
    new Promise<Json>((resolve, reject) => {
      api[method](...args, (error: unknown, result: Json) => (error ? reject(error) : resolve(result)))
    })
  return {
    call,
    code: (method, ...args) =>
      call(method, ...args).then(
        () => 0,
        ({ code }) => code,
      ),
  }
}

test('wechat-api manages agents who are in the console at once, and knows the errors of its time', async () => {
  stage = await setSdkStage()
  const { call, code } = connect()
  assert.deepEqual(await call('addKfAccount', 'test1@acme', '客服1', 'secret'), ok)
  assert.equal((await stage.agents())['test1'].nickname, '客服1')
  assert.deepEqual(await call('updateKfAccount', 'test1@acme', '客服一', 'secret'), ok)
  assert.equal((await stage.agents())['test1'].nickname, '客服一')
  assert.deepEqual(await call('setKfAccountAvatar', 'test1@acme', stage.files.image), ok)
  const { kf_list: list } = await call('getCustomServiceList')
  assert.deepEqual(list.map((agent: Json) => agent.kf_account).sort(), ['bob@acme', 'lili@acme', 'test1@acme'])
  const { kf_headimgurl: picture, kf_nick, kf_id } = list.find((agent: Json) => agent.kf_account === 'test1@acme')
  assert.equal(kf_nick, '客服一')
  assert.match(kf_id, /^\d+$/)
  assert.deepEqual(Buffer.from(await (await fetch(picture)).arrayBuffer()), jpeg)
  assert.deepEqual(await call('getOnlineCustomServiceList'), { kf_online_list: [] })
  await stage.setStatus('test1', 'online')
  assert.deepEqual(
    (await call('getOnlineCustomServiceList')).kf_online_list.map(({ kf_account, status }: Json) => [
      kf_account,
      status,
    ]),
    [['test1@acme', 1]],
  )
  assert.equal(await code('addKfAccount', 'test1@acme', 'n', 'secret'), 61453)
  assert.equal(await code('addKfAccount', 'test1@other', 'n', 'secret'), 61452)
  assert.equal(await code('updateKfAccount', 'nobody@acme', 'n', 'secret'), 61452)
  assert.deepEqual(await call('deleteKfAccount', 'test1@acme'), ok)
  assert.equal((await stage.agents())['test1'].disabled, true)
  assert.equal(await code('deleteKfAccount', 'test1@acme'), 65401)
  assert.equal(await code('setKfAccountAvatar', 'test1@acme', stage.files.image), 65401)
})

test('wechat-api opens, sees and closes the sessions that the console shows', async () => {
  stage = await setSdkStage()
  const { call, code } = connect()
  await stage.write('在吗')
  const waiting = await call('getKfSessionWaitCase')
  assert.equal(waiting.count, 1)
  assert.equal(waiting.waitcaselist[0].openid, stage.openid)
  await stage.setStatus('bob', 'away')
  assert.equal(await code('createKfSession', 'bob@acme', stage.openid), 65415)
  await stage.setStatus('lili', 'online')
  // Coming online gave the one who waits to lili; the same agent again is fine.
  assert.deepEqual(await call('createKfSession', 'lili@acme', stage.openid), ok)
  assert.equal((await stage.conversation()).assignee, 'lili')
  assert.equal((await call('getKfSession', stage.openid)).kf_account, 'lili@acme')
  assert.deepEqual(
    (await call('getKfSessionList', 'lili@acme')).sessionlist.map((one: Json) => one.openid),
    [stage.openid],
  )
  assert.equal((await call('getKfSessionWaitCase')).count, 0)
  await stage.setStatus('bob', 'online')
  assert.equal(await code('createKfSession', 'bob@acme', stage.openid), 65414)
  assert.equal(await code('closeKfSession', 'bob@acme', stage.openid), 65414)
  assert.deepEqual(await call('closeKfSession', 'lili@acme', stage.openid), ok)
  assert.equal((await stage.conversation()).status, 'closed')
  assert.equal(await code('closeKfSession', 'lili@acme', stage.openid), 65413)
  assert.equal((await call('getKfSession', stage.openid)).kf_account, '')
  assert.equal(await code('getKfSession', 'o-nobody'), 40003)
})

test('wechat-api sends every type it has, with and without the name of an agent, and all of it arrives and is recorded', async () => {
  stage = await setSdkStage()
  const { call, code } = connect()
  const upload = async (method: string, path: string): Promise<string> => {
    const { media_id, thumb_media_id } = await call(method, path)
    return media_id ?? thumb_media_id
  }
  // Pictures of articles are a set of their own, which this app was not given.
  assert.equal(await code('uploadImage', stage.files.image), 48001)
  const media = {
    image: (await call('uploadMedia', stage.files.image, 'image')).media_id,
    voice: await upload('uploadVoice', stage.files.voice),
    video: await upload('uploadVideo', stage.files.video),
    thumb: await upload('uploadThumb', stage.files.thumb),
  }
  const music = { title: 't', description: 'd', musicurl: 'https://a.example/m', hqmusicurl: 'https://a.example/h' }
  const article = { title: 't', description: 'd', url: 'https://a.example', picurl: 'https://a.example/p' }
  const bodies: [string, unknown[], string][] = [
    ['Text', ['您好 \n"<a>" 😀'], '您好 \n"<a>" 😀'],
    ['Image', [media.image], 'image'],
    ['Voice', [media.voice], 'voice'],
    ['Video', [media.video, media.thumb], 'video'],
    ['Music', [{ ...music, thumb_media_id: media.thumb }], 'music'],
    ['News', [[article]], 'news'],
    ['MpNews', ['permanent-news-id'], 'article'],
    ['Card', [{ card_id: 'card' }], 'card'],
  ]
  let sent = 0
  for (const [name, args] of bodies) {
    for (const [method, names] of [
      [`send${name}`, []],
      [`send${name}FromCs`, ['lili@acme']],
    ] as const) {
      if (sent++ % 5 === 0) await stage.writeAgain()
      assert.deepEqual(await call(method, stage.openid, ...names, ...args), ok, method)
    }
  }
  assert.deepEqual(
    stage.phone(),
    bodies.flatMap(([, , shown]) => [shown, shown]),
  )
  const out = (await stage.messages()).filter((message) => message.direction === 'out')
  assert.equal(out.length, bodies.length * 2)
  assert.ok(out.every(({ delivery }) => delivery.state === 'accepted'))
  assert.deepEqual(out[0].sender, { kind: 'app', appId: 'crm' })
  assert.deepEqual(await call('getMedia', media.image), jpeg)
})

test('wechat-api is told 45015, 45047, 65414 and 40003 by our ledger and our rules', async () => {
  stage = await setSdkStage({
    apps: [{ id: 'crm' }, { id: 'weak', scopes: allAppScopes.filter((scope) => scope !== 'messages:send:any') }],
  })
  const { code } = connect()
  const send = (text: string) => code('sendText', stage.openid, text)
  assert.equal(await send('too early'), 45015)
  await stage.setStatus('lili', 'online')
  await stage.write('hi')
  assert.equal(await connect('weak').code('sendText', stage.openid, 'not mine'), 65414)
  for (let count = 1; count <= 5; count += 1) assert.equal(await send(`${count}`), 0)
  assert.equal(await send('6'), 45047)
  assert.equal(await code('sendText', 'o-nobody-at-all', 'x'), 40003)
  assert.equal(await code('sendNews', stage.openid, [{ title: 'a' }, { title: 'b' }]), 45008)
  assert.equal(await code('sendTextFromCs', stage.openid, 'nobody@acme', 'x'), 65401)
})

test('wechat-api reads the record, its quota and its addresses, and learns why it gets no token', async () => {
  stage = await setSdkStage({ apps: [{ id: 'crm' }, { id: 'mute', scopes: [] }] })
  const { call, code } = connect()
  await stage.setStatus('lili', 'online')
  await stage.write('我的快递在哪')
  await call('sendTextFromCs', stage.openid, 'lili@acme', '查一下')
  const now = Math.floor(Date.now() / 1000)
  const page = await call('getRecords', { starttime: now - 600, endtime: now + 60, msgid: 1, number: 100 })
  assert.deepEqual(
    page.recordlist.map(({ opercode, text, openid }: Json) => [opercode, text, openid]),
    [
      [2003, '我的快递在哪', stage.openid],
      [2002, '查一下', stage.openid],
    ],
  )
  assert.equal(await code('getRecords', { starttime: now - 90_000, endtime: now, number: 1 }), 65417)
  assert.ok(Array.isArray((await call('getIp')).ip_list))
  assert.deepEqual(await call('clearQuota', stage.appIdOf('crm')), ok)
  assert.equal(await code('clearQuota', 'wx0000'), 40013)
  assert.equal(await connect('mute').code('getCustomServiceList'), 48001)
  const stranger = stage.client('wechat-api')
  stranger.appsecret = 'wrong'
  await assert.rejects(
    new Promise((resolve, reject) => {
      stranger.getCustomServiceList((error: unknown, result: unknown) => (error ? reject(error) : resolve(result)))
    }),
    { name: 'WeChatAPIError', code: 40125 },
  )
})
