import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Stage, setStage } from '../testing/fixtures.ts'

const SEND = '/cgi-bin/message/custom/send'
const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const oddType = 'multipart/form-data'

const HOSTILE: [string, string, string | Uint8Array<ArrayBuffer>, string][] = [
  ['nesting of 100,000', SEND, deep(100_000), 'application/json'],
  ['a field given twice', SEND, '{"touser":"a","touser":"b","msgtype":"text","text":{"content":"x"}}', 'text/plain'],
  ['a prototype as body', SEND, '{"__proto__":{"touser":"x"},"constructor":1}', 'application/json'],
  ['numbers for texts', SEND, '{"touser":7,"msgtype":[],"text":null}', 'application/json'],
  ['a form without a boundary', '/cgi-bin/media/upload', 'x', oddType],
  [
    'a form that ends early',
    '/cgi-bin/media/upload',
    '--b\r\nContent-Disposition: form-data; na',
    `${oddType}; boundary=b`,
  ],
  ['a body that is no UTF-8', '/cgi-bin/user/info/batchget', new Uint8Array([0xff, 0xfe, 0x00]), 'application/json'],
  ['a list of nulls', '/cgi-bin/user/info/batchget', '{"user_list":[null,1,[]]}', 'application/json'],
  [
    'a menu in itself',
    '/cgi-bin/menu/create',
    '{"button":[{"name":"a","sub_button":[{"name":"b"}]}]}',
    'application/json',
  ],
  ['a scene of 5 MB', '/cgi-bin/qrcode/create', JSON.stringify({ x: 'y'.repeat(5_000_000) }), 'application/json'],
]

async function post(stage: Stage, path: string, body: string | Uint8Array<ArrayBuffer>, type: string) {
  const token = stage.simulator.world.account('shop')?.tokens.stable(false)
  const url = new URL(path, stage.simulator.url)
  url.searchParams.set('access_token', token?.kind === 'token' ? token.value : '')
  url.searchParams.set('type', 'image')
  url.searchParams.set('__proto__', 'x')
  return fetch(url, { method: 'POST', body, headers: { 'content-type': type } })
}

for (const [name, path, body, type] of HOSTILE) {
  test(`${name} is refused in WeChat's own form`, async () => {
    await using stage = await setStage()
    const answer = await (await post(stage, path, body, type)).json()
    assert.equal(typeof answer.errcode, 'number')
    assert.notEqual(answer.errcode, 0)
    const next = await stage.api('/cgi-bin/user/get')
    assert.equal(next['total'], 1)
  })
}

test('a body beyond every limit is cut off', async () => {
  await using stage = await setStage()
  const outcome = await post(stage, SEND, 'x'.repeat(12 * 1024 * 1024), 'application/json').then(
    async (response) => (await response.json()).errcode,
    () => 'cut',
  )
  assert.ok(outcome === 45001 || outcome === 'cut', String(outcome))
  assert.equal((await stage.api('/cgi-bin/user/get'))['total'], 1)
})
