import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, redacted } from './logging.ts'

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger('info', { write: (line) => void lines.push(line) }))
  return lines.join('')
}

test('N6: what looks like a secret is not written', () => {
  const texts = [
    'GET /cgi-bin/user/info?access_token=canary&openid=o1',
    'https://api.example/cgi-bin/token?appid=wx1&secret=canary',
    'Authorization: Bearer canary',
    'postgresql://duoke:canary@db/duoke',
    'token dk_canarycanarycanarycanary is over',
  ]
  for (const text of texts) assert.doesNotMatch(redacted(text), /canary/, text)
  assert.equal(redacted('an ordinary sentence, with code: 40001'), 'an ordinary sentence, with code: 40001')
})

test('N6: an error is written with its place and its causes, never with its other fields', () => {
  const cause = Object.assign(new Error('connect to postgresql://u:canary@db'), {
    parameters: ['canary'],
    code: 'ECONNREFUSED',
  })
  const text = logged((logger) => logger.error({ err: new Error('it failed', { cause }) }, 'said'))
  assert.match(text, /"message":"it failed".*"stack":.*"cause":\{.*"code":"ECONNREFUSED"/)
  assert.doesNotMatch(text, /canary/)
})

test('N6, U11: a request is written without its query, and a line is one line whatever it holds', () => {
  const text = logged((logger) => logger.info({ req: { method: 'GET', url: '/v1/me?token=canary' } }, 'a\nb\u001b[31m'))
  assert.match(text, /"path":"\/v1\/me"/)
  assert.ok(!text.includes('canary') && !text.includes('\u001b'))
  assert.equal(text.trim().split('\n').length, 1)
})
