import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { jsonArray } from './json-array.ts'

let its: TestDatabase
let client: pg.Client
before(async () => {
  its = await testDatabase()
  client = new pg.Client(its.connection)
  await client.connect()
})
after(async () => {
  await client?.end()
  await its?.[Symbol.asyncDispose]()
})

async function sent(texts: readonly (string | null)[]): Promise<(string | null)[]> {
  const { rows } = await client.query<{ text: string | null }>({
    name: 'sent',
    text: 'select u.text from unnest($1::text[]) with ordinality as u(text, at) order by at',
    values: [jsonArray(texts)],
  })
  return rows.map(({ text }) => text)
}

test('JSON texts arrive as they were written: signs of arrays, quotes, control characters, halves of pairs', async () => {
  const values = [
    '',
    'NULL',
    '{}',
    'a,b',
    '"',
    '\\',
    '\\"',
    '\n\r\t\u0001\u007f',
    '\u0000',
    '\ud83d',
    '😀',
    '\u2028',
    ' ',
  ]
  const texts = [
    ...values.map((value) => JSON.stringify(value)),
    JSON.stringify(values),
    JSON.stringify({ values }),
    null,
  ]
  assert.deepEqual(await sent(texts), texts)
  assert.deepEqual(await sent([]), [])
})

test('whatever JSON a value is, it arrives as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.json({ stringUnit: 'binary' }), { maxLength: 5 }), async (texts) => {
      assert.deepEqual(await sent(texts), texts)
    }),
    { numRuns: proofSize('properties') },
  )
})
