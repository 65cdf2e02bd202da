import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, type Json, startTestApp, type TestApp } from './support/app.ts'

let server: TestApp
before(async () => {
  server = await startTestApp()
})
after(() => server[Symbol.asyncDispose]())

async function stage() {
  const org = await server.organization({ agents: [{ id: 'ann' }, { id: 'bob' }] })
  const tokens = { ann: await org.token('ann'), bob: await org.token('bob') }
  const as = (who: keyof typeof tokens) => (path: string, body?: Json) =>
    ask(server.url, `/v1/me/${path}`, { token: tokens[who], ...(body !== undefined && { body, method: 'PUT' }) })
  return { org, id: await org.write('o1', '在吗'), ann: as('ann'), bob: as('bob') }
}

test('a draft follows its agent and nobody else; the last write wins, with a version above all that were seen', async () => {
  const { id, ann, bob } = await stage()
  const none = await ann(`drafts/${id}`)
  assert.deepEqual([none.body.text, none.body.version, none.body.changedAt], ['', 0, null])
  const desk = await ann(`drafts/${id}`, { text: '您好，', version: 0 })
  assert.deepEqual([desk.status, desk.body.text, desk.body.version], [200, '您好，', 1])
  // A phone that has not seen it writes too: what was written last is what there is.
  const phone = await ann(`drafts/${id}`, { text: '稍等', version: 0 })
  assert.deepEqual([phone.body.text, phone.body.version], ['稍等', 2])
  const ahead = await ann(`drafts/${id}`, { text: '', version: 40 })
  assert.deepEqual([ahead.body.text, ahead.body.version], ['', 41])
  assert.deepEqual((await ann(`drafts/${id}`)).body.version, 41)
  assert.equal((await bob(`drafts/${id}`)).body.version, 0)
})

test('writers at the same instant get versions of their own, and the highest is what is kept', async () => {
  const { id, ann } = await stage()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => ann(`drafts/${id}`, { text: `第 ${index} 次`, version: 0 })),
  )
  const versions = answers.map(({ body }) => body.version)
  assert.equal(new Set(versions).size, 12)
  const newest = answers.find(({ body }) => body.version === Math.max(...versions))
  assert.equal((await ann(`drafts/${id}`)).body.text, newest?.body.text)
})

test('preferences are kept whole, for one agent', async () => {
  const { ann, bob } = await stage()
  assert.deepEqual((await ann('preferences')).body, {})
  const value = { keys: { end: 'Q', palette: 'Mod+P', why: '' }, letterKeys: false }
  assert.deepEqual((await ann('preferences', value)).body, value)
  assert.deepEqual((await ann('preferences')).body, value)
  assert.deepEqual((await ann('preferences', { letterKeys: true })).body, { letterKeys: true })
  assert.deepEqual((await ann('preferences')).body, { letterKeys: true })
  assert.deepEqual((await bob('preferences')).body, {})
})

test('hostile: what is no draft and no preference is refused with its field, and only agents have either', async () => {
  const { org, id, ann } = await stage()
  for (const [path, body] of [
    [`drafts/${id}`, {}],
    [`drafts/${id}`, { text: 'x' }],
    [`drafts/${id}`, { text: 'x', version: -1 }],
    [`drafts/${id}`, { text: 'x', version: 2 ** 60 }],
    [`drafts/${id}`, { text: 'x'.repeat(10_001), version: 0 }],
    [`drafts/${id}`, { text: 'a\u0000b', version: 0 }],
    ['preferences', { theme: 'dark' }],
    ['preferences', { keys: { 'a b': 'K' } }],
    ['preferences', { keys: { end: 'x'.repeat(41) } }],
    [
      'preferences',
      {
        keys: Object.fromEntries(
          Array.from({ length: 101 }, (_, n) => [`a${'b'.repeat(n % 30)}${'c'.repeat(n / 30)}`, 'K']),
        ),
      },
    ],
  ] as const) {
    const answer = await ann(path, body)
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid_request'], JSON.stringify(body).slice(0, 80))
  }
  assert.equal((await ann('drafts/cv_none')).status, 404)
  assert.equal((await ann('drafts/cv_none', { text: 'x', version: 0 })).status, 404)
  const admin = await org.adminToken()
  for (const path of [`/v1/me/drafts/${id}`, '/v1/me/preferences']) {
    assert.equal((await ask(server.url, path, { token: admin })).body.code, 'not_permitted')
  }
})
