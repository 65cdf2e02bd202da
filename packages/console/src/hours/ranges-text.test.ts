import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRanges, writeRanges } from './ranges-text.ts'

test('Ranges are read as people write them, in Chinese punctuation too, and an empty text means closed', () => {
  assert.deepEqual(readRanges('09:00-12:00, 13:30-18:00'), ['09:00-12:00', '13:30-18:00'])
  assert.deepEqual(readRanges('9：00 至 12：00，13:30～18:00'), ['09:00-12:00', '13:30-18:00'])
  assert.deepEqual(readRanges('22:00-06:00'), ['22:00-06:00'])
  assert.deepEqual(readRanges(' '), [])
  assert.equal(writeRanges(['09:00-12:00', '13:30-18:00']), '09:00-12:00, 13:30-18:00')
})

test('What is no range is not taken for one', () => {
  for (const text of [
    '9-12',
    '25:00-26:00',
    '09:00',
    '09:00-12:60',
    'closed',
    '09:00-12:00-13:00',
    '09:00-10:00 '.repeat(11),
  ]) {
    assert.equal(readRanges(text), undefined, text)
  }
})
