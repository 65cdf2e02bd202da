import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareRequests } from '../test/support/console-requests.ts'
import { declaredScopes } from './declared-scopes.ts'

test('a request that no operation documents is a stray, and so is one beyond the declared scopes', () => {
  const { used, strays } = compareRequests([
    'GET /v1/conversations',
    'GET /v1/stream',
    'GET /v1/secret-back-door',
    'DELETE /v1/conversations',
  ])
  assert.deepEqual([...used], ['listConversations'])
  assert.equal(strays.length, 2)
  assert.match(strays[0] ?? '', /GET \/v1\/secret-back-door is no published operation/)
})

test("the console asks for nothing of WeChat's own interface", () => {
  assert.deepEqual(
    declaredScopes.filter((scope) => scope.startsWith('wechat:')),
    [],
  )
})
