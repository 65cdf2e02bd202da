import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { operationIds, operations } from '@duoke/contract'
import fc from 'fast-check'
import { proofSize } from '../../../test/proof-sizes.ts'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

let server: TestApp
let org: TestOrganization
let token: string
let conversation: string
let cookie: string
before(async () => {
  server = await startTestApp()
  org = await server.organization({ agents: [{ id: 'lili', role: 'admin', password: 'correct horse battery' }] })
  token = await org.token('lili')
  conversation = await org.write('o-1', '你好')
  const signedIn = await ask(server.url, '/v1/sign-in', {
    body: { agentId: 'lili', password: 'correct horse battery' },
  })
  cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
})
after(() => server[Symbol.asyncDispose]())

const messages = () => `/v1/conversations/${conversation}/messages`

/** Bytes as they are, so that what no HTTP library would send can be sent. */
function raw(text: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(text)
    // Half-closed: what was sent is all there will be.
    socket.end()
  })
}
const head = (extra: string, path = '/v1/me', method = 'GET') =>
  `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${extra}\r\n`

test('I-10: a cookie is worth nothing to another site or another port of this host, for what changes something', async () => {
  const put = (headers: Record<string, string>) =>
    ask(server.url, '/v1/me/presence', { method: 'PUT', body: { status: 'online' }, headers: { cookie, ...headers } })
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: server.url.replace(/:\d+$/, ':1') },
  ]
  for (const headers of foreign) {
    const answer = await put(headers)
    assert.deepEqual([answer.status, answer.body.code], [403, 'cross_site'], JSON.stringify(headers))
  }
  assert.equal((await put({ 'sec-fetch-site': 'same-origin', origin: server.url })).status, 200)
  assert.equal((await put({ origin: server.url })).status, 200)
})

test('I-10: nobody is signed in or out by another site', async () => {
  const headers = { 'sec-fetch-site': 'cross-site' }
  const signIn = await ask(server.url, '/v1/sign-in', { body: { agentId: 'lili', password: 'x' }, headers })
  const signOut = await ask(server.url, '/v1/sign-out', { method: 'POST', headers: { ...headers, cookie } })
  assert.deepEqual([signIn.body.code, signOut.body.code], ['cross_site', 'cross_site'])
})

test('I-10: a token in a header needs no origin: no other site can send it', async () => {
  const answer = await ask(server.url, '/v1/me/presence', {
    ...{ method: 'PUT', body: { status: 'online' }, token },
    headers: { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(answer.status, 200)
})

test('N6: a token in the address is no token', async () => {
  for (const path of [`/v1/agents?token=${token}`, `/v1/agents?access_token=${token}`]) {
    assert.equal((await ask(server.url, path)).status, 401)
  }
})

test('N4: a header that must be once is refused twice', async () => {
  for (const name of ['Authorization', 'Idempotency-Key', 'Content-Type', 'Origin']) {
    const answer = await raw(head(`${name}: a\r\n${name}: b\r\n`))
    assert.match(answer, /^HTTP\/1\.1 400 /, name)
    assert.match(answer, /"code":"invalid_request"/, name)
  }
})

test('N4: requests that two readers would read differently are refused', async () => {
  const chunked = 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n'
  const cases = [
    head(`${chunked}Content-Type: application/json\r\n`, '/v1/sign-in', 'POST'),
    head('Content-Length: 5\r\nContent-Length: 6\r\n', '/v1/sign-in', 'POST'),
    head('Transfer-Encoding : chunked\r\n', '/v1/sign-in', 'POST'),
    head('X: a\rb\r\n'),
    head('X\0: a\r\n'),
    'GET /v1/me HTTP/1.1\r\n\r\n',
    'GET  /v1/me HTTP/1.1\r\nHost: x\r\n\r\n',
    `GET /v1/me HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
    'nonsense\r\n\r\n',
  ]
  for (const text of cases) {
    const answer = await raw(text)
    assert.match(answer, /^HTTP\/1\.1 4\d\d /, text.slice(0, 80))
    assert.doesNotMatch(answer, /node_modules|at .*:\d+:\d+|Server:/)
  }
})

test('N4: a query name given twice, or one that is not documented, is refused', async () => {
  for (const query of [
    'status=open&status=closed',
    'limit=1&limit=2',
    'limit[]=1',
    'limit=1.5',
    'limit=0x1',
    'limit=201',
    'limit=',
    'status=OPEN',
    'whatever=1',
    '__proto__=1',
    'after=%00',
  ]) {
    const answer = await ask(server.url, `/v1/conversations?${query}`, { token })
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], query)
  }
})

test('N4: a body counts as JSON only when it says so, however the type is dressed up', async () => {
  const body = '{"type":"text","text":"x"}'
  const send = (type: string) => ask(server.url, messages(), { token, body, headers: { 'content-type': type } })
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'application/json\ta',
    'text/html, application/json',
    'APPLICATION/XML',
  ]) {
    const answer = await send(type)
    assert.deepEqual([answer.status, answer.body.code], [415, 'unsupported_media_type'], type)
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON']) {
    assert.notEqual((await send(type)).status, 415, type)
  }
})

test('F34: bytes that are no UTF-8, and JSON that is none, are refused as such', async () => {
  const send = async (body: string | Uint8Array<ArrayBuffer>) => {
    const response = await fetch(new URL(messages(), server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    return (await response.json()) as { code: string }
  }
  const invalid = Uint8Array.from(Buffer.from('{"type":"text","text":"\xff\xfe"}', 'latin1'))
  for (const body of [invalid, '{', 'undefined', '{"type":"text","text":"x"}}', "{'type':'text'}", '\ufeff']) {
    assert.equal((await send(body)).code, 'malformed_json', String(body))
  }
})

test('F37: half a surrogate pair and U+0000 are refused and named, every other character is kept', async () => {
  for (const text of ['\\ud800', 'a\\u0000b', '\\udc00x']) {
    const answer = await ask(server.url, messages(), { token, body: `{"type":"text","text":"${text}"}` })
    assert.deepEqual([answer.status, answer.body.errors[0].path], [400, '/text'], text)
  }
  const fresh = await org.write('o-unicode', '你好')
  const kept = '👩‍👩‍👧‍👦 \u202e rtl \u0007 \u200d <b>"\'&\\ 𠮷'
  const sent = await ask(server.url, `/v1/conversations/${fresh}/messages`, {
    token,
    body: { type: 'text', text: kept },
  })
  const read = await ask(server.url, `/v1/conversations/${fresh}/messages`, { token })
  assert.deepEqual([sent.body.content.text, read.body.items[0].content.text], [kept, kept])
})

test('a body that is deeply nested, huge or of the wrong form is refused with the field', async () => {
  const deep = await ask(server.url, messages(), { token, body: `{"type":${'['.repeat(5000)}${']'.repeat(5000)}}` })
  assert.equal(deep.status, 400)
  const huge = await ask(server.url, messages(), { token, body: { type: 'text', text: 'x'.repeat(1_200_000) } })
  assert.deepEqual([huge.status, huge.body.code], [413, 'payload_too_large'])
  const wrong = await ask(server.url, `/v1/conversations/${conversation}/read`, { token, body: { upTo: '1', more: 1 } })
  assert.deepEqual(wrong.body.errors.map(({ path }: { path: string }) => path).sort(), [
    '/body',
    '/body/more',
    '/body/upTo',
  ])
})

test('an address that is not there is 404, a method that it has not is 405 with those it has', async () => {
  assert.equal((await ask(server.url, '/v1/nothing', { token })).body.code, 'not_found')
  for (const path of [
    '/v1/conversations/..%2f..',
    '/v1/conversations/%00',
    `/v1/conversations/${'x'.repeat(300)}`,
    '/v1/conversations/a%20b',
    "/v1/conversations/'--",
  ]) {
    assert.equal((await ask(server.url, path, { token })).status, 404, path)
  }
  const wrong = await ask(server.url, '/v1/conversations', { token, method: 'DELETE' })
  assert.deepEqual([wrong.status, wrong.body.code, wrong.headers.get('allow')], [405, 'method_not_allowed', 'GET'])
})

test('N2: without a trusted proxy, a forwarded address is only what somebody says', async () => {
  await using direct = await startTestApp()
  const remaining = async (address: string) => {
    const answer = await ask(direct.url, '/v1/me', { headers: { 'x-forwarded-for': address } })
    return Number(/r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1])
  }
  const first = await remaining('10.0.0.1')
  const others = await Promise.all(Array.from({ length: 60 }, (_, at) => remaining(`10.0.1.${at}`)))
  assert.ok(Math.min(...others) < first - 20, 'all of them counted for one address')
})

test('N2: two clients behind a trusted proxy have two allowances', async () => {
  await using proxied = await startTestApp({ trustProxy: '127.0.0.0/8' })
  const from = (address: string) => ask(proxied.url, '/v1/me', { headers: { 'x-forwarded-for': address } })
  const remaining = (limit: string | null) => Number(/r=(\d+)/.exec(limit ?? '')?.[1])
  await from('203.0.113.1')
  const first = await from('203.0.113.1')
  const second = await from('203.0.113.2')
  assert.ok(remaining(second.headers.get('ratelimit')) > remaining(first.headers.get('ratelimit')))
  const spoofed = await ask(proxied.url, '/v1/me', { headers: { 'x-forwarded-for': '198.51.100.9, 203.0.113.1' } })
  assert.ok(
    remaining(spoofed.headers.get('ratelimit')) < remaining(second.headers.get('ratelimit')),
    'only what the proxy itself added counts',
  )
})

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
  fc.double(),
  fc.constantFrom(null, '', 'null', '[]', '{}', "'; drop table event; --", '\\', '../../etc/passwd'),
)

test('N9: no request makes the server show what it is made of', async () => {
  const admin = await org.adminToken()
  const leaks =
    /node_modules|\.ts:\d+|\bat (async )?\w+ \(|\bselect\b.*\bfrom\b|postgres|syntax error|ECONN|SQLSTATE|fastify|FST_|duoke_app|violates/i
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...operationIds.filter((id) => id !== 'listEvents' && id !== 'removeExample')),
      fc.record({
        id: fc.string({ unit: 'binary', maxLength: 90 }),
        query: fc.string({ unit: 'binary' }),
        body: anything,
        key: fc.string({ maxLength: 250 }),
      }),
      async (id, given) => {
        const { method, path } = operations[id]
        const target = path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(given.id.toWellFormed()) || 'x')
        const query = given.query === '' ? '' : `?${encodeURIComponent(given.query.toWellFormed())}=1`
        const key = given.key.replaceAll(/[^\x20-\x7e]/g, '').trim()
        const answer = await ask(server.url, `${target}${query}`, {
          ...{ method, token: admin },
          ...(method !== 'GET' && { body: JSON.stringify(given.body) }),
          headers: key === '' ? {} : { 'idempotency-key': key },
        })
        if (answer.status === 429) return
        assert.ok(answer.status < 500, `${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`)
        if (answer.status >= 400) {
          assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
          assert.doesNotMatch(JSON.stringify(answer.body), leaks)
        }
        for (const name of ['server', 'x-powered-by']) assert.equal(answer.headers.get(name), null)
      },
    ),
    { numRuns: proofSize('hostileRequests') },
  )
})

test('N9: a fault shows its trace id and nothing of itself, which is in the log', async () => {
  await using broken = await startTestApp()
  const other = await broken.organization()
  const mine = await other.adminToken()
  await broken.app.ground.database.withWorker((tx) =>
    tx.query({ text: `update account set config = '"broken"'::json` }),
  )
  const { status, body } = await ask(broken.url, '/v1/accounts', { token: mine })
  assert.deepEqual([status, body.code], [500, 'internal'])
  assert.deepEqual(Object.keys(body).sort(), ['code', 'retryable', 'status', 'title', 'traceId', 'type', 'whatToDo'])
  assert.ok(broken.logged.some((line) => line.includes(body.traceId) && line.includes('TypeError')))
})

test('answers carry the headers that keep a browser from doing harm', async () => {
  const answer = await ask(server.url, '/v1/me', { token })
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer')
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; frame-ancestors 'none'/)
})

test('the reference works without scripts, styles of others, or the network', async () => {
  for (const path of ['/docs', '/docs/events', '/docs/errors']) {
    const page = await ask(server.url, path)
    assert.equal(page.status, 200)
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self'/)
    assert.doesNotMatch(page.body, /<script|style=|https?:\/\/(?!json)/)
  }
  for (const id of operationIds) assert.ok((await ask(server.url, '/docs')).body.includes(`id="${id}"`), id)
})

test('the OpenAPI document has every operation, and every reference in it leads somewhere', async () => {
  const { body } = await ask(server.url, '/v1/openapi.json')
  assert.equal(body.openapi, '3.1.0')
  for (const id of operationIds) {
    const { method, path } = operations[id]
    assert.equal(body.paths[path][method.toLowerCase()].operationId, id)
  }
  const asyncApi = (await ask(server.url, '/v1/asyncapi.json')).body
  for (const document of [body, asyncApi]) {
    for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = pointer.split('/').reduce((node, key) => node?.[key], document)
      assert.ok(found !== undefined, pointer)
    }
  }
})

test('health needs nothing; figures are for loopback only when nobody forwards', async () => {
  assert.equal((await ask(server.url, '/healthz')).status, 200)
  assert.equal((await ask(server.url, '/readyz')).body.status, 'ready')
  const metrics = await ask(server.url, '/metrics')
  assert.match(metrics.body, /duoke_http_request_seconds_count/)
  assert.equal((await ask(server.url, '/metrics', { headers: { 'x-forwarded-for': '127.0.0.1' } })).status, 401)
  await using guarded = await startTestApp({ metricsToken: 'figures' })
  assert.equal((await ask(guarded.url, '/metrics')).status, 401)
  assert.equal((await ask(guarded.url, '/metrics', { token: 'wrong' })).status, 401)
  assert.equal((await ask(guarded.url, '/metrics', { token: 'figures' })).status, 200)
})

test('N6: what a token may do ends within seconds of its end, and at once on this server', async () => {
  const made = await ask(server.url, '/v1/tokens', { token, body: { holder: { kind: 'agent', id: 'lili' } } })
  const { token: fresh, info } = made.body
  assert.equal((await ask(server.url, '/v1/me', { token: fresh })).status, 200)
  assert.equal((await ask(server.url, `/v1/tokens/${info.id}`, { token, method: 'DELETE' })).status, 204)
  assert.equal((await ask(server.url, '/v1/me', { token: fresh })).status, 401)
  const short = await ask(server.url, '/v1/tokens', {
    token,
    body: { holder: { kind: 'agent', id: 'lili' }, expiresInMs: 1000 },
  })
  const until = Date.now() + 5000
  let status = 200
  while (status === 200 && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200))
    status = (await ask(server.url, '/v1/me', { token: short.body.token })).status
  }
  assert.equal(status, 401)
})

test('N3: over https the cookie is bound to the host and the browser is told to stay there', async () => {
  await using secure = await startTestApp({ publicUrl: 'https://chat.example.com' })
  await secure.organization({ agents: [{ id: 'lili', password: 'correct horse battery' }] })
  const body = { agentId: 'lili', password: 'correct horse battery' }
  const address = secure.app.http.server.address()
  assert.ok(address !== null && typeof address === 'object')
  const here = `http://127.0.0.1:${address.port}`
  const answer = await ask(here, '/v1/sign-in', { body, headers: { origin: 'https://chat.example.com' } })
  assert.match(
    answer.headers.get('set-cookie') ?? '',
    /^__Host-duoke_session=dk_[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
  )
  assert.equal(answer.headers.get('strict-transport-security'), 'max-age=31536000')
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  assert.equal((await ask(here, '/v1/me', { headers: { cookie } })).status, 200)
  assert.equal((await ask(here, '/v1/me', { headers: { cookie: cookie.replace('__Host-', '') } })).status, 401)
})
