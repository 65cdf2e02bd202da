import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import {
  allScopes,
  ClientFrame,
  ConfigurationDocument,
  Content,
  errors,
  events,
  eventTypes,
  operationIds,
  operations,
  roles,
  scopes,
  scopesOfRole,
} from './index.ts'

test('every operation stands alone at its method and path', () => {
  const seen = operationIds.map((id) => `${operations[id].method} ${operations[id].path.replaceAll(/\{\w+\}/g, '{}')}`)
  assert.deepEqual(
    seen.filter((one, index) => seen.indexOf(one) !== index),
    [],
  )
  for (const id of operationIds) assert.match(operations[id].path, /^\/v1\/[a-z-]+(\/([a-z-]+|\{[a-zA-Z]+\}))*$/)
})

test('every operation names a scope there is, or says on purpose that it needs none', () => {
  const open = operationIds.filter((id) => operations[id].scope === null)
  assert.deepEqual(open, ['signIn', 'signInWithLink', 'signOut'])
  for (const id of operationIds) {
    const { scope } = operations[id]
    assert.ok(scope === null || scope in scopes, `${id}: ${scope}`)
  }
})

test('operations refuse fields that nobody documented', () => {
  for (const id of operationIds) {
    const operation = operations[id]
    if ('query' in operation) assert.equal(Value.Check(operation.query, { nobody: 'knows' }), false, id)
  }
})

test('every error says what happened and what to do, in both languages, and no internal error tells its message', () => {
  for (const [code, entry] of Object.entries(errors)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/)
    assert.ok(entry.status >= 400 && entry.status < 600)
    for (const sentence of [entry.sentence, entry.whatToDo]) assert.match(sentence, /^[A-Z`].*\.$/s, code)
    for (const sentence of [entry.sentenceZh, entry.whatToDoZh]) assert.match(sentence, /[\u4e00-\u9fff].*。$/s, code)
    if (entry.status === 429 || entry.status === 503) assert.equal(entry.retryable, true, code)
  }
})

test('events are told in the past tense of their subject, and show personal fields only behind a scope', () => {
  for (const type of eventTypes) {
    const event = events[type]
    assert.match(type, /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    assert.ok(event.version >= 1 && event.scope in scopes)
    assert.equal('personal' in event, 'personalScope' in event, `${type}: personal fields need a scope`)
  }
})

test('facts hold internal ids only: no openid, name, text or raw push', () => {
  for (const type of eventTypes) {
    const names = Object.keys((events[type].facts as { properties?: object }).properties ?? {}) // every facts schema is an object
    for (const personal of ['openid', 'nickname', 'text', 'content', 'raw', 'note', 'profile']) {
      assert.ok(!names.includes(personal), `${type}.facts.${personal}`)
    }
  }
})

test('a role may do all that the lesser one may', () => {
  const [agent, supervisor, admin] = roles.map((role) => new Set(scopesOfRole[role]))
  assert.ok(agent?.isSubsetOf(supervisor ?? new Set()) && supervisor?.isSubsetOf(admin ?? new Set()))
  assert.deepEqual([...(admin ?? [])].sort(), [...allScopes].sort())
})

test('a configuration document is strict: a misspelt key is refused with its path', () => {
  const document = { version: 1, organization: { id: 'acme', name: 'Acme' }, teams: [{ id: 'a', nmae: 'x' }] }
  const found = [...Value.Errors(ConfigurationDocument, document)]
  assert.ok(found.some((error) => error.instancePath.startsWith('/teams/0')))
  assert.equal(Value.Check(ConfigurationDocument, { ...document, teams: [{ id: 'a', name: 'x' }] }), true)
  for (const id of ['', '-a', 'a b', 'a/b', 'ä', 'a'.repeat(65)]) {
    assert.equal(Value.Check(ConfigurationDocument, { ...document, teams: [{ id, name: 'x' }] }), false, id)
  }
})

test('schemas compile, and hostile frames and contents are refused', () => {
  for (const schema of [ClientFrame, Content, ConfigurationDocument, Type.Object({})]) Compile(schema)
  const hostile = [
    null,
    [],
    'hello',
    { type: 'hello' },
    { type: 'hello', version: 2 },
    { type: 'watch', conversationIds: Array(51).fill('x') },
  ]
  for (const frame of hostile) assert.equal(Value.Check(ClientFrame, frame), false)
  assert.equal(Value.Check(Content, { type: 'text', text: 'x'.repeat(20_001) }), false)
})
