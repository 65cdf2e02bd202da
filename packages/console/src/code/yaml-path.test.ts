import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathAt } from './yaml-path.ts'

const at = (text: string) => {
  const lines = text.split('\n')
  const index = lines.findIndex((line) => line.includes('|'))
  return pathAt(
    lines.map((line) => line.replace('|', '')),
    index,
  ).join('/')
}

test('The place within nested keys and items is told by the indentation', () => {
  assert.equal(at('ver|'), '')
  assert.equal(at('rules:\n  - id: a\n    |'), 'rules/-')
  assert.equal(at('rules:\n  - id: a\n    then:\n      team: x\n      |'), 'rules/-/then')
  assert.equal(
    at('rules:\n  - id: a\n    then:\n      skills:\n        - skill: x\n          l|'),
    'rules/-/then/skills/-',
  )
  assert.equal(at('hours:\n  office:\n    weekly:\n      |'), 'hours/office/weekly')
})

test('An item that is begun belongs to its list, whatever items stand before it', () => {
  assert.equal(at('rules:\n  - id: a\n    when: x\n  - i|'), 'rules/-')
  assert.equal(at('rules:\n  - id: a\n  - id: b\n    then:\n      |'), 'rules/-/then')
  assert.equal(at('rules:\n- id: a\n- id: b\n  then:\n    |'), 'rules/-/then')
  assert.equal(at('rules:\n- i|'), 'rules/-')
})

test('Comments, empty lines and quotes are no obstacle', () => {
  assert.equal(at('hours:\n  "office":\n  # why\n\n    |'), 'hours/office')
  assert.equal(at('ageingMs: 1\nrules:\n  - when: "a: b"\n    |'), 'rules/-')
})
