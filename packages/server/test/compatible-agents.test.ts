import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { ask, type Json } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'

const at = (name: string) => `/customservice/kfaccount/${name}`
const ok = { errcode: 0, errmsg: 'ok' }
let stage: CompatibleStage
beforeEach(async () => {
  stage = await setCompatibleStage({
    apps: [{ id: 'crm' }, { id: 'reader', scopes: ['agents:read', 'conversations:read'] }, { id: 'mute', scopes: [] }],
  })
})
afterEach(() => stage[Symbol.asyncDispose]())

const agents = async (): Promise<Json[]> =>
  (await ask(stage.test.url, '/v1/agents', { token: await stage.adminToken() })).body.items
const list = async (): Promise<Json[]> => (await stage.call('/cgi-bin/customservice/getkflist')).kf_list
const code = async (path: string, body?: unknown, app?: string) =>
  (await stage.call(path, body, app === undefined ? {} : { app })).errcode

test('an agent added by an app exists everywhere, can be renamed, and is gone after del', async () => {
  assert.deepEqual(await stage.call(at('add'), { kf_account: 'test1@acme', nickname: '客服1' }), ok)
  const added = (await agents()).find((agent) => agent.id === 'test1')
  assert.equal(added.nickname, '客服1')
  assert.deepEqual(await stage.call(at('update'), { kf_account: 'test1@acme', nickname: '客服一' }), ok)
  const shown = (await list()).find((one) => one.kf_account === 'test1@acme')
  assert.deepEqual(shown, { kf_account: 'test1@acme', kf_headimgurl: '', kf_id: '1003', kf_nick: '客服一' })
  assert.deepEqual(await stage.call(at('del'), { kf_account: 'test1@acme' }), ok)
  assert.ok(!(await list()).some((one) => one.kf_account === 'test1@acme'))
  assert.equal((await agents()).find((agent) => agent.id === 'test1').disabled, true)
  assert.equal(await code(at('del'), { kf_account: 'test1@acme' }), 65401)
  // The old form of del, after the account was added once more under the same work number.
  assert.deepEqual(await stage.call(at('add'), { kf_account: 'test1@acme', nickname: '新' }), ok)
  assert.equal((await list()).find((one) => one.kf_account === 'test1@acme').kf_id, '1003')
  assert.deepEqual(await stage.call(`${at('del')}?kf_account=test1@acme`), ok)
})

test('names, nicknames and numbers are refused with the codes of either generation', async () => {
  const add = (kf_account: string, nickname = 'n', more = {}) => code(at('add'), { kf_account, nickname, ...more })
  assert.equal(await add('lili@acme'), 65406)
  assert.equal(await add('test1@other'), 65404)
  assert.equal(await add('test1'), 65404)
  assert.equal(await add('a'.repeat(11).concat('@acme')), 65404)
  assert.equal(await add('客服@acme'), 65404)
  assert.equal(await add('test1@acme', '很'.repeat(17)), 65403)
  assert.equal(await add('test1@acme', ''), 65403)
  assert.equal(await code(at('update'), { kf_account: 'nobody@acme', nickname: 'n' }), 65401)
  assert.equal(await code(at('update'), { kf_account: 'lili@acme', nickname: ' ' }), 65403)
  const old = { password: '0'.repeat(32) }
  assert.equal(await add('lili@acme', 'n', old), 61453)
  assert.equal(await add('test1@other', 'n', old), 61452)
  assert.equal(await add('a'.repeat(11).concat('@acme'), 'n', old), 61454)
  assert.equal(await add('a_b@acme', 'n', old), 61455)
  assert.equal(await add('test1@acme', '', old), 61451)
  await stage.apply({
    agents: Array.from({ length: 100 }, (_, i) => ({ id: `a${i}`, nickname: `A${i}`, role: 'agent' as const })),
  })
  assert.equal(await add('test1@acme'), 65405)
  assert.equal(await add('test1@acme', 'n', old), 61456)
})

test('invitations are remembered, expire, and are refused where another stands', async () => {
  for (const name of ['test1', 'test2']) await stage.call(at('add'), { kf_account: `${name}@acme`, nickname: name })
  const invite = (kf_account: string, invite_wx: string) => code(at('inviteworker'), { kf_account, invite_wx })
  assert.equal(await invite('nobody@acme', 'test_kfwx'), 65401)
  assert.equal(await invite('test1@acme', '!'), 65409)
  assert.equal(await invite('test1@acme', 'test_kfwx'), 0)
  assert.equal(await invite('test1@acme', 'test_kfwx'), 65408)
  assert.equal(await invite('test1@acme', 'another_wx'), 65411)
  assert.equal(await invite('test2@acme', 'test_kfwx'), 65408)
  const waiting = (await list()).find((one) => one.kf_account === 'test1@acme')
  assert.equal(waiting.invite_wx, 'test_kfwx')
  assert.equal(waiting.invite_status, 'waiting')
  assert.ok(waiting.invite_expire_time > Date.now() / 1000)
  await stage.setStatus('test1', 'online')
  assert.equal((await list()).find((one) => one.kf_account === 'test1@acme').kf_wx, 'test_kfwx')
  assert.equal(await invite('test1@acme', 'another_wx'), 65412)
  assert.equal(await invite('test2@acme', 'test_kfwx'), 65407)
})

test("an agent's picture is taken as a JPEG and shown by a link that works", async () => {
  const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')
  const form = (bytes: Uint8Array<ArrayBuffer>) => {
    const data = new FormData()
    data.set('media', new File([bytes], 'head.jpg', { type: 'image/jpeg' }))
    return data
  }
  const upload = (body: unknown) => code(`${at('uploadheadimg')}?kf_account=lili@acme`, body)
  assert.equal(await upload('no form'), 41005)
  assert.equal(await upload(form(Buffer.from('GIF89a'))), 40005)
  assert.equal(await upload(form(Buffer.concat([jpeg, Buffer.alloc(5 * 1024 * 1024)]))), 40009)
  assert.equal(await upload(form(jpeg)), 0)
  const { kf_headimgurl: url } = (await list()).find((one) => one.kf_account === 'lili@acme')
  const picture = await fetch(url)
  assert.equal(picture.headers.get('content-type'), 'image/jpeg')
  assert.deepEqual(Buffer.from(await picture.arrayBuffer()), jpeg)
  assert.equal((await fetch(url.replace(/proof=./, 'proof=!'))).status, 404)
})

test('who is online is listed with what they serve; who is away accepts nobody', async () => {
  assert.deepEqual(await stage.call('/cgi-bin/customservice/getonlinekflist'), { kf_online_list: [] })
  await stage.setStatus('lili', 'online')
  await stage.setStatus('bob', 'away')
  await stage.write('hi')
  assert.deepEqual(await stage.call('/cgi-bin/customservice/getonlinekflist'), {
    kf_online_list: [
      { kf_account: 'bob@acme', status: 1, kf_id: '1001', auto_accept: 0, accepted_case: 0 },
      { kf_account: 'lili@acme', status: 1, kf_id: '1002', auto_accept: 5, accepted_case: 1 },
    ],
  })
})

test('sessions are created, seen by everybody, kept from others and closed', async () => {
  const session = (name: string, kf_account: string, more = {}) =>
    code(`/customservice/kfsession/${name}`, { kf_account, openid: stage.openid, ...more })
  const of = async () => stage.call(`/customservice/kfsession/getsession?openid=${stage.openid}`)
  await stage.write('在吗')
  const waiting = await stage.call('/customservice/kfsession/getwaitcase')
  assert.equal(waiting.count, 1)
  assert.equal(waiting.waitcaselist[0].openid, stage.openid)
  assert.ok(Math.abs(waiting.waitcaselist[0].latest_time - Date.now() / 1000) < 60)
  assert.deepEqual(await of(), { createtime: 0, kf_account: '' })

  assert.equal(await session('create', 'nobody@acme'), 65401)
  assert.equal(await session('create', 'nobody@acme', { text: 'old' }), 61452)
  await stage.call(at('add'), { kf_account: 'test1@acme', nickname: 'n' })
  assert.equal(await session('create', 'test1@acme'), 65402)
  await stage.setStatus('bob', 'away')
  assert.equal(await session('create', 'bob@acme'), 65415)
  assert.equal(await session('create', 'bob@acme', { text: 'old' }), 61459)
  await stage.setStatus('test1', 'online')
  // Coming online gave the one who waits to test1; the same agent again is fine, another is not.
  assert.equal(await session('create', 'test1@acme'), 0)
  await stage.setStatus('lili', 'online')
  assert.equal(await session('create', 'lili@acme'), 65414)
  const old = await stage.call('/customservice/kfsession/create', {
    kf_account: 'lili@acme',
    openid: stage.openid,
    text: '',
  })
  assert.equal(old.errcode, 61458)
  assert.match(old.errmsg, /^customer accepted by test1@acme rid: /)
  const { kf_account, createtime } = await of()
  assert.equal(kf_account, 'test1@acme')
  assert.deepEqual(await stage.call('/customservice/kfsession/getsessionlist?kf_account=test1@acme'), {
    sessionlist: [{ createtime, openid: stage.openid }],
  })
  const token = await stage.adminToken()
  assert.equal((await ask(stage.test.url, '/v1/conversations', { token })).body.items[0].assignee, 'test1')

  assert.equal(await session('close', 'lili@acme'), 65414)
  assert.equal(await session('close', 'test1@acme'), 0)
  assert.equal(await session('close', 'test1@acme'), 65413)
  assert.equal(await session('create', 'lili@acme'), 0)
  assert.equal((await of()).kf_account, 'lili@acme')
  assert.equal(await code('/customservice/kfsession/create', { kf_account: 'lili@acme', openid: 'o-nobody' }), 40003)
  assert.equal(await code('/customservice/kfsession/getsession'), 40003)
  assert.equal(await code('/customservice/kfsession/getsessionlist?kf_account=x@y'), 65401)
})

test('A3 each call needs its scope, and reading does not let anybody change', async () => {
  const body = { kf_account: 'test1@acme', nickname: 'n', openid: stage.openid }
  for (const path of [at('add'), at('update'), at('del'), at('inviteworker'), at('uploadheadimg')])
    assert.equal(await code(path, body, 'reader'), 48001, path)
  for (const path of ['create', 'close'])
    assert.equal(await code(`/customservice/kfsession/${path}`, body, 'reader'), 48001)
  const reads = [
    '/cgi-bin/customservice/getkflist',
    '/cgi-bin/customservice/getonlinekflist',
    '/customservice/kfsession/getwaitcase',
  ]
  for (const path of reads) {
    assert.equal(await code(path, undefined, 'reader'), undefined, path)
    assert.equal(await code(path, undefined, 'mute'), 48001, path)
  }
  assert.equal(await code('/customservice/msgrecord/getmsglist', {}, 'reader'), 48001)
})

test('the record tells who wrote what, in the shapes of all three generations', async () => {
  await stage.setStatus('lili', 'online')
  await stage.write('我的快递在哪')
  const send = { touser: stage.openid, msgtype: 'text', text: { content: '查一下' } }
  await stage.call('/cgi-bin/message/custom/send', { ...send, customservice: { kf_account: 'lili@acme' } })
  const now = Math.floor(Date.now() / 1000)
  const window = { starttime: now - 600, endtime: now + 60 }
  const page = await stage.call('/customservice/msgrecord/getmsglist', { ...window, msgid: 1, number: 100 })
  const told = page.recordlist.map(({ openid, opercode, text, worker }: Json) => ({ openid, opercode, text, worker }))
  assert.deepEqual(told, [
    { openid: stage.openid, opercode: 2003, text: '我的快递在哪', worker: '' },
    { openid: stage.openid, opercode: 2002, text: '查一下', worker: 'lili@acme' },
  ])
  assert.equal(page.number, 2)
  const next = await stage.call('/customservice/msgrecord/getmsglist', { ...window, msgid: page.msgid, number: 100 })
  assert.deepEqual(next, { recordlist: [], number: 0, msgid: 0 })
  const list = (body: unknown) => code('/customservice/msgrecord/getmsglist', body)
  assert.equal(await list({ ...window, msgid: 1, number: 10001 }), 65416)
  assert.equal(await list({ starttime: now, endtime: now - 1, msgid: 1, number: 10 }), 65416)
  assert.equal(await list({ starttime: now - 86_401, endtime: now, msgid: 1, number: 10 }), 65417)
  assert.equal(await list({}), 65416)

  const old = await stage.call('/cgi-bin/customservice/getrecord', {
    ...window,
    openid: stage.openid,
    pagesize: 1000,
    pageindex: 1,
  })
  const codes = old.recordlist.map(({ opercode }: Json) => opercode)
  assert.equal(old.retcode, 0)
  assert.ok(codes.includes(1000) && codes.includes(1001) && codes.includes(2002), String(codes))
  assert.ok(old.recordlist.some(({ worker }: Json) => worker === 'lili'))
  const older = (path: string, body: unknown) => code(path, body)
  assert.equal(await older('/customservice/msgrecord/getrecord', { ...window, pagesize: 51, pageindex: 1 }), 61451)
  assert.equal(await older('/cgi-bin/customservice/getrecord', { ...window, pagesize: 1001, pageindex: 1 }), 61451)
  assert.equal(await older('/cgi-bin/customservice/getrecord', { starttime: 'x', pagesize: 10 }), 61500)
  assert.equal(await older('/cgi-bin/customservice/getrecord', { starttime: now - 90_000, endtime: now }), 61501)
})

test('two agents listed for the first time at once get different numbers', async () => {
  await stage.apply({
    agents: Array.from({ length: 30 }, (_, i) => ({ id: `a${i}`, nickname: `A${i}`, role: 'agent' as const })),
  })
  const lists = await Promise.all([list(), list(), list()])
  for (const one of lists) assert.deepEqual(one, lists[0])
  assert.equal(new Set(lists[0]?.map(({ kf_id }) => kf_id)).size, 30)
})

test('an agent named by create who is away is waited for where the organization wants it, by its settings checked', async () => {
  const session = (kf_account: string) => code('/customservice/kfsession/create', { kf_account, openid: stage.openid })
  const configure = async (namedAgent: unknown) => {
    const organization = { id: stage.organizationId, name: 'Acme', sessions: { namedAgent } }
    const document = { version: 1, organization }
    return ask(stage.test.url, '/v1/configuration', { token: await stage.adminToken(), body: { document } })
  }
  for (const wrong of [{ waitMs: -1 }, { waitMs: 'long' }, {}, { waitMs: 1, more: 1 }, 'pin']) {
    assert.equal((await configure(wrong)).status, 400, JSON.stringify(wrong))
  }
  await stage.write('在吗')
  await stage.setStatus('bob', 'away')
  assert.equal(await session('bob@acme'), 65415)
  assert.equal((await configure({ waitMs: null })).status, 200)
  assert.equal(await session('bob@acme'), 0)
  const conversation = async () =>
    (await ask(stage.test.url, '/v1/conversations', { token: await stage.adminToken() })).body.items[0]
  await stage.setStatus('lili', 'online')
  assert.equal((await conversation()).status, 'waiting')
  await stage.setStatus('bob', 'online')
  assert.equal((await conversation()).assignee, 'bob')
})
