import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createEgress, type Egress, type EgressOptions, type EgressRequest } from './egress.ts'
import { testCertificate } from './testing/certificate.ts'

function open(t: TestContext, options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: [], ...options })
  t.after(() => egress.close())
  return egress
}

async function listen(t: TestContext, server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

const serve = (t: TestContext, listener: RequestListener) => listen(t, createServer(listener))

/** Every connection is given to `act`; what was received is counted. */
async function raw(t: TestContext, act: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const server = createTcpServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    act(socket)
  })
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  return { port: await listen(t, server), sockets }
}

const send = (port: number, changes: Partial<EgressRequest> = {}): EgressRequest => ({
  url: `http://127.0.0.1:${port}/send`,
  method: 'POST',
  body: '{}',
  timeoutMs: 2_000,
  maxResponseBytes: 1_000,
  trust: 'operator',
  ...changes,
})

test('an answer comes with status, headers and bytes', async (t) => {
  const port = await serve(t, (request, response) => {
    response.setHeader('x-method', request.method ?? '')
    request.pipe(response)
  })
  const result = await open(t).request(send(port, { body: '你好' }))
  assert.equal(result.sent, 'yes')
  assert.ok(result.sent === 'yes')
  assert.equal(Buffer.from(result.body).toString(), '你好')
  assert.equal(result.headers['x-method'], 'POST')
})

test('F47: a refused connection was provably not sent', async (t) => {
  const closed = createTcpServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const address = closed.address()
  assert.ok(address !== null && typeof address === 'object')
  await new Promise((resolve) => closed.close(resolve))
  const result = await open(t).request(send(address.port))
  assert.ok(result.sent === 'not-sent')
  assert.equal(result.error.code, 'ECONNREFUSED')
})

test('F47: a name that does not resolve was provably not sent', async (t) => {
  const egress = open(t, {
    resolve: () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
  })
  const result = await egress.request(send(80, { url: 'http://nowhere.example/' }))
  assert.ok(result.sent === 'not-sent')
  assert.equal(result.error.code, 'ENOTFOUND')
})

test('F47, F85: a certificate nobody trusts means not sent, and not one byte of the request arrives', async (t) => {
  let requests = 0
  let clearBytes = 0
  const server = createTlsServer(
    { key: testCertificate.key, cert: testCertificate.certificate },
    (_request, response) => {
      requests += 1
      response.end()
    },
  )
  server.on('secureConnection', (socket) => socket.on('data', (data: Buffer) => (clearBytes += data.length)))
  const port = await listen(t, server)
  const egress = open(t)
  const result = await egress.request(send(port, { url: `https://localhost:${port}/` }))
  assert.equal(result.sent, 'not-sent')
  const trusting = open(t, { ca: testCertificate.certificate })
  const second = await trusting.request(send(port, { url: `https://localhost:${port}/` }))
  assert.equal(second.sent, 'yes')
  assert.equal(requests, 1)
  assert.ok(clearBytes > 0)
})

test('a server that accepts and never shakes hands for TLS means not sent', async (t) => {
  const { port } = await raw(t, () => {})
  const result = await open(t).request(send(port, { url: `https://127.0.0.1:${port}/`, timeoutMs: 100 }))
  assert.ok(result.sent === 'not-sent')
  assert.equal(result.error.code, 'deadline')
})

test('F46: a request that was taken and never answered is unknown', async (t) => {
  const port = await serve(t, () => {})
  const result = await open(t).request(send(port, { timeoutMs: 100 }))
  assert.ok(result.sent === 'unknown')
  assert.equal(result.error.code, 'deadline')
})

test('F46: a connection cut after the request, after the headers or in the body is unknown', async (t) => {
  const answers = [
    '',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"er',
  ]
  for (const answer of answers) {
    const { port } = await raw(t, (socket) => socket.once('data', () => socket.end(answer)))
    const result = await open(t).request(send(port))
    assert.equal(result.sent, 'unknown', JSON.stringify(answer))
  }
})

test('F46: a reset connection is unknown once the request was under way', async (t) => {
  const { port } = await raw(t, (socket) => socket.once('data', () => socket.resetAndDestroy()))
  const result = await open(t).request(send(port))
  assert.equal(result.sent, 'unknown')
})

test('an answer longer than allowed is cut off and unknown', async (t) => {
  const port = await serve(t, (_request, response) => response.end('x'.repeat(2_000)))
  const result = await open(t).request(send(port))
  assert.ok(result.sent === 'unknown')
  assert.equal(result.error.code, 'too-long')
})

/** Answers the first request of a connection and resets it at the second; further connections are answered. */
async function flaky(t: TestContext) {
  let seen = 0
  let first = true
  const { port } = await raw(t, (socket) => {
    const answersSecond = !first
    first = false
    let requests = 0
    socket.on('data', () => {
      seen += 1
      requests += 1
      if (requests === 2 && !answersSecond) return socket.resetAndDestroy()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  return { port, seen: () => seen }
}

test('a kept connection that dies under a send leaves it unknown, and it is not sent again', async (t) => {
  const server = await flaky(t)
  const egress = open(t)
  assert.equal((await egress.request(send(server.port))).sent, 'yes')
  assert.equal((await egress.request(send(server.port))).sent, 'unknown')
  assert.equal(server.seen(), 2)
})

test('a kept connection that dies under a read is replaced by a new one', async (t) => {
  const server = await flaky(t)
  const egress = open(t)
  const read = send(server.port, { method: 'GET', body: undefined })
  assert.equal((await egress.request(read)).sent, 'yes')
  assert.equal((await egress.request(read)).sent, 'yes')
  assert.equal(server.seen(), 3)
})

test('a redirect is an answer, not an errand', async (t) => {
  const port = await serve(t, (_request, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  )
  const result = await open(t).request(send(port))
  assert.ok(result.sent === 'yes')
  assert.equal(result.status, 302)
})

test('A4: a guarded request reaches no private address however it is written', async (t) => {
  let reached = 0
  const port = await serve(t, (_request, response) => {
    reached += 1
    response.end()
  })
  const hosts = [
    '127.0.0.1', '127.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.0.0.1.', '0', '0.0.0.0', '10.0.0.1', '172.16.0.1',
    '192.168.0.1', '169.254.169.254', '100.64.0.1', '192.0.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255',
    '[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]', '[2001:0:7f00:1::]', '[fe80::1]', '[fc00::1]', '[fd00::1]', '[fec0::1]', '[ff02::1]', '[100::1]',
    '[2001:db8::1]', '[3fff::1]', '[::ffff:0:7f00:1]', '[4000::1]', '①②⑦.0.0.1', 'localhost',
  ] // biome-ignore format: a table
  const egress = open(t)
  for (const host of hosts) {
    const result = await egress.request(send(port, { url: `http://${host}:${port}/`, trust: 'guarded' }))
    assert.equal(result.sent, 'not-sent', host)
  }
  assert.equal(reached, 0)
})

test('A4: a name that first resolves to the internet and then to loopback does not get there', async (t) => {
  let reached = 0
  const port = await serve(t, (_request, response) => {
    reached += 1
    response.end()
  })
  let asked = 0
  const egress = open(t, {
    resolve: async () => {
      asked += 1
      return [{ address: asked === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }]
    },
  })
  for (let i = 0; i < 3; i += 1) {
    const result = await egress.request(send(port, { url: `http://rebind.example:${port}/`, trust: 'guarded' }))
    assert.ok(result.sent === 'not-sent')
    assert.equal(result.error.code, 'refused-address')
  }
  assert.equal(reached, 0)
})

test('A4: an allow-listed private range is reached, and only it', async (t) => {
  const port = await serve(t, (_request, response) => response.end('here'))
  const egress = open(t, { allow: ['127.0.0.0/8', '10.1.2.3', 'fd00::/8'] })
  const guarded = (url: string) => egress.request(send(port, { url, trust: 'guarded', timeoutMs: 300 }))
  assert.equal((await guarded(`http://127.0.0.1:${port}/`)).sent, 'yes')
  assert.equal((await guarded(`http://[::ffff:127.0.0.1]:${port}/`)).sent, 'yes')
  const refused = await guarded('http://10.1.2.4/')
  assert.ok(refused.sent === 'not-sent')
  assert.equal(refused.error.code, 'refused-address')
  assert.throws(() => createEgress({ allow: ['10.0.0/33'] }), /neither an address nor a range/)
})

test('the operator’s own address may be private, and its connections are not lent to guarded requests', async (t) => {
  const port = await serve(t, (_request, response) => response.end())
  const egress = open(t, { resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
  const url = `http://wechat.example:${port}/`
  assert.equal((await egress.request(send(port, { url }))).sent, 'yes')
  assert.equal((await egress.request(send(port, { url, trust: 'guarded' }))).sent, 'not-sent')
})

test('F84: while the name service is away the last good address serves for five minutes', async (t) => {
  const port = await serve(t, (_request, response) => response.writeHead(200, { connection: 'close' }).end())
  let isAway = false
  let now = 0
  const egress = open(t, {
    nowMs: () => now,
    resolve: () =>
      isAway ? Promise.reject(new Error('no name service')) : Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  })
  const url = `http://wechat.example:${port}/`
  assert.equal((await egress.request(send(port, { url }))).sent, 'yes')
  isAway = true
  now = 4 * 60_000
  assert.equal((await egress.request(send(port, { url }))).sent, 'yes')
  now = 6 * 60_000
  assert.equal((await egress.request(send(port, { url }))).sent, 'not-sent')
})

test('what is no web address is refused before anything is opened', async (t) => {
  const egress = open(t)
  for (const url of ['', 'file:///etc/passwd', 'gopher://example.com/', 'http://', 'data:text/plain,x']) {
    assert.equal((await egress.request(send(1, { url }))).sent, 'not-sent', url)
  }
  const named = await egress.request(send(1, { url: 'http://user:pass@example.com/', trust: 'guarded' }))
  assert.equal(named.sent, 'not-sent')
})
