import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NewToast, takeToasts, toasts } from './toasts.ts'

test('What is told before there is a place for it is shown when there is, once and in order', () => {
  toasts.add({ title: 'one' })
  toasts.add({ title: 'two' })
  const shown: string[] = []
  const end = takeToasts(({ title }: NewToast) => shown.push(title))
  toasts.add({ title: 'three' })
  assert.deepEqual(shown, ['one', 'two', 'three'])
  end()
  toasts.add({ title: 'four' })
  assert.equal(shown.length, 3)
  takeToasts(({ title }) => shown.push(title))()
  assert.deepEqual(shown.slice(3), ['four'])
})
