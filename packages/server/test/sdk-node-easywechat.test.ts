// The npm package `node-easywechat` as it is, pointed here as its guide says.
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { afterEach, test } from 'node:test'
import type { Json } from './support/app.ts'
import { jpeg, type SdkStage, setSdkStage } from './support/sdk-stage.ts'

const ok = { errcode: 0, errmsg: 'ok' }
let stage: SdkStage
afterEach(() => stage[Symbol.asyncDispose]())

function connect(app?: string) {
  const client = stage.client('easywechat', app).getClient()
  const get = async (path: string, params: Json = {}) => (await client.get(path, { params })).toObject()
  const post = async (path: string, body: Json) => (await client.postJson(path, body)).toObject()
  const upload = async (path: string, params: Json, file: string) =>
    (await client.post(path, { params, formData: { media: createReadStream(file) } })).toObject()
  return { get, post, upload }
}

const kf = (name: string) => `customservice/kfaccount/${name}`
const session = (name: string) => `customservice/kfsession/${name}`
const send = 'cgi-bin/message/custom/send'

test('node-easywechat gets plain and stable tokens that do not disturb each other', async () => {
  stage = await setSdkStage()
  const application = stage.client('easywechat')
  const stable = application.getAccessToken()
  const first = await stable.getStableAccessToken()
  assert.equal(await stable.getStableAccessToken(), first)
  const plain = await stable.getAccessToken()
  assert.notEqual(plain, first)
  const works = async (token: string) =>
    (await stage.call('/cgi-bin/getcallbackip', undefined, { token })).errcode === undefined
  assert.ok((await works(first)) && (await works(plain)))
  const forced = await stable.getStableAccessToken(true)
  assert.notEqual(forced, first)
  assert.equal((await stage.call('/cgi-bin/getcallbackip', undefined, { token: first })).errcode, 40001)
  assert.ok((await works(forced)) && (await works(plain)))
  application.getAccount().secret = 'wrong'
  application.accessToken = null
  await assert.rejects(application.getAccessToken().refresh(), /40125/)
})

test('node-easywechat manages agents who are in the console at once', async () => {
  stage = await setSdkStage()
  const { get, post, upload } = connect()
  assert.deepEqual(await post(kf('add'), { kf_account: 'test1@acme', nickname: '客服1' }), ok)
  assert.deepEqual(await post(kf('update'), { kf_account: 'test1@acme', nickname: '客服一' }), ok)
  assert.equal((await stage.agents())['test1'].nickname, '客服一')
  assert.deepEqual(await post(kf('inviteworker'), { kf_account: 'test1@acme', invite_wx: 'test_kfwx' }), ok)
  assert.deepEqual(await upload(kf('uploadheadimg'), { kf_account: 'test1@acme' }, stage.files.image), ok)
  const { kf_list: list } = await get('cgi-bin/customservice/getkflist')
  const listed = list.find((agent: Json) => agent.kf_account === 'test1@acme')
  assert.deepEqual(Buffer.from(await (await fetch(listed.kf_headimgurl)).arrayBuffer()), jpeg)
  await stage.setStatus('bob', 'online')
  const { kf_online_list: online } = await get('cgi-bin/customservice/getonlinekflist')
  assert.deepEqual(
    online.map((agent: Json) => agent.kf_account),
    ['bob@acme'],
  )
  assert.equal((await post(kf('add'), { kf_account: 'test1@acme', nickname: 'n' })).errcode, 65406)
  assert.equal((await post(kf('update'), { kf_account: 'x@acme', nickname: 'n' })).errcode, 65401)
  assert.deepEqual(await post(kf('del'), { kf_account: 'test1@acme' }), ok)
  assert.equal((await stage.agents())['test1'].disabled, true)
})

test('node-easywechat opens, sees and closes sessions', async () => {
  stage = await setSdkStage()
  const { get, post } = connect()
  const { openid } = stage
  await stage.write('在吗')
  assert.equal((await get(session('getwaitcase'))).waitcaselist[0].openid, openid)
  await stage.setStatus('lili', 'online')
  await stage.setStatus('bob', 'online')
  const body = (kf_account: string) => ({ kf_account, openid })
  assert.deepEqual(await post(session('create'), body('lili@acme')), ok)
  assert.equal((await stage.conversation()).assignee, 'lili')
  assert.equal((await get(session('getsession'), { openid })).kf_account, 'lili@acme')
  assert.equal((await get(session('getsessionlist'), { kf_account: 'lili@acme' })).sessionlist[0].openid, openid)
  assert.equal((await post(session('create'), body('bob@acme'))).errcode, 65414)
  assert.equal((await post(session('close'), body('bob@acme'))).errcode, 65414)
  assert.deepEqual(await post(session('close'), body('lili@acme')), ok)
  assert.equal((await stage.conversation()).status, 'closed')
  assert.equal((await post(session('close'), body('lili@acme'))).errcode, 65413)
})

test('node-easywechat sends every type, shows that it types, and reads all three records', async () => {
  stage = await setSdkStage()
  const { get, post, upload } = connect()
  const { openid } = stage
  const media: Record<string, string> = {}
  for (const [type, path] of Object.entries(stage.files))
    media[type] = (await upload('cgi-bin/media/upload', { type }, path)).media_id
  const bodies: Record<string, Json> = {
    text: { content: '您好' },
    image: { media_id: media['image'] },
    voice: { media_id: media['voice'] },
    video: { media_id: media['video'], thumb_media_id: media['thumb'], title: 't' },
    music: { musicurl: 'https://a.example/m', hqmusicurl: 'https://a.example/h', thumb_media_id: media['thumb'] },
    news: { articles: [{ title: 't', description: 'd', url: 'https://a.example', picurl: 'https://a.example/p' }] },
    mpnews: { media_id: 'permanent-news-id' },
    mpnewsarticle: { article_id: 'article-id' },
    msgmenu: { head_content: 'h', list: [{ id: '101', content: '满意' }], tail_content: 't' },
    wxcard: { card_id: 'card' },
    miniprogrampage: { title: 't', appid: 'wx1', pagepath: 'p', thumb_media_id: media['thumb'] },
  }
  assert.equal((await post('cgi-bin/message/custom/typing', { touser: openid, command: 'Typing' })).errcode, 45080)
  for (const [at, [msgtype, body]] of Object.entries(bodies).entries()) {
    if (at % 5 === 0) await stage.writeAgain()
    assert.deepEqual(await post(send, { touser: openid, msgtype, [msgtype]: body }), ok, msgtype)
  }
  assert.equal(stage.phone().length, Object.keys(bodies).length)
  const out = (await stage.messages()).filter((message) => message.direction === 'out')
  assert.deepEqual(
    out.map(({ delivery }) => delivery.state),
    Object.keys(bodies).map(() => 'accepted'),
  )
  for (const command of ['Typing', 'CancelTyping'])
    assert.deepEqual(await post('cgi-bin/message/custom/typing', { touser: openid, command }), ok)
  const now = Math.floor(Date.now() / 1000)
  const midnight = now - ((now + 8 * 3600) % 86_400)
  const day = { starttime: midnight, endtime: midnight + 86_400 }
  const current = await post('customservice/msgrecord/getmsglist', { ...day, msgid: 1, number: 100 })
  assert.ok(current.recordlist.some(({ text }: Json) => text === '您好'))
  assert.ok(current.recordlist.some(({ text }: Json) => text === '[image]'))
  for (const path of ['customservice/msgrecord/getrecord', 'cgi-bin/customservice/getrecord'])
    assert.ok((await post(path, { ...day, pagesize: 50, pageindex: 1 })).recordlist.length >= 14, path)
  assert.deepEqual(await get('cgi-bin/media/get', { media_id: 'nothing' }).then(({ errcode }) => errcode), 40007)
})

test('node-easywechat hears of a refusal as it would from WeChat', async () => {
  stage = await setSdkStage({ apps: [{ id: 'crm' }, { id: 'mute', scopes: [] }] })
  const { post } = connect()
  const text = { touser: stage.openid, msgtype: 'text', text: { content: 'x' } }
  assert.equal((await post(send, text)).errcode, 45015)
  assert.equal((await connect('mute').post(send, text)).errcode, 48001)
  assert.equal((await post(send, { ...text, msgtype: 'hologram' })).errcode, 40008)
  assert.deepEqual(await post('cgi-bin/clear_quota', { appid: stage.appIdOf('crm') }), ok)
  const quota = await post('cgi-bin/openapi/quota/get', { cgi_path: `/${send}` })
  assert.equal(typeof quota.quota.daily_limit, 'number')
})
