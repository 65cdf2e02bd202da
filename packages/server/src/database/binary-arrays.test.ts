import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { bigintArray, bytesArray, doubleArray, intArray, jsonArray, textArray } from './binary-arrays.ts'
import { rowTypes } from './row-types.ts'

let its: TestDatabase
let client: pg.Client
before(async () => {
  its = await testDatabase()
  client = new pg.Client({ ...its.connection, types: rowTypes })
  await client.connect()
})
after(async () => {
  await client?.end()
  await its?.[Symbol.asyncDispose]()
})

async function arrived(type: string, array: Buffer): Promise<unknown[]> {
  const { rows } = await client.query<{ value: unknown }>({
    name: `arrived ${type}`,
    text: `select u.value from unnest($1::${type}[]) with ordinality as u(value, at) order by at`,
    values: [array],
  })
  return rows.map(({ value }) => value)
}
const sent = (texts: readonly (string | null)[]) => arrived('json', jsonArray(texts))

test('texts, bytes and numbers arrive as they are, null among them, and arrays without elements too', async () => {
  const texts = ['', 'NULL', '{}', 'a,b', '"', '\\', '\n', '客服', '😀', null, ' ']
  assert.deepEqual(await arrived('text', textArray(texts)), texts)
  const bytes = [Buffer.alloc(0), null, Buffer.from([0, 255, 92])]
  assert.deepEqual(await arrived('bytea', bytesArray(bytes)), bytes)
  const numbers = [0, 1, -1, null, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
  assert.deepEqual(await arrived('bigint', bigintArray(numbers)), numbers)
  assert.deepEqual(await arrived('int', intArray([7, null, -7])), [7, null, -7])
  assert.deepEqual(await arrived('double precision', doubleArray([0.1, null, -1e300])), [0.1, null, -1e300])
  for (const [type, array] of [
    ['text', textArray([])],
    ['bytea', bytesArray([])],
    ['bigint', bigintArray([])],
  ] as const) {
    assert.deepEqual(await arrived(type, array), [])
  }
})

test('what is no JSON is refused there, and so is a text with NUL', async () => {
  await assert.rejects(arrived('json', jsonArray(['{'])), { code: '22P02' })
  await assert.rejects(arrived('text', textArray(['a\u0000b'])), { code: '22021' })
})

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
