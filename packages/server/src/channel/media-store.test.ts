import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createEgress } from './egress.ts'
import { openMediaStore } from './media-store.ts'
import { looksLikeText, mediaTypeOf } from './media-type.ts'

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'duoke-media-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

function openEgress(t: TestContext) {
  const egress = createEgress({ allow: [] })
  t.after(() => egress.close())
  return egress
}

test('a folder gives back what it took, once for the same bytes, and to its organization alone', async (t) => {
  const path = folder(t)
  const store = openMediaStore({ kind: 'folder', path }, openEgress(t))
  const bytes = randomBytes(5_000)
  const [first, second] = await Promise.all([store.put('acme', bytes), store.put('acme', bytes)])
  assert.deepEqual(first, second)
  assert.deepEqual(Buffer.from(first.sha256), createHash('sha256').update(bytes).digest())
  assert.deepEqual(await store.read('acme', first.sha256), bytes)
  assert.equal(await store.read('other', first.sha256), null)
  assert.equal(readdirSync(join(path, 'acme'), { recursive: true }).length, 2)
})

test('F57: a file that was cut off half-way is written anew', async (t) => {
  const path = folder(t)
  const store = openMediaStore({ kind: 'folder', path }, openEgress(t))
  const bytes = randomBytes(1_000)
  const { sha256 } = await store.put('acme', bytes)
  const [name] = readdirSync(join(path, 'acme'), { recursive: true }).filter((one) => one.length > 64)
  truncateSync(join(path, 'acme', String(name)), 500)
  await store.put('acme', bytes)
  assert.deepEqual(await store.read('acme', sha256), bytes)
})

/** Keeps objects by path and refuses what is not signed. */
async function objectServer(t: TestContext) {
  const objects = new Map<string, Buffer>()
  const writes: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      const path = request.url ?? ''
      const digest = createHash('sha256').update(body).digest('hex')
      const isSigned = /^AWS4-HMAC-SHA256 Credential=key\//.test(request.headers.authorization ?? '')
      if (!isSigned || request.headers['x-amz-content-sha256'] !== digest) return response.writeHead(403).end()
      if (request.method === 'PUT') {
        objects.set(path, body)
        writes.push(path)
        return response.end()
      }
      const found = objects.get(path)
      if (found === undefined) return response.writeHead(404).end()
      return response.end(request.method === 'HEAD' ? undefined : found)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { endpoint: `http://127.0.0.1:${address.port}`, writes, server }
}

test('an S3-compatible store gets signed requests and each file once', async (t) => {
  const { endpoint, writes } = await objectServer(t)
  const place = {
    kind: 's3',
    bucket: 'duoke/media',
    endpoint,
    region: 'us-east-1',
    accessKey: 'key',
    secretKey: 's',
  } as const
  const store = openMediaStore(place, openEgress(t))
  const bytes = randomBytes(5_000)
  const { sha256, size } = await store.put('acme', bytes)
  await store.put('acme', bytes)
  assert.equal(size, 5_000)
  assert.equal(writes.length, 1)
  assert.match(writes[0] ?? '', /^\/duoke\/media\/acme\/[0-9a-f]{2}\/[0-9a-f]{64}$/)
  assert.deepEqual(Buffer.from((await store.read('acme', sha256)) ?? []), bytes)
  assert.equal(await store.read('other', sha256), null)
})

test('a store that cannot be reached or refuses is an error, not a lost file', async (t) => {
  const { endpoint, server } = await objectServer(t)
  const place = {
    kind: 's3',
    bucket: 'duoke',
    endpoint,
    region: 'us-east-1',
    accessKey: 'wrong',
    secretKey: 's',
  } as const
  const store = openMediaStore(place, openEgress(t))
  await assert.rejects(store.put('acme', randomBytes(10)), /answered 403/)
  await assert.rejects(store.read('acme', randomBytes(32)), /answered 403/)
  server.closeAllConnections()
  server.close()
  await assert.rejects(store.put('acme', randomBytes(10)), /cannot be reached/)
})

test('a file is what its bytes say', () => {
  const heads: [string, string][] = [
    ['ffd8ffe0', 'image/jpeg'],
    ['89504e470d0a1a0a', 'image/png'],
    [Buffer.from('GIF89a').toString('hex'), 'image/gif'],
    [Buffer.from('RIFF0000WEBPVP8 ').toString('hex'), 'image/webp'],
    [Buffer.from('#!AMR\n').toString('hex'), 'audio/amr'],
    [Buffer.from('ID3').toString('hex'), 'audio/mpeg'],
    ['fffb9064', 'audio/mpeg'],
    ['00000018667479706d703432', 'video/mp4'],
    [Buffer.from('<svg onload=alert(1)>').toString('hex'), 'application/octet-stream'],
    [Buffer.from('%PDF-1.7').toString('hex'), 'application/octet-stream'],
    ['fffe3c00', 'application/octet-stream'],
    ['', 'application/octet-stream'],
  ]
  for (const [hex, contentType] of heads)
    assert.equal(mediaTypeOf(Buffer.from(hex, 'hex')).contentType, contentType, hex)
})

test('an error page in place of a file is recognised', () => {
  assert.ok(looksLikeText(Buffer.from('\n <!DOCTYPE html>')))
  assert.ok(looksLikeText(Buffer.from('{"errcode":-1}')))
  assert.ok(!looksLikeText(Buffer.from('89504e47', 'hex')))
})
