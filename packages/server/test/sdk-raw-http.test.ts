// How clients of other languages write HTTP: PHP, Python, Java, Go and .NET differ in everything that HTTP leaves open.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { Json } from './support/app.ts'
import { type CompatibleStage, setCompatibleStage } from './support/compatible-stage.ts'
import { jpeg } from './support/sdk-stage.ts'

const list = '/cgi-bin/customservice/getkflist'
const rename = '/customservice/kfaccount/update'
let stage: CompatibleStage
let token: string
before(async () => {
  stage = await setCompatibleStage()
  token = await stage.token()
})
after(() => stage[Symbol.asyncDispose]())

type Answer = { readonly head: string; readonly json: Json }

/** Bytes as a client of another language puts them on the line; the answer, when the server ends it. */
function exchange(...parts: (string | Uint8Array)[]): Promise<Answer> {
  const { hostname, port } = new URL(stage.test.url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => void chunks.push(Buffer.from(chunk)))
    socket.on('error', reject)
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no end after ${Buffer.concat(chunks).toString('utf8')}`)))
    socket.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      // Of several answers the last.
      const at = text.lastIndexOf('\r\n\r\n')
      const body = text.slice(at + 4)
      try {
        resolve({ head: text.slice(0, at), json: JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) })
      } catch {
        reject(new Error(`no JSON in: ${text}`))
      }
    })
    for (const part of parts) socket.write(part)
  })
}

function request(line: string, headers: readonly string[], body: string | Uint8Array = ''): (string | Uint8Array)[] {
  return [`${line} HTTP/1.1\r\nHost: kf.example.com\r\n${headers.map((one) => `${one}\r\n`).join('')}\r\n`, body]
}
const length = (body: string | Uint8Array) => `Content-Length: ${Buffer.byteLength(body)}`
const end = 'Connection: close'
const at = (path: string, query = '') => `${path}?access_token=${token}${query}`
const nicknameOf = async (): Promise<string> =>
  (await stage.call(list)).kf_list.find(({ kf_account }: Json) => kf_account === 'lili@acme').kf_nick

test('a host that ends in a slash, and any other slash too many, leads to the same call', async () => {
  for (const path of [`/${list}`, list.replace('/customservice', '//customservice'), list.replace('/get', '///get')]) {
    const { json } = await exchange(...request(`GET ${at(path)}`, [end]))
    assert.equal(json.kf_list?.length, 2, path)
  }
  const query = `grant_type=client_credential&appid=${stage.appIdOf('crm')}&secret=${stage.secretOf('crm')}`
  assert.ok((await exchange(...request(`GET //cgi-bin/token?${query}`, [end]))).json.access_token)
})

test('the two lists of agents are also there without cgi-bin', async () => {
  await stage.setStatus('lili', 'online')
  assert.deepEqual(await stage.call('/customservice/getkflist'), await stage.call(list))
  const { kf_online_list: online } = await stage.call('/customservice/getonlinekflist')
  assert.deepEqual(online, (await stage.call('/cgi-bin/customservice/getonlinekflist')).kf_online_list)
  assert.equal(online[0].kf_account, 'lili@acme')
})

test('a POST without a content type, as a form, in chunks, and announced with Expect is JSON all the same', async () => {
  const body = (nickname: string) => JSON.stringify({ kf_account: 'lili@acme', nickname })
  const ways: [string, (string | Uint8Array)[]][] = [
    ['none', request(`POST ${at(rename)}`, [end, length(body('none'))], body('none'))],
    [
      'form',
      request(
        `POST ${at(rename)}`,
        ['Content-Type: application/x-www-form-urlencoded', end, length(body('form'))],
        body('form'),
      ),
    ],
    [
      'upper',
      request(
        `POST ${at(rename)}`,
        ['CONTENT-TYPE: APPLICATION/JSON', 'CONNECTION: CLOSE', length(body('upper')).toUpperCase()],
        body('upper'),
      ),
    ],
    ['chunks', request(`POST ${at(rename)}`, ['Transfer-Encoding: chunked', end], chunked(body('chunks')))],
    ['expect', request(`POST ${at(rename)}`, ['Expect: 100-continue', end, length(body('expect'))], body('expect'))],
    [
      'charset',
      request(
        `POST ${at(rename)}`,
        ['Content-Type: application/json; charset=utf-8', end, length(body('charset'))],
        body('charset'),
      ),
    ],
  ]
  for (const [nickname, parts] of ways) {
    assert.equal((await exchange(...parts)).json.errcode, 0, nickname)
    assert.equal(await nicknameOf(), nickname)
  }
})

test('Chinese is the same whether it is written out or escaped, and broken into packets anywhere', async () => {
  const raw = JSON.stringify({ kf_account: 'lili@acme', nickname: '莉莉😀' })
  const escaped = raw.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  for (const body of [raw, escaped]) {
    await stage.call(rename, { kf_account: 'lili@acme', nickname: 'n' })
    const bytes = Buffer.from(body)
    const [head = ''] = request(`POST ${at(rename)}`, [end, length(bytes)])
    assert.equal((await exchange(head, ...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).json.errcode, 0)
    assert.equal(await nicknameOf(), '莉莉😀')
  }
})

test('HTTP/1.0 is answered and closed, with and without a host', async () => {
  for (const host of ['', 'Host: kf.example.com\r\n']) {
    const { head, json } = await exchange(`GET ${at(list)} HTTP/1.0\r\n${host}\r\n`)
    assert.match(head, /^HTTP\/1\.[01] 200/)
    assert.equal(json.kf_list.length, 2)
  }
})

test('a GET may have a body, and the access token may stand anywhere in a query', async () => {
  const body = '{}'
  for (const text of [body, 'null', '[]', 'anything'])
    assert.equal(
      (await exchange(...request(`GET ${at(list)}`, [end, length(text)], text))).json.kf_list.length,
      2,
      text,
    )
  const session = `/customservice/kfsession/getsession?openid=${stage.openid}&access_token=${token}&lang=zh_CN`
  await stage.write('hi')
  assert.equal((await exchange(...request(`GET ${session}`, [end, length('[]')], '[]'))).json.kf_account, 'lili@acme')
  const nickname = JSON.stringify({ kf_account: 'lili@acme', nickname: 'query' })
  const line = `POST ${rename}?debug=1&access_token=${encodeURIComponent(token)}&_=17`
  assert.equal((await exchange(...request(line, [end, length(nickname)], nickname))).json.errcode, 0)
  const old = `GET /customservice/kfaccount/del?kf_account=nobody%40acme&access_token=${token}`
  assert.equal((await exchange(...request(old, [end]))).json.errcode, 65401)
})

test('a POST without a body is answered, and the connection goes on', async () => {
  const empty = `POST ${at(rename)} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`
  const bare = `POST ${at(rename)} HTTP/1.1\r\nHost: x\r\n\r\n`
  for (const first of [empty, bare]) {
    const { head } = await exchange(first, ...request(`GET ${at(list)}`, [end]))
    assert.match(head, /^HTTP\/1\.1 200/)
  }
  assert.equal((await exchange(...request(`POST ${at(rename)}`, [end, 'Content-Length: 0']))).json.errcode, 44002)
  // Calls that need nothing take a POST with nothing.
  assert.ok(
    (await exchange(...request(`POST ${at('/cgi-bin/getcallbackip')}`, [end, 'Content-Length: 0']))).json.ip_list,
  )
})

test('a file arrives under every boundary and every way to write its name', async () => {
  const path = `POST ${at('/customservice/kfaccount/uploadheadimg', '&kf_account=lili@acme')}`
  const ways: [string, string, string][] = [
    ['multipart/form-data; boundary=x', 'x', 'Content-Disposition: form-data; name="media"; filename="a.jpg"'],
    [
      'multipart/form-data; boundary="a b:c=(1)"',
      'a b:c=(1)',
      'Content-Disposition: form-data; name="media"; filename="a.jpg"',
    ],
    [
      'multipart/form-data;boundary=---------------------------8dbf2c0d5e3a1b2',
      '---------------------------8dbf2c0d5e3a1b2',
      'content-disposition: form-data; name=media; filename=a.jpg',
    ],
    [
      'Multipart/Form-Data; charset=utf-8; Boundary=AaB03x',
      'AaB03x',
      'Content-Disposition: form-data; name="media"; filename*=utf-8\'\'%E5%A4%B4.jpg',
    ],
    [
      'multipart/form-data; boundary=0123456789abcdef0123456789abcdef',
      '0123456789abcdef0123456789abcdef',
      'Content-Disposition: form-data; name="file"; filename="头像.jpg"',
    ],
    [
      `multipart/form-data; boundary=${'z'.repeat(70)}`,
      'z'.repeat(70),
      'Content-Disposition: form-data; name="media"; filename="C:\\\\pictures\\\\a.jpg"; size=22',
    ],
  ]
  for (const [type, boundary, disposition] of ways) {
    const body = Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="type"\r\n\r\nimage\r\n`),
      Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: image/jpeg\r\n\r\n`),
      jpeg,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ])
    const { json } = await exchange(...request(path, [`Content-Type: ${type}`, end, length(body)], body))
    assert.equal(json.errcode, 0, type)
    const [{ kf_headimgurl: url }] = (await stage.call(list)).kf_list.filter(
      (one: Json) => one.kf_account === 'lili@acme',
    )
    assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), jpeg)
  }
  for (const broken of [
    '',
    '--x',
    '--x\r\n\r\n',
    '--y\r\nContent-Disposition: form-data; name="media"; filename="a"\r\n\r\nb\r\n--y--',
  ])
    assert.equal(
      (await exchange(...request(path, ['Content-Type: multipart/form-data; boundary=x', end, length(broken)], broken)))
        .json.errcode,
      41005,
    )
})

test('an upload with a dead token is told so however long it is, so that the SDK fetches another', async () => {
  const file = Buffer.alloc(8 * 1024 * 1024)
  const form = new FormData()
  form.set('media', new File([file], 'v.mp4'))
  const path = `${stage.test.url}/cgi-bin/media/upload?type=video&access_token=${'x'.repeat(64)}`
  for (let round = 0; round < 5; round += 1) {
    const response = await fetch(path, { method: 'POST', body: form })
    assert.equal(((await response.json()) as Json).errcode, 40014)
  }
  const { json } = await exchange(...request(`POST ${path.slice(stage.test.url.length)}`, [length(file), end], file))
  assert.equal(json.errcode, 40014)
})

function chunked(text: string): string {
  const bytes = [...text].map((character) => `${Buffer.byteLength(character).toString(16)};a=b\r\n${character}\r\n`)
  return `${bytes.join('')}0\r\nTrailer: x\r\n\r\n`
}
