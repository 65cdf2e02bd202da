import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACCOUNT, type Stage, setStage } from '../testing/fixtures.ts'

const SEND = '/cgi-bin/message/custom/send'
const TYPING = '/cgi-bin/message/custom/typing'
const TEXT = { msgtype: 'text', text: { content: '您好' } }
const HOUR = 3600_000

async function writes(stage: Stage): Promise<void> {
  const acted = stage.simulator.act('shop', 'wang', { type: 'text', text: '在吗' })
  if (acted.kind === 'acted') await acted.done
}

function chatOf(stage: Stage) {
  const follower = stage.simulator.world.follower('shop', 'wang')
  assert.ok(follower)
  return stage.simulator.world.chat(follower)
}

async function get(stage: Stage, path: string): Promise<Record<string, unknown>> {
  return (await fetch(new URL(path, stage.simulator.url))).json()
}

const TOKEN_REFUSALS: [string, string, number][] = [
  ['another grant type', 'grant_type=x&appid=wx0123456789abcdef&secret=x', 40002],
  ['no appid', 'grant_type=client_credential&secret=x', 41002],
  ['no secret', 'grant_type=client_credential&appid=wx0123456789abcdef', 41004],
  ['an unknown appid', 'grant_type=client_credential&appid=wxffffffffffffffff&secret=x', 40013],
  ['a wrong secret', 'grant_type=client_credential&appid=wx0123456789abcdef&secret=x', 40125],
]

for (const [name, query, errcode] of TOKEN_REFUSALS) {
  test(`a token is refused to ${name} with ${errcode} and a trace`, async () => {
    await using stage = await setStage()
    const answer = await get(stage, `/cgi-bin/token?${query}`)
    assert.equal(answer['errcode'], errcode)
    assert.match(String(answer['errmsg']), / rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/)
  })
}

test('a token is given for appid and secret and opens the API; an unlisted address is 40164', async () => {
  await using stage = await setStage()
  const query = `grant_type=client_credential&appid=${ACCOUNT.appId}&secret=${ACCOUNT.appSecret}`
  const answer = await get(stage, `/cgi-bin/token?${query}`)
  assert.equal(answer['expires_in'], 7200)
  const ips = await get(stage, `/cgi-bin/getcallbackip?access_token=${answer['access_token']}`)
  assert.ok(Array.isArray(ips['ip_list']))
  const account = stage.simulator.world.account('shop')
  assert.ok(account)
  account.settings.ipWhitelist = ['203.0.113.7']
  const refused = await get(stage, `/cgi-bin/token?${query}`)
  assert.equal(refused['errcode'], 40164)
  assert.match(String(refused['errmsg']), /^invalid ip 127\.0\.0\.1 .*, not in whitelist rid: /)
})

test('stable_token takes JSON whatever its Content-Type says, and answers the same token again', async () => {
  await using stage = await setStage()
  const body = JSON.stringify({ grant_type: 'client_credential', appid: ACCOUNT.appId, secret: ACCOUNT.appSecret })
  const url = new URL('/cgi-bin/stable_token', stage.simulator.url)
  const tokens: unknown[] = []
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'text/xml; charset=gbk']) {
    const answer = await (await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })).json()
    tokens.push(answer.access_token)
  }
  assert.equal(new Set(tokens).size, 1)
  assert.equal(typeof tokens[0], 'string')
})

test('tokens that are missing, unknown, replaced or outlived are told apart', async () => {
  await using stage = await setStage()
  const path = '/cgi-bin/user/get'
  const codes: unknown[] = []
  const call = async (query: string) => codes.push((await get(stage, `${path}${query}`))['errcode'])
  await call('')
  await call('?access_token=nonsense')
  const tokens = stage.simulator.world.account('shop')?.tokens
  assert.ok(tokens)
  const first = tokens.stable(false)
  const value = first.kind === 'token' ? first.value : ''
  tokens.stable(true)
  await call(`?access_token=${value}`)
  const second = tokens.stable(false)
  await stage.clock.advance(2 * HOUR)
  await call(`?access_token=${second.kind === 'token' ? second.value : ''}`)
  assert.deepEqual(codes, [41001, 40014, 40001, 42001])
})

test('wrong methods, unknown paths and bad bodies have their own codes', async () => {
  await using stage = await setStage()
  assert.equal((await stage.api('/cgi-bin/token', {}))['errcode'], 43001)
  assert.equal((await stage.api(SEND))['errcode'], 43002)
  assert.equal((await stage.api('/cgi-bin/nothing'))['errcode'], 40066)
  const token = stage.simulator.world.account('shop')?.tokens.stable(false)
  const value = token?.kind === 'token' ? token.value : ''
  const post = async (body: string | Uint8Array<ArrayBuffer>) =>
    (await (await fetch(`${stage.simulator.url}${SEND}?access_token=${value}`, { method: 'POST', body })).json())
      .errcode
  assert.equal(await post(''), 44002)
  assert.equal(await post('{"touser":'), 47001)
  assert.equal(await post('[]'), 47001)
  assert.equal(await post(`{"touser":"${stage.openid}","msgtype":"text","text":{"content":"\\u4f60"}}`), 47002)
  assert.equal(await post(new Uint8Array([0x7b, 0xff, 0x7d])), 40033)
})

test('five sends in 48 hours after a message, 45047 then, 45015 after the window, and replies are free', async () => {
  await using stage = await setStage()
  assert.equal(await stage.send(), 45015)
  stage.developer.behave = () => ({ kind: 'reply', reply: { type: 'text', content: '自动回复' } })
  await writes(stage)
  const codes: number[] = []
  for (let count = 0; count < 6; count++) {
    codes.push(await stage.send())
    await stage.clock.advance(8 * HOUR)
  }
  assert.deepEqual(codes, [0, 0, 0, 0, 0, 45047])
  assert.equal(await stage.send(), 45015)
  await writes(stage)
  assert.equal(await stage.send(), 0)
  const ways = chatOf(stage).map((entry) => entry.via ?? entry.from)
  assert.deepEqual(ways, ['follower', 'passive', ...Array(5).fill('custom'), 'follower', 'passive', 'custom'])
})

const REFUSED_SENDS: [string, Record<string, unknown>, number][] = [
  ['an unknown openid', { touser: 'oAAAAAAAAAAAAAAAAAAAAAAAAAAA' }, 40003],
  ['an unknown type', { msgtype: 'sticker', sticker: {} }, 40008],
  ['an empty text', { msgtype: 'text', text: { content: '' } }, 44004],
  ['2,049 bytes of text', { msgtype: 'text', text: { content: `${'好'.repeat(682)}abc` } }, 45002],
  ['two articles', { msgtype: 'news', news: { articles: [{ title: 'a' }, { title: 'b' }] } }, 45008],
  ['a picture nobody uploaded', { msgtype: 'image', image: { media_id: 'nothing' } }, 40007],
  ['an unknown agent', { ...TEXT, customservice: { kf_account: 'nobody@shop' } }, 65401],
  [
    'a link, which only mini programs may send',
    { msgtype: 'link', link: { title: 't', url: 'https://example.com' } },
    48008,
  ],
]

for (const [name, message, errcode] of REFUSED_SENDS) {
  test(`${name} is refused with ${errcode} and costs nothing`, async () => {
    await using stage = await setStage()
    await writes(stage)
    assert.equal(await stage.send({ ...TEXT, ...message }), errcode)
    assert.equal(chatOf(stage).length, 1)
    const follower = stage.simulator.world.follower('shop', 'wang')
    assert.equal(follower?.quota[0]?.used, 0)
  })
}

test('nothing reaches somebody who has unfollowed', async () => {
  await using stage = await setStage()
  await writes(stage)
  stage.simulator.act('shop', 'wang', { type: 'unfollow' })
  assert.equal(await stage.send(), 43004)
  stage.simulator.act('shop', 'wang', { type: 'follow' })
  const codes = [await stage.send(), await stage.send(), await stage.send(), await stage.send()]
  assert.deepEqual(codes, [0, 0, 0, 45047])
})

test('a menu choice opens a menu window, not a message window', async () => {
  await using stage = await setStage()
  stage.simulator.act('shop', 'wang', { type: 'menu-choice', id: '101', content: '满意' })
  const codes = [await stage.send(), await stage.send(), await stage.send(), await stage.send()]
  assert.deepEqual(codes, [0, 0, 0, 45047])
  await stage.clock.advance(60_000)
  assert.equal(await stage.send(), 45015)
})

test('an agent’s name and the AI notice arrive with the message', async () => {
  await using stage = await setStage()
  const add = { kf_account: 'lili@shop', nickname: '莉莉' }
  assert.equal((await stage.api('/customservice/kfaccount/add', add))['errcode'], 0)
  assert.equal((await stage.api('/customservice/kfaccount/add', add))['errcode'], 65406)
  await writes(stage)
  const extra = { customservice: { kf_account: 'lili@shop' }, aimsgcontext: { is_ai_msg: 1 } }
  assert.equal(await stage.send({ ...TEXT, ...extra }), 0)
  const shown = chatOf(stage).at(-1)
  assert.deepEqual([shown?.agent, shown?.isAi], [{ account: 'lili@shop', nickname: '莉莉' }, true])
  const list = await stage.api('/cgi-bin/customservice/getkflist')
  assert.deepEqual(list['kf_list'], [
    { kf_account: 'lili@shop', kf_headimgurl: '', kf_id: '1001', kf_nick: '莉莉', kf_wx: 'lili' },
  ])
})

test('typing needs an exchange in the last 30 seconds and cannot be said twice', async () => {
  await using stage = await setStage()
  const type = async (command: string) => (await stage.api(TYPING, { touser: stage.openid, command }))['errcode']
  assert.equal(await type('Typing'), 45080)
  await writes(stage)
  assert.equal(await type('Dancing'), 45072)
  assert.deepEqual([await type('Typing'), await type('Typing')], [0, 45081])
  assert.deepEqual([await type('CancelTyping'), await type('Typing')], [0, 0])
  await stage.clock.advance(15_000)
  assert.equal(await type('Typing'), 0)
  await stage.send()
  assert.equal(stage.simulator.world.follower('shop', 'wang')?.typingUntilMs, null)
  await stage.clock.advance(30_001)
  assert.equal(await type('Typing'), 45080)
})

test('user/info tells no name; user/get pages by openid', async () => {
  await using stage = await setStage()
  const info = await stage.api('/cgi-bin/user/info', undefined, { openid: stage.openid })
  assert.deepEqual([info['subscribe'], info['nickname'], info['headimgurl']], [1, undefined, undefined])
  assert.equal((await stage.api('/cgi-bin/user/info', undefined, { openid: 'x' }))['errcode'], 40003)
  const page = await stage.api('/cgi-bin/user/get')
  assert.deepEqual(page, { total: 1, count: 1, data: { openid: [stage.openid] }, next_openid: stage.openid })
  const end = await stage.api('/cgi-bin/user/get', undefined, { next_openid: stage.openid })
  assert.deepEqual(end, { total: 1, count: 0, next_openid: '' })
  stage.simulator.act('shop', 'wang', { type: 'unfollow' })
  const gone = await stage.api('/cgi-bin/user/info', undefined, { openid: stage.openid })
  assert.deepEqual(gone, { subscribe: 0, openid: stage.openid })
})

test('a QR code is made, drawn, and names its scene when it is scanned', async () => {
  await using stage = await setStage()
  const made = await stage.api('/cgi-bin/qrcode/create', {
    expire_seconds: 600,
    action_name: 'QR_STR_SCENE',
    action_info: { scene: { scene_str: 'agent:7' } },
  })
  assert.equal(made['expire_seconds'], 600)
  const picture = () =>
    fetch(`${stage.simulator.url}/cgi-bin/showqrcode?ticket=${encodeURIComponent(String(made['ticket']))}`)
  const shown = await picture()
  assert.equal(shown.headers.get('content-type'), 'image/svg+xml')
  assert.match(await shown.text(), /^<svg/)
  await stage.clock.advance(600_000)
  assert.equal((await picture()).status, 404)
  const bad = { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 100_001 } } }
  assert.equal((await stage.api('/cgi-bin/qrcode/create', bad))['errcode'], 40097)
})

test('the daily limit of a path is kept, shown and cleared ten times a month', async () => {
  await using stage = await setStage()
  stage.simulator.world.account('shop')?.apiUse.setLimit('/cgi-bin/user/get', 2)
  const call = async () => (await stage.api('/cgi-bin/user/get'))['errcode']
  assert.deepEqual([await call(), await call(), await call()], [undefined, undefined, 45009])
  const shown = await stage.api('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/user/get' })
  assert.deepEqual(shown['quota'], { daily_limit: 2, used: 2, remain: 0 })
  assert.equal((await stage.api('/cgi-bin/openapi/quota/get', { cgi_path: 'user/get' }))['errcode'], 76003)
  assert.equal((await stage.api('/cgi-bin/openapi/quota/get', { cgi_path: '/none' }))['errcode'], 76021)
  const codes: unknown[] = []
  for (let count = 0; count < 11; count++) {
    codes.push((await stage.api('/cgi-bin/clear_quota', { appid: ACCOUNT.appId }))['errcode'])
  }
  assert.deepEqual(codes, [...Array(10).fill(0), 48006])
  assert.equal(await call(), undefined)
})

test('a menu set through the API is the menu of the phone', async () => {
  await using stage = await setStage()
  const button = [{ name: '客服', sub_button: [{ type: 'click', name: '人工', key: 'HUMAN' }] }]
  assert.equal((await stage.api('/cgi-bin/menu/create', { button }))['errcode'], 0)
  const acted = stage.simulator.act('shop', 'wang', { type: 'menu', path: [0, 0] })
  assert.equal(acted.kind, 'acted')
  assert.equal((await stage.api('/cgi-bin/menu/create', { button: [{ name: 'x' }] }))['errcode'], 40097)
})
