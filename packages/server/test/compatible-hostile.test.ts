import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { type Json, startTestApp } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'

const send = '/cgi-bin/message/custom/send'
let stage: CompatibleStage
const more: AsyncDisposable[] = []
afterEach(async () => {
  await stage[Symbol.asyncDispose]()
  for (const one of more.splice(0).reverse()) await one[Symbol.asyncDispose]()
})
const text = (content: string) => ({ touser: stage.openid, msgtype: 'text', text: { content } })

test('a body is what its path says, whatever its content type says', async () => {
  stage = await setCompatibleStage()
  await stage.write('hi')
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'x',
    'application/json;charset=GBK',
  ]
  for (const type of types)
    assert.equal((await stage.call(send, text(type), { headers: { 'content-type': type } })).errcode, 0, type)
  assert.deepEqual(stage.phone(), types)
  const form = 'touser=x&msgtype=text'
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await stage.call(send, form, { headers })).errcode, 47001)
})

test('broken, deep, wide and large bodies are refused with a code and cost nobody anything', async () => {
  stage = await setCompatibleStage()
  const cases: [string | Uint8Array, number][] = [
    ['{', 47001],
    ['null', 47001],
    ['"text"', 47001],
    ['\ufeff{}', 40003],
    [`${'['.repeat(50_000)}${']'.repeat(50_000)}`, 47001],
    [`{"a":${'{"a":'.repeat(100)}1${'}'.repeat(100)}}`, 47001],
    ['{"__proto__":{"touser":"x"},"touser":"x"}', 47001],
    [Buffer.alloc(900_000, 0x20), 47001],
    [Buffer.alloc(1024 * 1024 + 1, 0x20), 45001],
    [Buffer.from('{"touser":"\0"}'), 47001],
  ]
  for (const [body, code] of cases) {
    const answer = await stage.call(send, body)
    assert.equal(answer.errcode, code)
  }
  const errors = stage.test.logged.filter((line) => JSON.parse(line).level >= 50)
  assert.deepEqual(errors, [])
})

test('every path answers JSON with status 200 to every method, with no token, a wrong one and two of them', async () => {
  stage = await setCompatibleStage()
  const paths = [
    send,
    '/customservice/kfaccount/add',
    '/cgi-bin/x',
    '/wxa/x',
    '/device/x',
    '/customservice/kfsession/getsession',
  ]
  for (const path of paths) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
      for (const query of ['', '?access_token=nonsense', '?access_token=%00', '?access_token=a&access_token=b']) {
        const response = await fetch(`${stage.test.url}${path}${query}`, { method })
        assert.equal(response.status, 200)
        assert.equal(response.headers.get('content-type'), 'application/json; encoding=utf-8')
        const { errcode } = (await response.json()) as Json
        assert.equal(errcode, query === '' ? 41001 : 40014, `${method} ${path}${query}`)
      }
    }
  }
})

test('A8 F64 an app over its share is told 45011, and the others do not feel it', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm' }, { id: 'noisy', rateLimit: 20 }] })
  await stage.write('hi')
  await stage.token('noisy')
  const noise = Promise.all(
    Array.from({ length: 400 }, () => stage.call('/cgi-bin/getcallbackip', undefined, { app: 'noisy' })),
  )
  const startedMs = performance.now()
  assert.equal((await stage.call(send, text('calm'))).errcode, 0)
  const tookMs = performance.now() - startedMs
  const codes = (await noise).map(({ errcode = 0 }) => errcode)
  const allowed = codes.filter((code) => code === 0).length
  assert.ok(allowed >= 18 && allowed <= 20, String(allowed))
  assert.equal(codes.filter((code) => code === 45011).length, 400 - allowed)
  assert.ok(tookMs < 3_000, `${tookMs} ms`)
})

test('F64 whoever guesses secrets is slowed down, without the app being locked out elsewhere', async () => {
  stage = await setCompatibleStage()
  const guess = async (): Promise<number> => {
    const query = `grant_type=client_credential&appid=${stage.appIdOf('crm')}&secret=guess`
    return ((await (await fetch(`${stage.test.url}/cgi-bin/token?${query}`)).json()) as Json).errcode
  }
  const codes: number[] = []
  for (let count = 0; count < 65; count += 1) codes.push(await guess())
  assert.equal(codes[0], 40125)
  assert.equal(codes.at(-1), 45011)
})

test('40164 answers addresses that are not in the list of the app, for tokens and for calls', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm' }] })
  const token = await stage.token()
  await stage.apply({ apps: [{ id: 'crm', allowedAddresses: ['10.0.0.0/8', '2001:db8::/32'] }] })
  const answer = await stage.call('/cgi-bin/getcallbackip', undefined, { token })
  assert.equal(answer.errcode, 40164)
  assert.match(answer.errmsg, /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /)
  const query = `grant_type=client_credential&appid=${stage.appIdOf('crm')}&secret=${stage.secretOf('crm')}`
  assert.equal(((await (await fetch(`${stage.test.url}/cgi-bin/token?${query}`)).json()) as Json).errcode, 40164)
  await stage.apply({ apps: [{ id: 'crm', allowedAddresses: ['127.0.0.0/8'] }] })
  assert.equal((await stage.call('/cgi-bin/getcallbackip', undefined, { token })).errcode, undefined)
})

test('T1 T2 T5 an app of one organization reaches nothing of another, though openids and agents are the same', async () => {
  const server = await startTestApp()
  more.push(server)
  stage = await setCompatibleStage({ test: server })
  const other = await setCompatibleStage({ test: server })
  more.push(other)
  await stage.write('canary-A')
  await other.write('canary-B')
  const { accountId, openid } = other
  const outcome = await server.app.ground.log.submit(
    other.organizationId,
    {
      ...{ type: 'customer.act', accountId, openid: stage.openid, act: 'message', kind: 'text', sentAtMs: Date.now() },
      content: { type: 'text', text: 'the same openid' },
    },
    { lane: 'pushes' },
  )
  assert.ok(outcome.accepted)
  await stage.setStatus('lili', 'online')
  const now = Math.floor(Date.now() / 1000)
  const asked = {
    records: await stage.call('/customservice/msgrecord/getmsglist', {
      starttime: now - 60,
      endtime: now + 60,
      msgid: 1,
      number: 100,
    }),
    waiting: await stage.call('/customservice/kfsession/getwaitcase'),
    session: await stage.call(`/customservice/kfsession/getsession?openid=${openid}`),
    sent: await stage.call(send, { touser: openid, msgtype: 'text', text: { content: 'x' } }),
    created: await stage.call('/customservice/kfsession/create', { kf_account: 'lili@acme', openid }),
    online: await other.call('/cgi-bin/customservice/getonlinekflist'),
  }
  assert.equal(asked.session.errcode, 40003)
  assert.equal(asked.sent.errcode, 40003)
  assert.equal(asked.created.errcode, 40003)
  assert.deepEqual(asked.online, { kf_online_list: [] })
  const told = JSON.stringify(asked)
  assert.ok(told.includes('canary-A') && !told.includes('canary-B') && !told.includes('the same openid'), told)
  const media = await other.call('/cgi-bin/media/upload?type=image', pictureForm())
  const got = await stage.call(`/cgi-bin/media/get?media_id=${media.media_id}`)
  assert.equal(got.errcode, 40007)
  assert.equal((await stage.call(`/cgi-bin/media/get?media_id=${media.duoke_media_id}`)).errcode, 40007)
})

test('T7 an appId that another organization uses is refused to the second', async () => {
  const server = await startTestApp()
  more.push(server)
  stage = await setCompatibleStage({ test: server })
  const other = await setCompatibleStage({ test: server })
  more.push(other)
  await assert.rejects(other.apply({ apps: [{ id: 'crm', appId: stage.appIdOf('crm') }] }), /taken|belongs|another/i)
  assert.equal((await stage.call('/cgi-bin/getcallbackip')).errcode, undefined)
})

function pictureForm(): FormData {
  const data = new FormData()
  data.set('media', new File([Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex')], 'a.jpg'))
  return data
}

test('F64 an app that invents paths fills no table: beyond three hundred a day they are counted together', async () => {
  stage = await setCompatibleStage({ apps: [{ id: 'crm', scopes: ['wechat:material'] }] })
  for (let at = 0; at < 310; at += 10)
    await Promise.all(Array.from({ length: 10 }, (_, i) => stage.call(`/cgi-bin/material/invented${at + i}`)))
  for (let at = 0; at < 20; at += 1) assert.equal((await stage.call(`/cgi-bin/invented${at}`)).errcode, 48001)
  const quota = await stage.call('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/material/invented1' })
  assert.equal(quota.quota.used, 1)
  const { rows } = await stage.test.app.ground.database.withWorker((tx) =>
    tx.query<{ count: number; used: number }>({
      text: `select count(*)::int as count, sum(used)::int as used from app_call_count
        where org_id = $1 and path <> '/cgi-bin/token' and path not like '/cgi-bin/openapi/%'`,
      values: [stage.organizationId],
    }),
  )
  // With the question itself, which came after three hundred paths too.
  assert.equal(rows[0]?.used, 311)
  assert.ok((rows[0]?.count ?? 0) <= 301, String(rows[0]?.count))
})
