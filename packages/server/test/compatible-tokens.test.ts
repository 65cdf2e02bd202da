import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Json, startTestApp, type TestApp } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'

const minute = 60_000
let clockMs = Date.parse('2026-03-02T01:00:00Z')
let app: TestApp
let stage: CompatibleStage
before(async () => {
  app = await startTestApp({}, { nowMs: () => clockMs })
  stage = await setCompatibleStage({ test: app, apps: [{ id: 'crm' }, { id: 'bot' }] })
})
after(async () => {
  await stage[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

const get = async (path: string): Promise<Json> => JSON.parse(await (await fetch(`${app.url}${path}`)).text())
const post = async (path: string, body: unknown): Promise<Json> =>
  JSON.parse(
    await (
      await fetch(`${app.url}${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
    ).text(),
  )
const plain = (of = 'crm') =>
  get(`/cgi-bin/token?grant_type=client_credential&appid=${stage.appIdOf(of)}&secret=${stage.secretOf(of)}`)
const stable = (force?: boolean, of = 'crm') =>
  post('/cgi-bin/stable_token', {
    ...{ grant_type: 'client_credential', appid: stage.appIdOf(of), secret: stage.secretOf(of) },
    ...(force !== undefined && { force_refresh: force }),
  })
const stateOf = async (token: string) => (await get(`/cgi-bin/getcallbackip?access_token=${token}`)).errcode ?? 0

test('a token lasts 7200 s; the next one replaces it and leaves it five minutes', async () => {
  const first = await plain()
  assert.deepEqual(Object.keys(first), ['access_token', 'expires_in'])
  assert.equal(first.expires_in, 7200)
  assert.ok(first.access_token.length > 100 && first.access_token.length <= 512)
  const second = await plain()
  assert.notEqual(first.access_token, second.access_token)
  assert.equal(await stateOf(first.access_token), 0)
  clockMs += 5 * minute - 1
  assert.equal(await stateOf(first.access_token), 0)
  clockMs += 3_000
  assert.equal(await stateOf(first.access_token), 40001)
  assert.equal(await stateOf(second.access_token), 0)
  clockMs += 120 * minute
  assert.equal(await stateOf(second.access_token), 42001)
})

test('a stable token stays the same, is renewed in its last five minutes, and knows nothing of the other kind', async () => {
  const first = await stable()
  assert.equal(first.expires_in, 7200)
  const other = await plain()
  assert.equal((await stable(false)).access_token, first.access_token)
  clockMs += 114 * minute
  const later = await stable()
  assert.equal(later.access_token, first.access_token)
  assert.equal(later.expires_in, 360)
  clockMs += 2 * minute
  const renewed = await stable()
  assert.notEqual(renewed.access_token, first.access_token)
  assert.equal(await stateOf(first.access_token), 0)
  assert.equal(await stateOf(other.access_token), 0)
})

test('a forced refresh ends the token at once, at most every 30 s and 20 times a day', async () => {
  clockMs += 24 * 60 * minute
  const first = await stable()
  const forced = await stable(true)
  assert.notEqual(forced.access_token, first.access_token)
  assert.equal(await stateOf(first.access_token), 40001)
  assert.equal((await stable(true)).access_token, forced.access_token)
  let codes = 0
  for (let count = 0; count < 20; count += 1) {
    clockMs += 31_000
    codes += (await stable(true)).errcode === 45009 ? 1 : 0
  }
  assert.equal(codes, 1)
})

test('wrong credentials get the code that WeChat gives for each', async () => {
  const [appid, secret] = [stage.appIdOf('crm'), stage.secretOf('crm')]
  const code = async (query: string) => (await get(`/cgi-bin/token?${query}`)).errcode
  assert.equal(await code(`appid=${appid}&secret=${secret}`), 40002)
  assert.equal(await code(`grant_type=password&appid=${appid}&secret=${secret}`), 40002)
  assert.equal(await code(`grant_type=client_credential&secret=${secret}`), 41002)
  assert.equal(await code(`grant_type=client_credential&appid=${appid}`), 41004)
  assert.equal(await code(`grant_type=client_credential&appid=wxnobody&secret=${secret}`), 40013)
  assert.equal(await code(`grant_type=client_credential&appid=${appid}&secret=${stage.secretOf('bot')}`), 40125)
  const answer = await get('/cgi-bin/token?grant_type=client_credential&appid=wxnobody&secret=x')
  assert.match(answer.errmsg, /^invalid appid rid: [0-9a-f]+-[0-9a-f]{8}-[0-9a-f]{8}$/)
  assert.equal((await post('/cgi-bin/token', {})).errcode, 43001)
  assert.equal((await get('/cgi-bin/stable_token')).errcode, 43002)
  assert.equal((await post('/cgi-bin/stable_token', '')).errcode, 44002)
  assert.equal((await post('/cgi-bin/stable_token', `grant_type=client_credential&appid=${appid}`)).errcode, 47001)
})

test("the account's own secret opens nothing here", async () => {
  const { appId, appSecret } = stage.secrets
  assert.equal(
    (await get(`/cgi-bin/token?grant_type=client_credential&appid=${appId}&secret=${appSecret}`)).errcode,
    40013,
  )
})

test('calls without a token, with a wrong one and with a long one get the documented codes', async () => {
  assert.equal((await get('/cgi-bin/getcallbackip')).errcode, 41001)
  assert.equal((await get('/cgi-bin/getcallbackip?access_token=')).errcode, 41001)
  assert.equal(await stateOf('nonsense'), 40014)
  assert.equal(await stateOf('x'.repeat(5000)), 40014)
})

test('quotas count the calls of a day, are told, and can be cleared ten times a month', async () => {
  const { access_token: token } = await plain()
  const ask = (path: string, body: unknown) => post(`${path}?access_token=${token}`, body)
  await get(`/cgi-bin/getcallbackip?access_token=${token}`)
  const before = await ask('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/message/custom/send' })
  assert.deepEqual(before.quota, { daily_limit: 500000, used: 0, remain: 500000 })
  assert.equal(before.rate_limit.refresh_second, 60)
  const used = await ask('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/getcallbackip' })
  assert.ok(used.quota.used >= 1)
  assert.equal((await ask('/cgi-bin/openapi/quota/clear', { cgi_path: '/cgi-bin/getcallbackip' })).errcode, 0)
  assert.equal((await ask('/cgi-bin/openapi/quota/get', { cgi_path: '/cgi-bin/getcallbackip' })).quota.used, 0)
  for (const [path, code] of [
    ['cgi-bin/x', 76003],
    ['https://x/y', 76003],
    ['/cgi-bin/nothing', 76021],
    ['/sns/userinfo', 76022],
  ])
    assert.equal((await ask('/cgi-bin/openapi/quota/get', { cgi_path: path })).errcode, code)
  assert.equal((await ask('/cgi-bin/clear_quota', { appid: stage.appIdOf('bot') })).errcode, 40013)
  for (let count = 0; count < 5; count += 1)
    assert.deepEqual(await ask('/cgi-bin/clear_quota', { appid: stage.appIdOf('crm') }), { errcode: 0, errmsg: 'ok' })
  const credentials = { appid: stage.appIdOf('crm'), appsecret: stage.secretOf('crm') }
  for (let count = 0; count < 5; count += 1)
    assert.equal((await post('/cgi-bin/clear_quota/v2', credentials)).errcode, 0)
  assert.equal((await post('/cgi-bin/clear_quota/v2', credentials)).errcode, 48006)
  assert.equal((await post('/cgi-bin/clear_quota/v2', { ...credentials, appsecret: 'x' })).errcode, 40125)
})

test('45009 answers when the day is used up, until the next day in China begins', async () => {
  clockMs = Date.parse('2026-05-02T01:00:00Z')
  const counts: Record<string, number> = {}
  for (let count = 0; count < 2_003; count += 1) {
    if (count % 500 === 0) clockMs += minute
    const code = String((await plain('bot')).errcode ?? 0)
    counts[code] = (counts[code] ?? 0) + 1
  }
  assert.deepEqual(counts, { 0: 2_000, 45009: 3 })
  clockMs = Date.parse('2026-05-02T16:00:01Z')
  assert.equal((await plain('bot')).errcode, undefined)
})

test('a refused call is explained by its trace, to the app that made it and to no other, without the token', async () => {
  const { access_token: token } = await plain()
  const { access_token: others } = await plain('bot')
  const refused = await post(`/cgi-bin/openapi/quota/get?access_token=${token}&x=1`, { cgi_path: 'nonsense' })
  const rid = /rid: (\S+)$/.exec(refused.errmsg)?.[1]
  let told: Json = {}
  for (let tries = 0; tries < 50 && told.request === undefined; tries += 1)
    told = await post(`/cgi-bin/openapi/rid/get?access_token=${token}`, { rid })
  assert.equal(told.errcode, 0)
  assert.equal(told.request.request_url, '/cgi-bin/openapi/quota/get?access_token=ACCESS_TOKEN&x=1')
  assert.equal(told.request.request_body, '{"cgi_path":"nonsense"}')
  assert.equal(JSON.parse(told.request.response_body).errcode, 76003)
  assert.equal((await post(`/cgi-bin/openapi/rid/get?access_token=${others}`, { rid })).errcode, 76001)
  assert.equal((await post(`/cgi-bin/openapi/rid/get?access_token=${token}`, { rid: "x' or 1=1" })).errcode, 40097)
})

test('F65 the tokens of an app that left the account are dead, also when it comes back', async () => {
  const { access_token: token } = await plain('bot')
  assert.equal(await stateOf(token), 0)
  await stage.apply({ apps: [{ id: 'crm' }] })
  assert.equal(await stateOf(token), 40014)
  await stage.apply({ apps: [{ id: 'crm' }, { id: 'bot' }] })
  assert.equal(await stateOf(token), 40014)
  assert.equal((await plain('bot')).errcode, undefined)
})

test('N6 neither tokens nor secrets are in the log of the server', async () => {
  const { access_token: token } = await plain()
  await post(`/cgi-bin/message/custom/send?access_token=${token}`, 'nonsense')
  await get(`/cgi-bin/nothing?access_token=${token}`)
  const lines = app.logged.join('\n')
  for (const secret of [token, stage.secretOf('crm'), stage.secrets.appSecret]) assert.ok(!lines.includes(secret))
})
