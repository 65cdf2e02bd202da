// Where the address of an app's server may lead: anybody who may attach an app writes it.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { createEgress, type EgressOptions } from './egress.ts'
import type { Address } from './egress-lookup.ts'

/** Listens on both loopbacks and counts who gets there. */
async function canary(t: TestContext) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.end('success')
  })
  await new Promise<void>((resolve) => server.listen(0, '::', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return { port: address.port, seen }
}

const literals = [
  '127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.0.0.1', '0177.0.0.1', '017700000001', '127.0.0.1.',
  '127.255.255.254', '0', '0.0.0.0', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.254', '192.168.0.1',
  '169.254.169.254', '100.64.0.1', '192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1',
  '240.0.0.1', '255.255.255.255', '[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]',
  '[::ffff:0:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]', '[2002:7f00:1::]',
  '[2001:0:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[fec0::1]', '[ff02::1]', '[100::1]', '[2001:db8::1]',
  '[3fff::1]', '[5f00::1]', '[4000::1]', '①②⑦.⓪.⓪.①', '１２７.0.0.1', '127。0。0。1', 'localhost', 'LOCALHOST', 'localhost.',
  '%31%32%37.0.0.1',
] // biome-ignore format: a table

/** Names under the attacker's control, and what they resolve to, one answer after the other. */
const names: Record<string, readonly (readonly string[])[]> = {
  'loopback.example': [['127.0.0.1']],
  '127.0.0.1.nip.example': [['127.0.0.1']],
  'six.example': [['::1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'zone.example': [['::1%lo']],
  'metadata.example': [['169.254.169.254']],
  'mixed.example': [['10.0.0.1', '127.0.0.1', '::1']],
  'chain.example': [['192.168.1.1', '172.16.0.1']],
  'nothing.example': [[]],
  'garbage.example': [['not an address']],
  'rebind.example': [['192.0.2.1'], ['127.0.0.1'], ['127.0.0.1']],
  'twice.example': [['127.0.0.1'], ['::1'], ['0.0.0.0']],
  'any.example': [['0.0.0.0'], ['::']],
  'tunnel.example': [['64:ff9b::7f00:1'], ['2002:7f00:1::']],
  'private.example': [['fd00::1'], ['10.1.2.3']],
}

function resolver(): NonNullable<EgressOptions['resolve']> {
  const asked = new Map<string, number>()
  return async (name) => {
    const answers = names[name]
    if (answers === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const count = asked.get(name) ?? 0
    asked.set(name, count + 1)
    const addresses = answers[count % answers.length] ?? []
    return addresses.map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
}

function hostileUrls(port: number): string[] {
  const at = [...literals, ...Object.keys(names)].flatMap((host) => [
    `http://${host}:${port}/`,
    `https://${host}:${port}/wx`,
    `http://${host}/?port=${port}`,
  ])
  return [
    ...at,
    `http://example.com@127.0.0.1:${port}/`,
    `http://user:pass@localhost:${port}/`,
    `http://127.0.0.1:${port}#@example.com/`,
    `http://example.com:80@127.0.0.1:${port}/`,
    `http:\\\\127.0.0.1:${port}\\`,
    `http:/127.0.0.1:${port}/`,
    `//127.0.0.1:${port}/`,
    `HTTP://LOCALHOST:${port}/`,
    `http://\t127.0.0.1:${port}/`,
    `http://127.0.0.1\n:${port}/`,
    ...[
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'ftp://127.0.0.1/',
      'unix:/tmp/x',
      'data:text/plain,x',
      'ws://[::1]/',
    ],
  ]
}

const push = { method: 'POST', body: '<xml/>', timeoutMs: 1_500, maxResponseBytes: 1_000, trust: 'app-push' } as const

test('A4: 200 hostile push addresses and not one reaches a canary on loopback', { timeout: 60_000 }, async (t) => {
  const { port, seen } = await canary(t)
  // The operator allowed something else, and media downloads something more.
  const egress = createEgress({ allow: ['127.0.0.0/8', '::1'], allowPushes: ['10.77.0.0/16'], resolve: resolver() })
  t.after(() => egress.close())
  const urls = hostileUrls(port)
  assert.ok(urls.length >= 200, `${urls.length}`)
  for (let round = 0; round < 3; round += 1) {
    const results = await Promise.all(urls.map((url) => egress.request({ ...push, url })))
    for (const [at, result] of results.entries()) assert.equal(result.sent, 'not-sent', urls[at] ?? '')
  }
  assert.deepEqual(seen, [])
})

test('A4: the same canary is reached when the operator allowed its range, by number and by name', async (t) => {
  const { port, seen } = await canary(t)
  const egress = createEgress({ allow: [], allowPushes: ['127.0.0.0/8', '::1'], resolve: resolver() })
  t.after(() => egress.close())
  for (const host of ['127.0.0.1', '[::1]', 'loopback.example']) {
    const result = await egress.request({ ...push, url: `http://${host}:${port}/wx` })
    assert.ok(result.sent === 'yes', host)
  }
  assert.equal(seen.length, 3)
})

test('A4: on the public internet a push goes to the ports of the web only, as WeChat’s own', async (t) => {
  const asked: string[] = []
  const egress = createEgress({
    allow: [],
    allowPushes: [],
    resolve: async (name) => {
      asked.push(name)
      return [
        { address: '192.88.99.1', family: 4 },
        { address: '203.0.114.1', family: 4 },
      ]
    },
  })
  t.after(() => egress.close())
  const odd = await egress.request({ ...push, url: 'http://public.example:6379/' })
  assert.ok(odd.sent === 'not-sent')
  assert.equal(odd.error.code, 'refused-address')
  const literal = await egress.request({ ...push, url: 'http://203.0.114.1:22/' })
  assert.ok(literal.sent === 'not-sent')
  assert.equal(literal.error.code, 'refused-address')
  assert.deepEqual(asked, ['public.example'])
})

test('A4: a redirect of an app leads nowhere, and a long answer is cut off', async (t) => {
  const { port, seen } = await canary(t)
  const app = createServer((request, response) => {
    if (request.url === '/long') return response.end('x'.repeat(2_000_000))
    response.writeHead(302, { location: `http://[::1]:${port}/` }).end()
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  t.after(() => app.close())
  const address = app.address()
  assert.ok(address !== null && typeof address === 'object')
  const egress = createEgress({ allow: [], allowPushes: ['127.0.0.1'] })
  t.after(() => egress.close())
  const redirect = await egress.request({ ...push, url: `http://127.0.0.1:${address.port}/` })
  assert.ok(redirect.sent === 'yes')
  assert.equal(redirect.status, 302)
  const long = await egress.request({ ...push, url: `http://127.0.0.1:${address.port}/long` })
  assert.ok(long.sent === 'unknown')
  assert.equal(long.error.code, 'too-long')
  assert.deepEqual(seen, [])
})
