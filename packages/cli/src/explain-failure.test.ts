import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuokeError } from '@duoke/sdk'
import { CommandFailure, exitCodeMeanings, exitCodes } from './exit-codes.ts'
import { explainFailure } from './explain-failure.ts'

const system = (message: string, more: object) => Object.assign(new Error(message), more)
const answer = (status: number, problem: object) =>
  Object.assign(new DuokeError('invalid_request', 'refused', { status, retryable: false }), { problem })

const known: [string, unknown, number, RegExp][] = [
  ['a failure of our own', new CommandFailure(exitCodes.usage, 'Say which.'), 2, /^Say which\.$/],
  ['settings', system('', { name: 'UnusableSettings', problems: ['DUOKE_X is not a setting.'] }), 2, /settings/],
  ['a key', system('The key does not open this database.', { name: 'SecretBoxError' }), 3, /does not open/],
  ['a refusal of the database', system('', { sentence: 'In use.', whatToDo: 'Stop it.' }), 3, /^In use\.$/],
  ['a wrong password', system('password authentication failed', { code: '28P01' }), 3, /refuses the connection/],
  ['an unknown database', system('database "x" does not exist', { code: '3D000' }), 3, /refuses the connection/],
  ['a database that stops', system('shutting down', { code: '57P01' }), 4, /does not answer: shutting down\.$/],
  ['a closed port', system('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 4, /does not answer/],
  [
    'a name with two addresses',
    Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }),
    4,
    /does not answer: ECONNREFUSED/,
  ],
  ['fetch', system('fetch failed', { cause: system('', { code: 'ENOTFOUND' }) }), 4, /does not answer: ENOTFOUND/],
  [
    'a taken port',
    system('listen EADDRINUSE', { code: 'EADDRINUSE', syscall: 'listen', address: '127.0.0.1', port: 7300 }),
    3,
    /^Port 7300 on 127\.0\.0\.1 is taken\.$/,
  ],
  ['a file', system('no such file', { code: 'ENOENT', syscall: 'open', path: 'a.yaml' }), 2, /^a\.yaml cannot be used/],
  ['a server that is gone', new DuokeError('network_failed', 'It is gone.', { retryable: true }), 4, /gone/],
  ['a refusal of the server', answer(403, { title: 'No.', whatToDo: 'Ask.' }), 3, /^No\. Ask\.$/],
  ['an overloaded server', answer(503, { title: 'Later.' }), 4, /^Later\.$/],
]

for (const [what, error, exitCode, words] of known) {
  test(`${what} is told in a sentence, with exit code ${exitCode}`, () => {
    const explained = explainFailure(error)
    assert.equal(explained?.exitCode, exitCode)
    assert.match(explained.sentence, words)
  })
}

test('the fields that a server names are details', () => {
  const error = answer(400, { title: 'No.', errors: [{ path: '/a', message: 'is odd' }] })
  assert.deepEqual(explainFailure(error)?.details, ['/a: is odd'])
})

test('a fault of ours is not explained away', () => {
  assert.equal(explainFailure(new TypeError('x is undefined')), null)
  assert.equal(explainFailure('thrown'), null)
})

test('every exit code has one meaning, and no two are the same', () => {
  assert.deepEqual(Object.keys(exitCodes), Object.keys(exitCodeMeanings))
  assert.equal(new Set(Object.values(exitCodes)).size, Object.keys(exitCodes).length)
})
