import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ask, startTestApp, type TestApp, type TestOrganization } from './support/app.ts'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
let server: TestApp
let org: TestOrganization
let token: string
let place: string
before(async () => {
  place = mkdtempSync(join(tmpdir(), 'duoke-console-'))
  const folder = join(place, 'dist')
  mkdirSync(join(folder, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Console</title>')
  writeFileSync(join(folder, 'assets', 'app-abc123.js'), 'export {}')
  writeFileSync(join(folder, '..', 'outside.txt'), 'outside')
  server = await startTestApp({ console: folder, phoneUrl: 'http://127.0.0.1:7400', mediaUrl: '' })
  org = await server.organization()
  token = await org.token('lili')
})
after(async () => {
  await server[Symbol.asyncDispose]()
  rmSync(place, { recursive: true, force: true })
})

async function upload(
  base: string,
  bytes: Uint8Array<ArrayBuffer>,
  options: { field?: string; name?: string; type?: string; bearer?: string } = {},
) {
  const { field = 'file', name = 'a.png', type = 'image/png', bearer = token } = options
  const form = new FormData()
  form.append(field, new Blob([bytes], { type }), name)
  const response = await fetch(new URL('/v1/media', base), {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: form,
  })
  return { status: response.status, body: await response.json() }
}

test('a picture is uploaded, sent, and downloaded again byte for byte, in a sandbox', async () => {
  const uploaded = await upload(server.url, Uint8Array.from(png))
  assert.deepEqual(
    [uploaded.status, uploaded.body.contentType, uploaded.body.sizeBytes],
    [201, 'image/png', png.length],
  )
  const conversation = await org.write('o-1', '发张图')
  const sent = await ask(server.url, `/v1/conversations/${conversation}/messages`, {
    token,
    body: { type: 'image', mediaId: uploaded.body.id },
  })
  assert.equal(sent.status, 202)
  const response = await fetch(new URL(`/v1/media/${uploaded.body.id}`, server.url), {
    headers: { authorization: `Bearer ${token}` },
  })
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), png)
  assert.match(response.headers.get('content-security-policy') ?? '', /sandbox/)
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
  assert.match(response.headers.get('content-disposition') ?? '', /^inline; filename="md_/)
})

test('U4: what is no picture, voice or video by its bytes is refused, whatever it calls itself', async () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
  for (const [bytes, type] of [
    [svg, 'image/svg+xml'],
    [svg, 'image/png'],
    ['<html><script>alert(1)</script>', 'image/jpeg'],
    ['%PDF-1.7', 'application/pdf'],
    ['', 'image/png'],
  ] as const) {
    const refused = await upload(server.url, Uint8Array.from(Buffer.from(bytes)), { type })
    assert.deepEqual([refused.status, refused.body.code], [415, 'unsupported_media_type'], bytes.slice(0, 10))
  }
})

test('a file that is too large, missing or under another name is refused', async () => {
  const large = Buffer.alloc(10 * 1024 * 1024 + 1)
  png.copy(large)
  assert.equal((await upload(server.url, Uint8Array.from(large))).body.code, 'payload_too_large')
  assert.equal((await upload(server.url, Uint8Array.from(png), { field: 'other' })).body.code, 'invalid_request')
  const json = await ask(server.url, '/v1/media', { token, body: {} })
  assert.deepEqual([json.status, json.body.code], [415, 'unsupported_media_type'])
})

test('F68: an upload with the same key is one file, and another file with it is refused', async () => {
  const send = async (bytes: Buffer) => {
    const form = new FormData()
    form.append('file', new Blob([Uint8Array.from(bytes)], { type: 'image/png' }), 'a.png')
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'one-file' }
    const response = await fetch(new URL('/v1/media', server.url), { method: 'POST', headers, body: form })
    return { status: response.status, body: await response.json() }
  }
  const [first, again] = [await send(png), await send(png)]
  assert.equal(again.body.id, first.body.id)
  assert.equal((await send(Buffer.concat([png, Buffer.from('x')]))).body.code, 'idempotency_mismatch')
})

test('a message names only files that are there', async () => {
  const conversation = await org.write('o-2', '发张图')
  const other = await server.organization()
  const foreign = await upload(server.url, Uint8Array.from(png), { bearer: await other.token('lili') })
  for (const mediaId of ['md_none', foreign.body.id]) {
    const sent = await ask(server.url, `/v1/conversations/${conversation}/messages`, {
      token,
      body: { type: 'image', mediaId },
    })
    assert.deepEqual([sent.status, sent.body.code], [422, 'content_refused'])
  }
  assert.equal((await ask(server.url, `/v1/media/${foreign.body.id}`, { token })).status, 404)
})

test('U4: with an origin of their own, files are shown there for a few minutes, without a cookie or a token', async () => {
  let nowMs = Date.now()
  await using elsewhere = await startTestApp({ mediaUrl: 'http://media.example' }, { nowMs: () => nowMs })
  const own = await elsewhere.organization()
  const bearer = await own.token('lili')
  const { body } = await upload(elsewhere.url, Uint8Array.from(png), { bearer })
  const sentTo = await ask(elsewhere.url, `/v1/media/${body.id}`, { token: bearer })
  const location = new URL(sentTo.headers.get('location') ?? '')
  assert.deepEqual([sentTo.status, location.origin], [302, 'http://media.example'])
  assert.ok(!location.href.includes(bearer))
  const open = (search: string, path = location.pathname) => ask(elsewhere.url, `${path}${search}`)
  assert.equal((await open(location.search)).status, 200)
  for (const search of [
    '',
    '?until=9999999999999&proof=x',
    location.search.replace(/until=\d/, 'until=9'),
    `${location.search}x`,
  ]) {
    assert.equal((await open(search)).status, 404, search)
  }
  const another = location.pathname.replace(/md_.{3}/, 'md_AAA')
  assert.equal((await open(location.search, another)).status, 404)
  nowMs += 6 * 60_000
  assert.equal((await open(location.search)).status, 404)
})

test('U2: the console has one policy: no inline script, Trusted Types, framed by nobody, the phone alone framed', async () => {
  for (const path of ['/', '/index.html', '/conversations/cv_1']) {
    const page = await ask(server.url, path)
    assert.equal(page.status, 200)
    const policy = page.headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'frame-src http://127.0.0.1:7400',
    ]) {
      assert.ok(policy.includes(rule), `${path}: ${rule}`)
    }
    assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline/)
    assert.equal(page.headers.get('cache-control'), 'no-cache')
  }
})

test('built files are kept by browsers, and nothing outside their folder is served', async () => {
  const file = await ask(server.url, '/assets/app-abc123.js')
  assert.deepEqual([file.status, file.headers.get('cache-control')], [200, 'public, max-age=31536000, immutable'])
  for (const path of [
    '/assets/none.js',
    '/..%2foutside.txt',
    '/assets/..%2f..%2foutside.txt',
    '/.env',
    '/%2e%2e/outside.txt',
  ]) {
    const answer = await ask(server.url, path)
    assert.ok(answer.status >= 400 && !String(answer.body).includes('outside'), `${path} ${answer.status}`)
  }
})
