import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionNames, actionOf, actions } from './key-table.ts'

const press = (code: string, change: Partial<KeyboardEvent> = {}) => ({
  key: code.replace(/^Key|^Digit/, '').toLowerCase(),
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...change,
})

test('Letters act outside of fields only, so that writing is never eaten', () => {
  assert.equal(actionOf(press('KeyE'), false), 'end')
  assert.equal(actionOf(press('KeyE'), true), undefined)
})

test('Letters are known by their place, so that they act under a Chinese input method', () => {
  assert.equal(actionOf(press('KeyJ', { key: 'Process' }), false), 'nextRow')
  assert.equal(actionOf(press('Slash', { key: '？', shiftKey: true }), false), 'keys')
})

test('Chords act while writing too, with Control or Command', () => {
  assert.equal(actionOf(press('KeyK', { ctrlKey: true }), true), 'palette')
  assert.equal(actionOf(press('KeyK', { metaKey: true }), true), 'palette')
  assert.equal(actionOf(press('Enter', { key: 'Enter', ctrlKey: true }), false), 'acceptNext')
  assert.equal(actionOf(press('Enter', { key: 'Enter', ctrlKey: true, shiftKey: true }), true), 'sendAndEnd')
  assert.equal(actionOf(press('ArrowDown', { altKey: true }), true), 'next')
})

test('Nothing acts while an input method composes, and a letter with a modifier is the browser’s', () => {
  assert.equal(actionOf(press('KeyJ', { isComposing: true }), false), undefined)
  assert.equal(actionOf(press('KeyT', { ctrlKey: true }), false), undefined)
})

test('No key means two things, and none is Alt with a letter', () => {
  const keys = actionNames.map((name) => actions[name].keys)
  assert.equal(new Set(keys).size, keys.length)
  assert.deepEqual(
    keys.filter((text) => /^Alt\+[A-Z]$/.test(text)),
    [],
  )
})
