import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Started, wordsOf } from './start-words.ts'

const started: Started = {
  console: 'http://127.0.0.1:7300/welcome#code',
  phone: 'http://127.0.0.1:7400',
  appId: 'wxba5fad812f8e6fb9',
  secrets: { appSecret: 'the-secret', token: 'the-token', encodingAesKey: 'k'.repeat(43) },
  data: 'my data',
  isFirst: true,
  movedFrom: null,
  port: 7300,
}

const languages: [string, Record<string, string>, RegExp, RegExp][] = [
  ['Chinese', { LANG: 'zh_CN.UTF-8' }, /一次性链接，30 分钟内有效/, /端口 7300 已被占用，改用 7301/],
  ['English', { LANG: 'en_US.UTF-8' }, /one-time link, 30 minutes/, /port 7300 is taken, so 7301/],
]

for (const [language, env, link, moved] of languages) {
  test(`the start is told in at most eight lines of ${language}, with everything to paste`, () => {
    const words = wordsOf(started, env)
    assert.ok(words.split('\n').length <= 8)
    const parts = [started.console, started.phone, started.appId, 'the-secret', 'the-token', 'k'.repeat(43)]
    for (const part of parts) assert.ok(words.includes(String(part)), String(part))
    assert.match(words, link)
    assert.match(words, /duoke doctor --data "my data"/)
    assert.doesNotMatch(words, /7301/)
  })

  test(`a taken port is told plainly in ${language}, within the eight lines`, () => {
    const words = wordsOf({ ...started, movedFrom: 7300, port: 7301, isFirst: false }, env)
    assert.match(words, moved)
    assert.ok(words.split('\n').length <= 8)
  })
}

test('the first of LC_ALL, LC_MESSAGES and LANG decides the language', () => {
  assert.match(wordsOf(started, { LC_ALL: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' }), /is running/)
  assert.match(wordsOf(started, { LC_MESSAGES: 'zh_TW.UTF-8', LANG: 'en_US.UTF-8' }), /已启动/)
  assert.match(wordsOf(started, {}), /is running/)
})

test('without the example there is no phone and no secret to show', () => {
  const words = wordsOf({ ...started, phone: null, secrets: null }, {})
  assert.doesNotMatch(words, /AppSecret|Phone/)
})
