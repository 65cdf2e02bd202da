// The npm package `co-wechat-api` as it is, pointed here as its guide says.
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import type { Json } from './support/app.ts'
import { allAppScopes } from './support/compatible-stage.ts'
import { jpeg, type SdkStage, setSdkStage } from './support/sdk-stage.ts'

const ok = { errcode: 0, errmsg: 'ok' }
/** Its parser makes objects without a prototype. */
const plain = (value: Json): Json => JSON.parse(JSON.stringify(value))
const codeOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 0,
    ({ code }) => code,
  )
let stage: SdkStage
afterEach(() => stage[Symbol.asyncDispose]())

test('co-wechat-api manages agents who are in the console at once, with the codes of today', async () => {
  stage = await setSdkStage()
  const api = stage.client('co-wechat-api')
  assert.deepEqual(plain(await api.addKfAccount('test1@acme', '客服1')), ok)
  assert.equal((await stage.agents())['test1'].nickname, '客服1')
  assert.deepEqual(plain(await api.updateKfAccount('test1@acme', '客服一')), ok)
  assert.deepEqual(plain(await api.inviteworker('test1@acme', 'test_kfwx')), ok)
  assert.deepEqual(plain(await api.setKfAccountAvatar('test1@acme', stage.files.image)), ok)
  const { kf_list: list } = plain(await api.getCustomServiceList())
  const listed = list.find((agent: Json) => agent.kf_account === 'test1@acme')
  assert.deepEqual([listed.kf_nick, listed.invite_wx, listed.invite_status], ['客服一', 'test_kfwx', 'waiting'])
  assert.deepEqual(Buffer.from(await (await fetch(listed.kf_headimgurl)).arrayBuffer()), jpeg)
  await stage.setStatus('lili', 'online')
  const online = plain(await api.getOnlineCustomServiceList()).kf_online_list
  assert.deepEqual(
    online.map(({ kf_account, accepted_case }: Json) => [kf_account, accepted_case]),
    [['lili@acme', 0]],
  )
  assert.equal(await codeOf(api.addKfAccount('test1@acme', 'n')), 65406)
  assert.equal(await codeOf(api.addKfAccount('test1@other', 'n')), 65404)
  assert.equal(await codeOf(api.addKfAccount('test2@acme', '很'.repeat(17))), 65403)
  assert.equal(await codeOf(api.inviteworker('test1@acme', 'test_kfwx')), 65408)
  assert.deepEqual(plain(await api.deleteKfAccount('test1@acme')), ok)
  assert.equal((await stage.agents())['test1'].disabled, true)
  assert.equal(await codeOf(api.deleteKfAccount('test1@acme')), 65401)
})

test('co-wechat-api gives a waiting customer to an agent, who then holds the session', async () => {
  stage = await setSdkStage()
  const api = stage.client('co-wechat-api')
  await stage.write('在吗')
  await stage.setStatus('bob', 'away')
  assert.equal(await codeOf(api.createKfSession('bob@acme', stage.openid)), 65415)
  await stage.setStatus('lili', 'online')
  assert.deepEqual(plain(await api.createKfSession('lili@acme', stage.openid)), ok)
  assert.equal((await stage.conversation()).assignee, 'lili')
  await stage.setStatus('bob', 'online')
  assert.equal(await codeOf(api.createKfSession('bob@acme', stage.openid)), 65414)
  assert.equal(await codeOf(api.createKfSession('nobody@acme', stage.openid)), 65401)
  assert.equal(await codeOf(api.createKfSession('lili@acme', 'o-nobody')), 40003)
})

test('co-wechat-api sends every type it has, and all of it arrives and is recorded', async () => {
  stage = await setSdkStage()
  const api = stage.client('co-wechat-api')
  const media: Record<string, string> = {}
  for (const [type, path] of Object.entries(stage.files)) {
    const { media_id, created_at } = plain(await api.uploadMedia(path, type))
    assert.equal(typeof created_at, 'number')
    media[type] = media_id
  }
  const music = { title: 't', description: 'd', musicurl: 'https://a.example/m', hqmusicurl: 'https://a.example/h' }
  const article = { title: 't', description: 'd', url: 'https://a.example', picurl: 'https://a.example/p' }
  const program = { title: 't', appid: 'wx1', pagepath: 'p', thumb_media_id: media['thumb'] }
  const bodies: [string, unknown[], string][] = [
    ['sendText', ['您好 \n"<a>" 😀'], '您好 \n"<a>" 😀'],
    ['sendImage', [media['image']], 'image'],
    ['sendVoice', [media['voice']], 'voice'],
    ['sendVideo', [media['video'], media['thumb']], 'video'],
    ['sendMusic', [{ ...music, thumb_media_id: media['thumb'] }], 'music'],
    ['sendNews', [[article]], 'news'],
    ['sendMpNews', ['permanent-news-id'], 'article'],
    ['sendCard', ['card'], 'card'],
    ['sendMiniProgram', [program], 'mini-program'],
  ]
  for (const [at, [method, args]] of bodies.entries()) {
    if (at % 5 === 0) await stage.writeAgain()
    assert.deepEqual(plain(await api[method](stage.openid, ...args)), ok, method)
  }
  assert.deepEqual(
    stage.phone(),
    bodies.map(([, , shown]) => shown),
  )
  const out = (await stage.messages()).filter((message) => message.direction === 'out')
  assert.deepEqual(
    out.map(({ delivery }) => delivery.state),
    bodies.map(() => 'accepted'),
  )
  assert.deepEqual(await api.getMedia(media['image']), jpeg)
})

test('co-wechat-api is refused in the same words as by WeChat, and recovers by itself from a replaced token', async () => {
  stage = await setSdkStage({
    apps: [{ id: 'crm' }, { id: 'weak', scopes: allAppScopes.filter((scope) => scope !== 'messages:send:any') }],
  })
  const api = stage.client('co-wechat-api')
  assert.equal(await codeOf(api.sendText(stage.openid, 'too early')), 45015)
  await stage.setStatus('lili', 'online')
  await stage.write('hi')
  assert.equal(await codeOf(stage.client('co-wechat-api', 'weak').sendText(stage.openid, 'not mine')), 65414)
  for (let count = 1; count <= 4; count += 1) assert.equal(await codeOf(api.sendText(stage.openid, `${count}`)), 0)
  await api.saveToken({ ...(await api.getToken()), accessToken: 'x'.repeat(120) })
  assert.equal(await codeOf(api.sendText(stage.openid, 'a token that never was')), 40014)
  await api.getAccessToken()
  assert.equal(await codeOf(api.sendText(stage.openid, '5')), 0)
  assert.equal(await codeOf(api.sendText(stage.openid, '6')), 45047)
  assert.deepEqual(stage.phone(), ['1', '2', '3', '4', '5'])
  await stage.apply({ apps: [] })
  assert.equal(await codeOf(api.getCustomServiceList()), 40014)
})

test('co-wechat-api reads the record in the form of 2015', async () => {
  stage = await setSdkStage()
  const api = stage.client('co-wechat-api')
  await stage.setStatus('lili', 'online')
  await stage.write('我的快递在哪')
  await api.sendText(stage.openid, '查一下')
  // One day of China's clock, whatever the hour of the test.
  const now = Math.floor(Date.now() / 1000)
  const midnight = now - ((now + 8 * 3600) % 86_400)
  const day = { starttime: midnight, endtime: midnight + 86_400 }
  const { recordlist, retcode } = plain(await api.getRecords({ ...day, pagesize: 50, pageindex: 1 }))
  assert.equal(retcode, 0)
  const told = recordlist.map(({ opercode, worker, text }: Json) => [opercode, worker, text])
  assert.deepEqual(told, [
    [1000, '', ''],
    [2001, '', '我的快递在哪'],
    [1001, 'lili', ''],
    [2002, '', '查一下'],
  ])
  assert.deepEqual(plain(await api.getRecords({ ...day, pagesize: 50, pageindex: 2 })).recordlist, [])
  assert.equal(await codeOf(api.getRecords({ ...day, pagesize: 51, pageindex: 1 })), 61451)
  assert.equal(await codeOf(api.getRecords({ starttime: midnight, endtime: midnight + 90_000, pagesize: 1 })), 61501)
})

test('co-wechat-api sees followers through its scopes, and changes menus and QR codes only with theirs', async () => {
  stage = await setSdkStage({
    apps: [{ id: 'crm' }, { id: 'menus', scopes: ['wechat:menu', 'wechat:qr-codes'] }],
  })
  const api = stage.client('co-wechat-api')
  assert.equal((await api.getUser(stage.openid)).openid, stage.openid)
  assert.equal((await api.batchGetUsers([stage.openid])).user_info_list[0].openid, stage.openid)
  assert.deepEqual(plain(await api.getFollowers()).data.openid, [stage.openid])
  assert.ok(Array.isArray(plain(await api.getIp()).ip_list))
  const menu = { button: [{ type: 'click', name: '人工客服', key: 'human' }] }
  assert.equal(await codeOf(api.createMenu(menu)), 48001)
  assert.equal(await codeOf(api.createLimitQRCode(1)), 48001)
  const menus = stage.client('co-wechat-api', 'menus')
  assert.deepEqual(plain(await menus.createMenu(menu)), ok)
  assert.equal(plain(await menus.getMenu()).menu.button[0].name, '人工客服')
  assert.match((await menus.createLimitQRCode(1)).ticket, /./)
  assert.equal(await codeOf(menus.getUser(stage.openid)), 48001)
})
