import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { createToken } from './token.ts'

const nobody = 'http://127.0.0.1:9'
const mistakes: [string, Record<string, unknown>, RegExp][] = [
  ['no holder', {}, /--agent ID, --app ID or --admin/],
  ['two holders', { admin: true, agent: 'lili' }, /--agent ID, --app ID or --admin/],
  ['a scope that there is not', { admin: true, scopes: 'media,everything' }, /no scope everything/],
  ['a duration without a unit', { admin: true, expires: '30' }, /"30" is no duration/],
  ['--server without a token', { admin: true, server: nobody }, /DUOKE_TOKEN/],
  ['--server without an address', { admin: true, server: 'localhost:7300', token: 'dk_x' }, /"localhost:7300" is none/],
  ['--server and --data', { admin: true, server: nobody, data: 'x' }, /Give one of/],
  ['--data and --database', { admin: true, database: 'postgres://x', data: 'x' }, /Give one of/],
]

for (const [what, options, words] of mistakes) {
  test(`${what} is a mistake of the command line, told before anything is asked`, async () => {
    await assert.rejects(createToken(options), (error) => {
      assert.ok(error instanceof CommandFailure)
      assert.equal(error.exitCode, exitCodes.usage)
      assert.match(error.message, words)
      return true
    })
  })
}
