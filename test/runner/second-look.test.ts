import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterSecondLook, filesToRepeat, type Looked, seedOf } from './second-look.ts'
import type { Failure } from './tally.ts'

const failure = (file: string, title: string): Failure => ({ file, title, detail: `${title} is wrong\n` })

function results(passedIn: Record<string, number>, failures: Failure[] = []): Looked {
  const passed = Object.values(passedIn).reduce((total, count) => total + count, 0)
  return { passed, failed: failures.length, failures, emptyFiles: [], passedIn, unsteady: [] }
}

test('a test that passes alone is counted as passed, and told as unsteady with how it failed', () => {
  const first = results({ a: 4, b: 2 }, [failure('b', 'late')])
  assert.deepEqual(filesToRepeat(first), ['b'])
  const looked = afterSecondLook(first, results({ b: 3 }), 'b')
  assert.deepEqual([looked.passed, looked.failed], [7, 0])
  assert.deepEqual(looked.unsteady, [failure('b', 'late')])
})

test('a test that fails again has failed, once', () => {
  const first = results({ a: 4, b: 2 }, [failure('b', 'broken')])
  const looked = afterSecondLook(first, results({ b: 2 }, [failure('b', 'broken')]), 'b')
  assert.deepEqual([looked.passed, looked.failed, looked.unsteady], [6, 1, []])
})

test('a file that crashed is counted by what its second run did', () => {
  const looked = afterSecondLook(results({ a: 4 }, [failure('b', 'b')]), results({ b: 9 }), 'b')
  assert.deepEqual([looked.passed, looked.failed], [13, 0])
})

test('of two files looked at again, each counts for itself', () => {
  const first = results({ a: 4 }, [failure('b', 'late'), failure('c', 'broken')])
  const looked = afterSecondLook(
    afterSecondLook(first, results({ b: 2 }), 'b'),
    results({}, [failure('c', 'broken')]),
    'c',
  )
  assert.deepEqual([looked.passed, looked.failed], [6, 1])
  assert.deepEqual(looked.unsteady, [failure('b', 'late')])
})

test('a failure that names its seed is looked at with that seed', () => {
  const detail = 'Error: kills failed; DUOKE_SEED=461850 replays it\n'
  const first = results({}, [failure('a', 'late'), { file: 'b', title: 'kills', detail }])
  assert.deepEqual([seedOf(first, 'a'), seedOf(first, 'b')], [undefined, '461850'])
})

test('nothing is repeated when many files failed, or a stage as a whole', () => {
  assert.deepEqual(
    filesToRepeat(
      results(
        {},
        ['a', 'b', 'c', 'd'].map((file) => failure(file, 'x')),
      ),
    ),
    [],
  )
  assert.deepEqual(filesToRepeat(results({}, [failure('', 'server suite')])), [])
})
