import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { proofSize } from '../../../../test/proof-sizes.ts'
import { BaseTable, LayerTable, type Table } from './table.ts'

type Entity = { value: number }
type Step = { readonly act: 'set' | 'edit' | 'delete'; readonly id: string; readonly value: number }

const steps = fc.array(
  fc.record({
    act: fc.constantFrom<Step['act']>('set', 'edit', 'delete'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.integer(),
  }),
)

function perform(table: Table<Entity>, { act, id, value }: Step): void {
  if (act === 'set') table.set(id, { value })
  if (act === 'delete') table.delete(id)
  const entity = act === 'edit' ? table.edit(id) : undefined
  if (entity !== undefined) entity.value = value
}

function contentsOf(table: Table<Entity>): unknown {
  const visited: [string, Entity][] = []
  table.forEach((entity, id) => {
    visited.push([id, entity])
  })
  const byId = (left: [string, Entity], right: [string, Entity]) => (left[0] < right[0] ? -1 : 1)
  const entries = [...table.entries()].sort(byId)
  assert.deepEqual(visited.sort(byId), entries)
  assert.equal(table.size, entries.length)
  assert.equal([...table.values()].length, entries.length)
  for (const id of ['a', 'b', 'c', 'd'])
    assert.equal(
      table.has(id),
      entries.some(([other]) => other === id),
    )
  return structuredClone(entries)
}

test('a layer reads like a table to which the same was done, and the table below stays as it was', () => {
  const property = fc.property(steps, steps, (before, after) => {
    const below = new BaseTable<Entity>()
    const plain = new BaseTable<Entity>()
    for (const step of before) {
      perform(below, step)
      perform(plain, step)
    }
    const untouched = contentsOf(below)
    const layer = new LayerTable<Entity>(below, (entity) => ({ ...entity }))
    for (const step of after) {
      perform(layer, step)
      perform(plain, step)
    }
    assert.deepEqual(contentsOf(layer), contentsOf(plain))
    assert.deepEqual(contentsOf(below), untouched)
  })
  fc.assert(property, { numRuns: proofSize('properties') })
})
