import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder, type Sorting, sortedBy } from './sorting.ts'

const rows = [
  { id: 'bob', open: 2 },
  { id: 'ann', open: 2 },
  { id: 'cai', open: 5 },
]
const order = ({ by, isDescending }: Sorting) =>
  inOrder(
    rows,
    (row) => (by === 'open' ? row.open : row.id),
    ({ id }) => id,
    isDescending,
  ).map(({ id }) => id)

test('Figures begin with the highest, names with the first, and a second click turns the order round', () => {
  const byName = { by: 'id', isDescending: false }
  assert.deepEqual(order(byName), ['ann', 'bob', 'cai'])
  const byOpen = sortedBy(byName, 'open', true)
  assert.deepEqual(order(byOpen), ['cai', 'ann', 'bob'])
  assert.deepEqual(order(sortedBy(byOpen, 'open', true)), ['ann', 'bob', 'cai'])
  assert.deepEqual(sortedBy(byOpen, 'id', false), byName)
})
