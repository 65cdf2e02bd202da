import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, test } from 'node:test'
import type { Json } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'

let stage: CompatibleStage
afterEach(() => stage[Symbol.asyncDispose]())

test('users, tags, QR codes and menus reach WeChat with the account’s token and come back as they are', async () => {
  stage = await setCompatibleStage({
    apps: [{ id: 'crm', scopes: ['customers:read', 'wechat:users', 'wechat:qr-codes', 'wechat:menu'] }],
  })
  const info = await stage.call(`/cgi-bin/user/info?openid=${stage.openid}&lang=zh_CN`)
  assert.equal(info.openid, stage.openid)
  assert.equal(info.subscribe, 1)
  const wrong = await stage.call('/cgi-bin/user/info?openid=nobody')
  assert.equal(wrong.errcode, 40003)
  const remark = { openid: stage.openid, remark: '老客户' }
  assert.deepEqual(await stage.call('/cgi-bin/user/info/updateremark', remark), { errcode: 0, errmsg: 'ok' })
  assert.deepEqual((await stage.call('/cgi-bin/user/get')).data.openid, [stage.openid])
  const code = await stage.call('/cgi-bin/qrcode/create', {
    expire_seconds: 600,
    action_name: 'QR_STR_SCENE',
    action_info: { scene: { scene_str: 'agent:7' } },
  })
  assert.ok(code.ticket)
  const menu = { button: [{ type: 'click', name: '客服', key: 'help' }] }
  assert.equal((await stage.call('/cgi-bin/menu/create', menu)).errcode, 0)
  assert.deepEqual((await stage.call('/cgi-bin/menu/get')).menu.button[0].name, '客服')
})

test('tags are the account’s: what one app makes, another finds and gives, and refusals come back as they are', async () => {
  stage = await setCompatibleStage({
    apps: [
      { id: 'crm', scopes: ['customers:read', 'wechat:users'] },
      { id: 'loyalty', scopes: ['customers:read', 'wechat:users'] },
    ],
  })
  const { openid } = stage
  const { tag } = await stage.call('/cgi-bin/tags/create', { tag: { name: '金卡' } })
  const listed = await stage.call('/cgi-bin/tags/get', undefined, { app: 'loyalty' })
  assert.deepEqual(listed.tags.at(-1), { ...tag, count: 0 })
  const give = { openid_list: [openid], tagid: tag.id }
  const ok = { errcode: 0, errmsg: 'ok' }
  assert.deepEqual(await stage.call('/cgi-bin/tags/members/batchtagging', give, { app: 'loyalty' }), ok)
  assert.deepEqual(await stage.call('/cgi-bin/tags/getidlist', { openid }), { tagid_list: [tag.id] })
  assert.deepEqual((await stage.call('/cgi-bin/user/tag/get', { tagid: tag.id, next_openid: '' })).data, {
    openid: [openid],
  })
  assert.equal((await stage.call('/cgi-bin/tags/create', { tag: { name: '金卡' } })).errcode, 45157)
  assert.equal((await stage.call('/cgi-bin/tags/update', { tag: { id: 2, name: 'x' } })).errcode, 45058)
  assert.deepEqual(await stage.call('/cgi-bin/tags/members/batchuntagging', give), ok)
  assert.deepEqual(await stage.call('/cgi-bin/tags/delete', { tag: { id: tag.id } }), ok)
  const nobody = { total: 0, count: 0, next_openid: '' }
  assert.deepEqual(await stage.call('/cgi-bin/tags/members/getblacklist', { begin_openid: '' }), nobody)
})

test('48001 answers what no scope of the app names, and what is in no permission set at all', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm', scopes: ['messages:send', 'wechat:material'] }] })
  const forbidden = [
    '/cgi-bin/user/info?openid=x',
    '/cgi-bin/menu/create',
    '/cgi-bin/component/api_component_token',
    '/cgi-bin/nothing',
    '/cgi-bin/material/../menu/get',
    '/cgi-bin//menu/get',
    '/cgi-bin/MENU/get',
    '/cgi-bin/%6denu/get',
  ]
  for (const path of forbidden) {
    const answer = await raw(stage, path, await stage.token())
    assert.equal(answer.errcode, 48001, path)
  }
  assert.equal(stage.calls('/cgi-bin/menu/get') + stage.calls('/cgi-bin/user/info'), 0)
})

test('F49 an upstream token that WeChat took away is renewed without the app noticing', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm', scopes: ['wechat:users'] }] })
  const before = await stage.call('/cgi-bin/user/get')
  assert.equal(before.total, 1)
  stage.simulator.world.account('shop')?.tokens.revokeAll()
  assert.deepEqual(await stage.call('/cgi-bin/user/get'), before)
  assert.equal(stage.calls('/cgi-bin/stable_token'), 2)
})

test('WeChat that is not reached answers -1; one that breaks off closes the connection', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm', scopes: ['wechat:users'] }] })
  await stage.call('/cgi-bin/user/get')
  stage.simulator.world.faults.add({
    target: 'api',
    path: '/cgi-bin/user/info/updateremark',
    fault: { kind: 'cut', when: 'after' },
  })
  await assert.rejects(stage.call('/cgi-bin/user/info/updateremark', { openid: stage.openid, remark: 'x' }))
  stage.simulator.world.faults.add({
    target: 'api',
    path: '/cgi-bin/user/get',
    fault: { kind: 'errcode', errcode: 50002 },
  })
  assert.equal((await stage.call('/cgi-bin/user/get')).errcode, 50002)
  await stage.simulator.close()
  assert.equal((await stage.call('/cgi-bin/user/get')).errcode, -1)
})

test('query, body and content type are passed on byte for byte, the answer too, and no token of ours goes either way', async () => {
  const seen: { url: string; type: string | undefined; body: Buffer }[] = []
  const upstream = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url?.startsWith('/cgi-bin/stable_token') === true) {
        response.end('{"access_token":"UPSTREAM","expires_in":7200}')
        return
      }
      seen.push({ url: request.url ?? '', type: request.headers['content-type'], body: Buffer.concat(chunks) })
      response.writeHead(200, { 'content-type': 'text/plain', 'set-cookie': 'a=b', 'x-secret': 'UPSTREAM' })
      response.end('{"errcode":9,"errmsg":"as \\u4f60 it came" }')
    })
  })
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = upstream.address() as AddressInfo // it listens on a port
    stage = await setCompatibleStage({
      apps: [{ id: 'crm', scopes: ['wechat:material'] }],
      apiBase: `http://127.0.0.1:${port}`,
    })
    const body = Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a])
    const url = `${stage.test.url}/cgi-bin/material/add_material?type=im%61ge&x=a+b&access_token=${await stage.token()}&y=%E4%BD%A0&x=2`
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary="x y"' },
    })
    assert.equal(await response.text(), '{"errcode":9,"errmsg":"as \\u4f60 it came" }')
    assert.equal(response.headers.get('content-type'), 'text/plain')
    for (const name of ['set-cookie', 'x-secret']) assert.equal(response.headers.get(name), null)
    assert.deepEqual(seen, [
      {
        url: '/cgi-bin/material/add_material?access_token=UPSTREAM&type=im%61ge&x=a+b&y=%E4%BD%A0&x=2',
        type: 'multipart/form-data; boundary="x y"',
        body,
      },
    ])
  } finally {
    upstream.closeAllConnections()
    upstream.close()
  }
})

/** A path exactly as it is written: other clients tidy it up. */
function raw({ test: { url } }: CompatibleStage, path: string, token: string): Promise<Json> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const full = `${path}${path.includes('?') ? '&' : '?'}access_token=${token}`
    http
      .get({ hostname, port, path: full }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
      })
      .on('error', reject)
  })
}
